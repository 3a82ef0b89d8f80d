"""Addresses of the room. A visit is named by a random number, never by a code."""

from django.urls import path

from alongside.services.consumption_room.pages import board, handing, paper, setting, visits

app_name = "room"
urlpatterns = [
    path("", board.rooms, name="rooms"),
    path("<int:pk>/", board.board, name="board"),
    path("<int:pk>/state/", board.state, name="state"),
    path("<int:pk>/arrive/", visits.arrive, name="arrive"),
    path("<int:pk>/from-paper/", visits.from_paper, name="from_paper"),
    path("<int:pk>/hand-over/", handing.hand_over, name="hand_over"),
    path("<int:pk>/record/", handing.record, name="record"),
    path("<int:pk>/paper/", paper.sheet, name="paper"),
    path("<int:pk>/paper.pdf", paper.pdf, name="paper_pdf"),
    path("<int:pk>/set-up/", setting.set_up, name="set_up"),
    path("places/<int:pk>/", setting.place, name="place"),
    path("minutes/", setting.minutes, name="minutes"),
    path("visits/<uuid:pk>/", visits.visit, name="visit"),
    path("visits/<uuid:pk>/do/", visits.do, name="do"),
    path("visits/<uuid:pk>/step/", visits.step, name="step"),
    path("lines/<int:pk>/", visits.correct, name="correct"),
]
