"""Pages of bank accounts: what is on them, files brought in, how to read a table."""

from django.urls import path

from chambre.treasury.views.bank import accounts, bringing

BANK = [
    path("<slug:slug>/banque/", accounts.index, name="bank"),
    path("<slug:slug>/banque/ajouter/", accounts.create, name="bank_create"),
    path("<slug:slug>/banque/<slug:account>/", accounts.show, name="bank_account"),
    path("<slug:slug>/banque/<slug:account>/modifier/", accounts.change, name="bank_change"),
    path("<slug:slug>/banque/<slug:account>/apporter/", bringing.bring_in, name="bank_import"),
    path(
        "<slug:slug>/banque/<slug:account>/colonnes/<uuid:file>/",
        bringing.columns,
        name="bank_columns",
    ),
    path(
        "<slug:slug>/banque/<slug:account>/fichiers/<int:number>/", bringing.file, name="bank_file"
    ),
    path("<slug:slug>/banque/<slug:account>/lignes/<int:number>/", accounts.row, name="bank_row"),
]
"""Addresses of the bank's pages."""

__all__ = ["BANK"]
