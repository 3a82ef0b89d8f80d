from django.urls import path

from alongside.desk.texting import line, peers, words

urlpatterns = [
    path("", peers.peers, name="texts"),
    path("enrol/", peers.enrol_peer, name="text_enrol"),
    path("peers/<uuid:pk>/", peers.peer, name="text_peer"),
    path("peers/<uuid:pk>/number/", peers.new_number, name="text_peer_number"),
    path("peers/<uuid:pk>/end/", peers.end_peer, name="text_peer_end"),
    path("words/", words.words, name="text_words"),
    path("words/<int:pk>/remove/", words.remove, name="text_word_remove"),
    path("card/", words.card, name="text_card"),
    path("line/", line.settings, name="text_line"),
    path("line/open/", line.open_it, name="text_line_open"),
    path("line/secret/", line.new_secret, name="text_line_secret"),
]
