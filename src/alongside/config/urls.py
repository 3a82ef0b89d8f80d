"""Every address of the program."""

from django.urls import include, path

urlpatterns = [
    path("", include("alongside.desk.urls")),
    path("api/", include("alongside.api.urls")),
    path("field/", include("alongside.field.urls")),
    path("surveys/", include("alongside.services.surveys.pages.staff")),
    path("check-ins/", include("alongside.services.checkins.pages.staff")),
    path("check-in/", include("alongside.services.checkins.pages.door")),
    path("survey/", include("alongside.services.surveys.pages.door")),
    path("room/", include("alongside.services.consumption_room.pages.urls")),
    path("give-back/", include("alongside.public.urls")),
    path("sign-in/", include("alongside.accounts.urls")),
    path("language/", include("django.conf.urls.i18n")),
]

handler500 = "alongside.config.away.server_error"
