from django.urls import path

from alongside.desk.queueing import views

urlpatterns = [
    path("", views.queue, name="queue"),
    path("join/", views.join, name="queue_join"),
    path("<int:pk>/", views.change, name="queue_change"),
]
