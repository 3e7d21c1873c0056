"""Third parties of a structure: customers, suppliers, payees, debtors. Private to it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Party(models.Model):
    """Somebody with whom a structure deals, as its own books know them.

    ``code`` is their auxiliary account in the book. What can be erased (names, addresses) is here
    and not in the rows of the ledger, which name the code only.
    """

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="parties")
    code = models.CharField(_("code"), max_length=32)
    name = models.CharField(_("name"), max_length=140)
    agent = models.ForeignKey(
        "registry.Agent",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("in the register"),
    )
    email = models.EmailField(_("e-mail address"), blank=True, default="")
    street = models.CharField(_("street and number"), max_length=140, blank=True, default="")
    more_address = models.CharField(_("building, place"), max_length=140, blank=True, default="")
    postcode = models.CharField(_("postcode"), max_length=16, blank=True, default="")
    city = models.CharField(_("town"), max_length=70, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, default="FR")
    siren = models.CharField("SIREN", max_length=9, blank=True, default="")
    siret = models.CharField("SIRET", max_length=14, blank=True, default="")
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True, default="")
    is_business = models.BooleanField(_("a business or an association"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("third party")
        verbose_name_plural = _("third parties")
        constraints = [
            models.UniqueConstraint(fields=["book", "code"], name="party_code_per_book"),
            models.UniqueConstraint(
                fields=["book", "agent"],
                condition=models.Q(agent__isnull=False),
                name="party_agent_per_book",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> object:
        """Whose third party it is: what the rules ask."""
        return self.book.structure


class PartyIban(models.Model):
    """A bank account of a third party, as they gave it or as the bank's rows show it."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="ibans")
    iban = models.CharField("IBAN", max_length=34)
    bic = models.CharField("BIC", max_length=11, blank=True, default="")
    holder = models.CharField(_("holder"), max_length=140, blank=True, default="")
    confirmed = models.BooleanField(
        _("given by themselves"),
        default=False,
        help_text=_("Money is sent only to an account that was given, not to one merely seen."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["party", "id"]
        constraints = [
            models.UniqueConstraint(fields=["party", "iban"], name="iban_once_per_party")
        ]

    def __str__(self) -> str:
        return self.iban
