"""Addresses of the lens."""

from __future__ import annotations

from django.urls import path

from chambre.rooms.lens.views import (
    attribution,
    books,
    closing,
    entries,
    group,
    handwork,
    history,
    leftover,
    lines,
    looking,
    public,
    ruleforms,
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
    path("livres/<slug:slug>/<int:year>/cloture/", closing.close, name="close_year"),
    path("verifier/", books.check, name="check"),
    path("verifier/<uuid:job>/", books.check_result, name="check_result"),
    path("verifier/<uuid:job>/<slug:form>/", books.check_file, name="check_file"),
]
ATTRIBUTION = [
    path("attribution/", attribution.rules, name="rules"),
    path("attribution/regles/nouvelle/", ruleforms.new, name="rule_new"),
    path("attribution/regles/essai/", ruleforms.trial, name="rule_try"),
    path("attribution/regles/<int:place>/", ruleforms.edit, name="rule_edit"),
    path("attribution/regles/<int:place>/changer/", ruleforms.change, name="rule_change"),
    path("attribution/changements/", attribution.draft, name="draft"),
    path("attribution/appliquer/", attribution.apply, name="apply_rules"),
    path("attribution/relancer/", attribution.run, name="run_rules"),
    path("attribution/compter/", attribution.count, name="count"),
    path("attribution/texte/", attribution.rule_file, name="rule_file"),
    path("attribution/texte/regles.toml", attribution.download, name="rule_download"),
    path("attribution/lignes/", handwork.lines, name="hand"),
    path("attribution/lignes/<int:line>/", handwork.line, name="line"),
    path("attribution/reste/", leftover.left, name="left"),
    path("attribution/propositions/", leftover.suggestions, name="suggestions"),
    path("attribution/historique/", history.history, name="attribution_history"),
    path("attribution/historique/<int:number>/", history.version, name="rule_version"),
]
STATEMENTS = [
    path("comptes/", statements.index, name="statements"),
    path("comptes/rapprochement/", statements.reconciliation, name="reconciliation"),
    path("comptes/croises/", statements.crossed, name="crossed"),
    path("comptes/lignes/", lines.lines, name="lines"),
    path("comptes/ecritures/<int:number>/", entries.show, name="entry"),
    path("comptes/<slug:by>/<slug:slug>/", group.group, name="statement"),
    path("comptes/<slug:by>/<slug:slug>/voir/", looking.look, name="look"),
]
urlpatterns = [*BOOKS, *ATTRIBUTION, *STATEMENTS]
