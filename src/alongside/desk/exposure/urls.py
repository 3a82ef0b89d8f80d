from django.urls import path

from alongside.desk.exposure import views

urlpatterns = [
    path("", views.exposure, name="exposure"),
    path("rules/", views.rules, name="exposure_rules"),
    path("shred/", views.purge, name="exposure_purge"),
    path("receipts/<int:pk>/", views.receipt, name="exposure_receipt"),
]
