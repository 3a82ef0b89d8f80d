from django.urls import path

from alongside.desk.recording import views

urlpatterns = [
    path("", views.home, name="home"),
    path("record/", views.record, name="record"),
    path("today/", views.today_list, name="today"),
    path("contacts/<uuid:pk>/", views.contact, name="contact"),
    path("contacts/<uuid:pk>/correct/", views.correct, name="correct"),
    path("contacts/<uuid:pk>/undo/", views.undo_contact, name="undo"),
    path("contacts/<uuid:pk>/bring-back/", views.bring_contact_back, name="bring_back"),
    path("waiting/", views.attempts, name="attempts"),
    path("waiting/<int:pk>/put-right/", views.put_right, name="put_right"),
    path("waiting/<int:pk>/settle/", views.settle_attempt, name="settle_attempt"),
]
