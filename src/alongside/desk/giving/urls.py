from django.urls import path

from alongside.desk.giving import views

urlpatterns = [
    path("", views.give_back, name="give_back"),
    path("change/", views.change, name="give_back_change"),
    path("poster/<str:language>.pdf", views.poster_file, name="give_back_poster"),
]
