from django.urls import path

from alongside.desk.responding import duty, incidents, notifying, reaching, sounder

urlpatterns = [
    path("", incidents.overview, name="alarms"),
    path("all/", incidents.every_incident, name="incidents"),
    path("<uuid:pk>/", incidents.incident, name="incident"),
    path("<uuid:pk>/take/", incidents.take, name="incident_take"),
    path("<uuid:pk>/note/", incidents.note, name="incident_note"),
    path("<uuid:pk>/offer/", incidents.offer, name="incident_offer"),
    path("<uuid:pk>/end/", incidents.end, name="incident_end"),
    path("duty/start/", duty.start, name="duty_start"),
    path("duty/check/", duty.check, name="duty_check"),
    path("duty/end/", duty.end, name="duty_end"),
    path("reaching/", reaching.targets, name="targets"),
    path("reaching/<uuid:pk>/end/", reaching.end, name="target_end"),
    path("reaching/<uuid:pk>/try/", reaching.try_out, name="target_try"),
    path("reaching/through/<str:channel>/", reaching.carrier, name="carrier"),
    path("reaching/here/", notifying.notifications, name="notifications"),
    path("reaching/here/off/", notifying.off, name="notifications_off"),
    path("reaching/here/worker.js", notifying.worker, name="push_worker"),
    path("sounder/", sounder.sounder, name="sounder"),
    path("sounder/state/", sounder.state, name="sounder_state"),
]
