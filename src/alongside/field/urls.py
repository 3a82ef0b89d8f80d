"""Addresses of the phone app."""

from django.urls import path

from alongside.field import views, worker

app_name = "field"
urlpatterns = [
    path("", views.phone, name="phone"),
    path("set-up/", views.set_up, name="set_up"),
    path("shift/", views.shift, name="shift"),
    path("guide/", views.guide, name="guide"),
    path("away/", views.away, name="away"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("worker.js", worker.script, name="worker"),
]
