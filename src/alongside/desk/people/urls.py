from django.urls import path

from alongside.desk.people import making, views

urlpatterns = [
    path("", views.people, name="people"),
    path("same-person/", views.same_person, name="people_same"),
    path("two-people/", views.two_people, name="people_two"),
    path("lost-card/", views.lost_card, name="people_lost_card"),
    path("forget/", views.forget, name="people_forget"),
    path("changes/", views.changes, name="people_changes"),
    path("changes/<uuid:pk>/undo/", views.undo, name="people_undo"),
    path("cards/", making.cards, name="cards"),
    path("codes/", making.scheme, name="code_scheme"),
]
