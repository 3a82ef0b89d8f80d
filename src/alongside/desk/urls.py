"""Addresses of the staff's pages. None of them ever holds a participant's code."""

from django.urls import path

app_name = "desk"
urlpatterns: list = []
