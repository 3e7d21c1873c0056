"""A partner's month as an invoice and a credit note: outside of VAT, against 4673, to the cent."""

import datetime as dt

import pytest
from django.urls import reverse

from chambre.core import clock
from chambre.ledger import api as ledger
from chambre.ledger.models import Line
from chambre.lib import invoicing
from chambre.registry import api as registry
from chambre.rooms.deposit.models import PartnerStatement
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.services import partners, schemes
from chambre.treasury import api as treasury
from chambre.treasury.models import Invoice, Party
from chambre.treasury.services.invoice_issuers import set_issuer
from chambre.treasury.services.parties import change_party

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
ADDRESS = {"street": "2 rue du Pont", "postcode": "59800", "city": "Lille", "country": "FR"}


def balance(house, code):
    rows = Line.objects.filter(book=house.scheme.book, account__code__startswith=code)
    return sum(rows.values_list("amount", flat=True))


@pytest.fixture
def grocer(house):
    """A partner that runs a place with its own till."""
    structure = registry.create_structure(slug="epicerie", name="Épicerie du pont", by=SYSTEM)
    schemes.create_place(
        slug="epicerie", scheme=house.scheme, name="Épicerie", partner=structure, by=SYSTEM
    )
    return structure


@pytest.fixture
def invoicing_house(house, grocer):
    """The structure writes invoices, and knows where the partner is."""
    set_issuer(
        book=house.scheme.book, by=SYSTEM, street="1 chemin du Clos", postcode="59000",
        city="Lille", siren="732829320", siret="73282932000074", vat_number="FR44732829320",
    )  # fmt: skip
    party = treasury.note_party(book=house.scheme.book, name=grocer.name, by=SYSTEM, agent=grocer)
    change_party(party=party, by=SYSTEM, siren="552100554", **ADDRESS)
    return house


def settle(house, grocer, today=None):
    today = today or clock.today()
    with clock.pretend(today + dt.timedelta(days=40)):
        return partners.settle_month(
            scheme=house.scheme, partner=grocer, year=today.year, month=today.month, by=SYSTEM
        )


def test_what_it_took_is_invoiced_and_what_it_paid_back_credited(invoicing_house, grocer):
    house = invoicing_house
    codes = house.jars(3)
    house.out(*codes, place="epicerie")
    house.back(codes[0], place="epicerie")
    assert balance(house, "467300") == 400

    row = settle(house, grocer)

    invoice, credit = Invoice.objects.order_by("pk")
    assert (invoice.payable, invoice.vat, credit.payable) == (600, 0, 200)
    assert (credit.credits, credit.is_credit) == (invoice, True)
    assert (row.invoice, row.entry, row.balance) == (invoice.number, None, 400)
    assert (balance(house, "467300"), balance(house, "411"), balance(house, "7")) == (0, 400, 0)
    # The partner's own account is even, and not only the account as a whole.
    party = Party.objects.get(agent=grocer)
    own = Line.objects.filter(account__code="467300", auxiliary__code=party.code)
    assert sum(own.values_list("amount", flat=True)) == 0
    assert holding().equal
    assert holding().held == 400
    assert ledger.verify().ok
    assert settle(house, grocer) == row
    assert Invoice.objects.count() == 2


def test_what_came_back_beyond_the_invoice_is_owed_by_an_entry(invoicing_house, grocer):
    house = invoicing_house
    codes = house.jars(3)
    house.out(*codes[:2])
    house.out(codes[2], place="epicerie")
    house.back(*codes, place="epicerie")

    row = settle(house, grocer)

    invoice, credit = Invoice.objects.order_by("pk")
    assert (invoice.payable, credit.payable, row.balance) == (200, 200, -400)
    assert row.entry is not None
    assert (balance(house, "467300"), balance(house, "411")) == (0, -400)
    assert ledger.verify().ok


def test_a_structure_that_writes_no_invoices_has_the_entry(house, grocer):
    house.out(*house.jars(2), place="epicerie")
    row = settle(house, grocer)
    assert (row.invoice, row.balance) == ("", 400)
    assert row.entry is not None
    assert not Invoice.objects.exists()
    assert (balance(house, "467300"), balance(house, "411")) == (0, 400)


def test_what_an_invoice_lacks_is_said_and_nothing_is_settled(invoicing_house, grocer):
    house = invoicing_house
    party = Party.objects.get(agent=grocer)
    change_party(party=party, by=SYSTEM, street="", postcode="", city="")
    house.out(*house.jars(1), place="epicerie")
    with pytest.raises(treasury.InvoiceIncomplete):
        settle(house, grocer)
    assert not PartnerStatement.objects.exists()
    assert not Invoice.objects.exists()
    assert balance(house, "467300") == 200


def test_its_papers_are_on_the_page_of_partners(
    invoicing_house, grocer, client, make_user, django_assert_max_num_queries
):
    house = invoicing_house
    codes = house.jars(2)
    house.out(*codes, place="epicerie")
    house.back(codes[0], place="epicerie")
    row = settle(house, grocer)
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.structure, by=SYSTEM)
    client.force_login(user)
    with django_assert_max_num_queries(15):
        text = client.get(reverse("deposit:partners", args=["bocaux"])).content.decode()
    for paper in Invoice.objects.all():
        address = reverse("deposit:partner_paper", args=["bocaux", row.pk, paper.number])
        assert address in text
        content = client.get(address).content
        found = invoicing.embedded_xml(content)
        assert b"Outside" in found or b"Hors du champ" in found
    other = reverse("deposit:partner_paper", args=["bocaux", row.pk, "AUTRE-1"])
    assert client.get(other).status_code == 404

    # The partner reads its own papers; a stranger reads none.
    owner = make_user("epicier@exemple.test")
    person = registry.create_person(email=owner.email, name="Épicier", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=grocer, by=SYSTEM)
    for somebody, status in ((owner, 200), (make_user("passant@exemple.test"), 403)):
        client.force_login(somebody)
        assert client.get(address).status_code == status
