from django.urls import path

from alongside.desk.account import views

urlpatterns = [
    path("", views.account, name="account"),
    path("pin/", views.pin, name="pin"),
    path("share/", views.share, name="share_device"),
    path("stop-sharing/", views.stop_sharing, name="stop_sharing"),
    path("program/", views.choose_program, name="choose_program"),
    path("switch/", views.switch, name="switch"),
    path("go-on/", views.go_on, name="go_on"),
    path("here/", views.here, name="here"),
]
