"""Addresses that are open to everybody."""

from django.urls import path

from alongside.public import views

app_name = "public"
urlpatterns = [
    path("<slug:slug>/", views.give_back, name="give_back"),
    path("<slug:slug>/<str:language>/", views.give_back, name="give_back_in"),
]
