"""Addresses of the staff's pages. None of them ever holds a participant's code."""

from django.urls import URLPattern, URLResolver, include, path

from alongside.desk import look, preferences
from alongside.desk.responding import told

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("alongside.desk.recording.urls")),
    path("queue/", include("alongside.desk.queueing.urls")),
    path("stock/", include("alongside.desk.stock.urls")),
    path("account/", include("alongside.desk.account.urls")),
    path("staff/", include("alongside.desk.staff.urls")),
    path("texts/", include("alongside.desk.texting.urls")),
    path("people/", include("alongside.desk.people.urls")),
    path("import/", include("alongside.desk.importing.urls")),
    path("reports/", include("alongside.desk.reporting.urls")),
    path("privacy/", include("alongside.desk.asking.urls")),
    path("privacy/stored/", include("alongside.desk.exposure.urls")),
    path("privacy/give-back/", include("alongside.desk.giving.urls")),
    path("alarms/", include("alongside.desk.responding.urls")),
    path("told/<uuid:pk>/<str:token>/", told.told, name="told"),
    path("told/<uuid:pk>/<str:token>/arrived/", told.arrived, name="told_arrived"),
    path("look/", look.look, name="look"),
    path("chosen/site/", preferences.choose_site, name="choose_site"),
    path("chosen/theme/", preferences.choose_theme, name="choose_theme"),
]
