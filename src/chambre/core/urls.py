"""Addresses of the core: work in the background, files, choice of letters, health, what robots read."""

from __future__ import annotations

from django.urls import path

from chambre.core import views
from chambre.core.ui import letters

app_name = "core"
prefix = ""
urlpatterns = [
    path("travaux/", views.jobs, name="jobs"),
    path("travaux/<uuid:job>/", views.job, name="job"),
    path("travaux/<uuid:job>/arreter/", views.job_cancel, name="job_cancel"),
    path("fichiers/<uuid:file>/", views.file, name="file"),
    path("lettres/", letters.letters, name="letters"),
    path("lettres/<str:signed>/", letters.letters_signed, name="letters_signed"),
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
]
