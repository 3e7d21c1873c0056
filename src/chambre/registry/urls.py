"""Addresses of the register. Those of resources and structures are permanent."""

from __future__ import annotations

from django.urls import path

from chambre.registry.views import agents, care, editing, exchange, history, resources

app_name = "registry"
prefix = ""
urlpatterns = [
    path("catalogue.jsonld", exchange.catalogue, name="catalogue"),
    path("ressources.csv", exchange.resources_csv, name="resources_csv"),
    path("structures.csv", exchange.structures_csv, name="structures_csv"),
    path("ressources/", resources.index, name="resources"),
    path("ressources/<slug:slug>.jsonld", resources.document, name="resource_jsonld"),
    path("ressources/<slug:slug>/", resources.show, name="resource"),
    path("ressources/<slug:slug>/image/", resources.image, name="resource_image"),
    path("ressources/<slug:slug>/modifier/", editing.edit, name="resource_edit"),
    path("ressources/<slug:slug>/modifier/image/", editing.image, name="resource_image_edit"),
    path("ressources/<slug:slug>/modifier/<slug:block>/", editing.edit, name="resource_edit"),
    path("ressources/<slug:slug>/statut/", editing.standing, name="standing"),
    path("ressources/<slug:slug>/versions/comparer/", history.compare, name="compare"),
    path("ressources/<slug:slug>/versions/<int:number>/", history.version, name="version"),
    path(
        "ressources/<slug:slug>/versions/<int:number>/reprendre/", history.restore, name="restore"
    ),
    path("ressources/<slug:slug>/besoins/ajouter/", care.add_wish, name="wish_new"),
    path("ressources/<slug:slug>/besoins/<int:number>/", care.change_wish, name="wish"),
    path("ressources/<slug:slug>/besoins/<int:number>/clore/", care.close_wish, name="wish_close"),
    path("ressources/<slug:slug>/principes/<int:principle>/", care.assess, name="assess"),
    path("besoins/", resources.wishes, name="wishes"),
    path("structures/", agents.structures, name="structures"),
    path("structures/<slug:slug>/", agents.structure, name="structure"),
    path("structures/<slug:slug>/modifier/", agents.structure_edit, name="structure_edit"),
    path("chambre/", agents.chamber, name="chamber"),
    path("moi/", agents.me, name="me"),
    path("registre/ressources/nouvelle/", editing.create, name="resource_new"),
    path("registre/structures/nouvelle/", agents.structure_new, name="structure_new"),
    path("registre/personnes/", agents.people, name="people"),
    path("registre/personnes/nouvelle/", agents.person_new, name="person_new"),
    path("registre/roles/donner/", agents.role_new, name="role_new"),
    path("registre/roles/<int:role>/fin/", agents.role_end, name="role_end"),
    path("registre/importer/", exchange.bring_in, name="import_new"),
    path("registre/importer/<int:number>/", exchange.import_report, name="import"),
    path("registre/importer/<int:number>/appliquer/", exchange.import_apply, name="import_apply"),
]
