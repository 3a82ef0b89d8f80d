from django.urls import path

from alongside.desk.asking import views

urlpatterns = [
    path("", views.questions, name="questions"),
    path("change/", views.change, name="questions_change"),
]
