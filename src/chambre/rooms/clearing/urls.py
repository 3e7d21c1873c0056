"""Addresses of the room."""

from __future__ import annotations

from django.urls import path

from chambre.rooms.clearing.views import obligations, rounds

app_name = "clearing"
prefix = "compensation/"

urlpatterns = [
    path("", obligations.home, name="home"),
    path("nouvelle/", obligations.new, name="new"),
    path("apporter/", obligations.bring, name="bring"),
    path("apporter/tresorerie/", obligations.from_treasury, name="from_treasury"),
    path("obligations/<int:pk>/", obligations.decide, name="decide"),
    path("tours/ouvrir/", rounds.open_, name="open"),
    path("tours/groupes/<int:pk>/oublier/", rounds.forget_group, name="forget_group"),
    path("tours/<int:pk>/", rounds.show, name="round"),
    path("tours/<int:pk>/repondre/", rounds.answer, name="answer"),
    path("tours/<int:pk>/comptabiliser/", rounds.book, name="book"),
    path("tours/<int:pk>/mener/", rounds.lead, name="lead"),
]
