"""Addresses of the house's own pages: the first page, language, theme, what the footer links to."""

from __future__ import annotations

from django.urls import include, path

from chambre.core.ui import views

_own = [
    path("langue/", views.language, name="language"),
    path("apparence/", views.theme, name="theme"),
    path("code-source/", views.source, name="source"),
    path("code-source/chambre.zip", views.source_archive, name="source_archive"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("mentions-legales/", views.legal, name="legal"),
    path("demonstration/entrer/", views.demo_sign_in, name="demo_sign_in"),
    path("ui/", views.kit, name="kit"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("", include((_own, "ui"))),
]
