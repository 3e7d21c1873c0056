"""Addresses of the lens."""

from __future__ import annotations

from django.urls import path

from chambre.rooms.lens.views import (
    attribution,
    books,
    entries,
    group,
    lines,
    public,
    statements,
)

app_name = "lens"
prefix = ""

BOOKS = [
    path("livres/", books.index, name="books"),
    path("livres/<slug:slug>/", books.show, name="book"),
    path("livres/<slug:slug>/importer/", books.bring_in, name="bring_in"),
    path("livres/<slug:slug>/importer/<uuid:job>/", books.import_job, name="import_job"),
    path("livres/<slug:slug>/importer/<uuid:job>/remplacer/", books.replace, name="replace"),
    path("livres/<slug:slug>/imports/<int:number>/", books.import_record, name="import"),
    path("livres/<slug:slug>/public/", public.disclosure, name="disclosure"),
    path("livres/<slug:slug>/fec/<int:year>/", books.export, name="export"),
    path("verifier/", books.check, name="check"),
    path("verifier/<uuid:job>/", books.check_result, name="check_result"),
    path("verifier/<uuid:job>/<slug:form>/", books.check_file, name="check_file"),
]
ATTRIBUTION = [
    path("attribution/", attribution.rules, name="rules"),
]
STATEMENTS = [
    path("comptes/", statements.index, name="statements"),
    path("comptes/lignes/", lines.lines, name="lines"),
    path("comptes/ecritures/<int:number>/", entries.show, name="entry"),
    path("comptes/<slug:by>/<slug:slug>/", group.group, name="statement"),
]
urlpatterns = [*BOOKS, *ATTRIBUTION, *STATEMENTS]
