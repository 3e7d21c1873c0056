"""Tickets are worth what they say, are taken once, and come back when nobody brings them."""

import datetime as dt

import pytest

from chambre.core import clock
from chambre.core.errors import Forbidden, Invalid
from chambre.core.models import AuditEntry
from chambre.lib.mutualcredit import read_ticket
from chambre.rooms.credit.queries.errors import NoTicket, NotOpen, TicketTaken
from chambre.rooms.credit.services.tickets import (
    give_back,
    give_back_due,
    make_ticket,
    public_key,
    take_ticket,
    text_of,
)
from chambre.treasury import api as treasury

pytestmark = pytest.mark.django_db
DAY, UNTIL = dt.date(2026, 5, 2), dt.date(2026, 6, 1)


@pytest.fixture
def ticket(village):
    with clock.pretend(DAY):
        return make_ticket(
            account=village.account("ada"), amount=2_500, until=UNTIL, key="t", by=village.by("ada")
        )


def test_a_ticket_sets_units_aside_and_whoever_brings_it_first_has_them(village, ticket):
    assert village.held() == [-2_500, 0, 0, 0, 2_500]
    text = text_of(ticket)
    paper = read_ticket(text, public_key(village.chamber))
    assert (paper.amount, paper.unit, paper.until) == (2_500, "CRD", UNTIL)

    with clock.pretend(DAY):
        taken = take_ticket(text=text, account=village.account("cora"), by=village.by("cora"))
        again = take_ticket(text=text, account=village.account("cora"), by=village.by("cora"))
    assert taken.taken == again.taken
    assert village.held() == [-2_500, 0, 2_500, 0, 0]


def test_a_second_use_is_refused_and_told(village, ticket):
    with clock.pretend(DAY):
        take_ticket(text=text_of(ticket), account=village.account("cora"), by=village.by("cora"))
        with pytest.raises(TicketTaken) as refused:
            take_ticket(
                text=text_of(ticket), account=village.account("dune"), by=village.by("dune")
            )
    assert refused.value.data["on"] == "2026-05-02"
    tried = AuditEntry.objects.get(action="credit.ticket.tried-again")
    assert tried.data == {"account": village.account("dune").code}
    assert village.held() == [-2_500, 0, 2_500, 0, 0]


def test_what_is_no_ticket_or_too_late(village, ticket):
    text = text_of(ticket)
    for wrong in ("", "CHB1.x.y", text[:-4] + "AAAA"):
        with pytest.raises(NoTicket):
            take_ticket(text=wrong, account=village.account("cora"), by=village.by("cora"))
    with clock.pretend(UNTIL + dt.timedelta(days=1)):
        with pytest.raises(NotOpen):
            take_ticket(text=text, account=village.account("cora"), by=village.by("cora"))
        assert give_back_due() == 1
        assert give_back_due() == 0
        with pytest.raises(NotOpen):
            take_ticket(text=text, account=village.account("cora"), by=village.by("cora"))
    assert village.held() == [0, 0, 0, 0, 0]


def test_nobody_makes_a_ticket_beyond_what_is_left_nor_takes_it_back_early(village, ticket):
    facts = {"account": village.account("ada"), "by": village.by("ada")}
    with clock.pretend(DAY):
        with pytest.raises(treasury.NotEnoughUnits):
            make_ticket(amount=7_501, until=UNTIL, key="u", **facts)
        with pytest.raises(Invalid):
            make_ticket(amount=1, until=DAY - dt.timedelta(days=1), key="v", **facts)
        with pytest.raises(NotOpen):
            give_back(ticket=ticket, by=village.by("ada"))
        with pytest.raises(Forbidden):
            make_ticket(
                account=village.account("ada"), amount=1, until=UNTIL, key="w",
                by=village.by("cora"),
            )  # fmt: skip
        assert make_ticket(amount=2_500, until=UNTIL, key="t", **facts) == ticket
    assert village.held() == [-2_500, 0, 0, 0, 2_500]
