"""The pages: who sees what, booking without JavaScript, calendars at secret addresses, open files."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from chambre.core.errors import Forbidden, Invalid
from chambre.lib.booking import Span, read_calendar
from chambre.rooms.access.models import Booking, BusyTime, Handover, TakenCount, Wait
from chambre.rooms.access.queries.errors import OutOfUse
from chambre.rooms.access.services import feeds, letters, openfiles, watching

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(client):
    """Signs somebody in and asks for a page."""

    here = [None]

    def ask(person, name, *args, data=None, **query):
        if person != here[0]:
            client.logout()
            if person is not None:
                client.force_login(person.user)
            here[0] = person
        address = reverse(f"access:{name}", args=args)
        return client.get(address, query) if data is None else client.post(address, data)

    return ask


def text(answer):
    return answer.content.decode()


def times(shop, start="09:00", end="10:30"):
    return {"day": shop.day.isoformat(), "start": start, "end": end, "key": f"{start}-{end}"}


def test_a_thing_is_booked_from_its_calendar(shop, visit, django_assert_max_num_queries):
    shop.offers(hours="mon-sun 08:00-20:00", training="")
    visit(shop.carl, "things")
    with django_assert_max_num_queries(15):
        page = visit(shop.carl, "thing", "tour", semaine=shop.day.isoformat())
    assert f"?de={shop.day}T08:00&amp;a={shop.day}T20:00" in text(page)

    done = visit(shop.carl, "book", "tour", data=times(shop))
    again = visit(shop.carl, "book", "tour", data=times(shop))

    row = Booking.objects.get()
    assert done.status_code == again.status_code == 302
    assert (row.starts_at, row.ends_at, row.person) == (shop.at(9), shop.at(10, 30), shop.carl)
    own, others = (
        text(visit(who, "thing", "tour", semaine=shop.day.isoformat()))
        for who in (shop.carl, shop.dora)
    )
    assert "Carl" in own
    assert "Carl</a>" not in others
    assert "10:30" in others
    day = text(visit(shop.bea, "thing", "tour", jour=shop.day.isoformat()))
    assert f"?de={shop.day}T10:30" in day
    assert "Carl" in day


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_of_another_age_are_refused(shop, visit, day):
    shop.offers()
    for more in ({}, {"repeat": "daily", "until": "9999-12-31"}, {"last": "9999-12-31"}):
        answer = visit(shop.carl, "book", "tour", data={**times(shop), "day": day, **more})
        assert answer.status_code in (409, 422)
    assert not Booking.objects.exists()


def test_what_is_taken_offers_the_waiting_list(shop, visit):
    shop.offers()
    shop.books(shop.carl, 9, 11)

    full = visit(shop.dora, "book", "tour", data=times(shop))
    assert full.status_code == 409
    assert 'value="wait"' in text(full)
    assert visit(shop.dora, "book", "tour", data={**times(shop), "act": "wait"}).status_code == 302
    wait = Wait.objects.get(person=shop.dora)
    assert "Le tour à bois" in text(visit(shop.dora, "waits"))
    visit(shop.dora, "waits", data={"wait": wait.pk})
    wait.refresh_from_db()
    assert wait.state == "left"


def test_a_repetition_says_what_does_not_fit(shop, visit):
    shop.offers()
    shop.books(shop.dora, 9, 10, days=7)
    until = (shop.day + dt.timedelta(days=21)).isoformat()
    asked = {**times(shop), "repeat": "weekly", "until": until}

    none = visit(shop.carl, "book", "tour", data=asked)
    assert none.status_code == 422
    assert f"{(shop.day + dt.timedelta(days=7)).day}\u00a0" in text(none)
    assert visit(shop.carl, "book", "tour", data={**asked, "some": "on"}).status_code == 302
    assert Booking.objects.filter(person=shop.carl).count() == 3


def test_pages_are_closed_to_whom_they_do_not_concern(shop, visit):
    stranger = shop.person("eli", member=False)
    shop.offers(audience="members")
    row = shop.books(shop.carl, 9, 10)

    assert visit(stranger, "thing", "tour").status_code == 403
    assert visit(shop.dora, "booking", row.pk).status_code == 403
    assert visit(shop.dora, "hand", row.pk).status_code == 403
    assert visit(shop.carl, "keep", "tour").status_code == 403
    assert visit(shop.bea, "withdraw", "tour").status_code == 403
    assert visit(shop.carl, "booking", row.pk).status_code == 200
    assert visit(shop.bea, "booking", row.pk).status_code == 200
    assert visit(shop.carl, "booking", 999_999).status_code == 404
    assert "Le tour" not in text(visit(stranger, "things"))


def test_every_page_of_a_thing(shop, visit, django_assert_max_num_queries):
    shop.offers(approval=True, longest=240, week_count=3, gives="deposit", gives_amount=5000)
    row = shop.books(shop.carl, 9, 10)
    visit(shop.bea, "things")
    for name, args in (
        ("things", ()), ("mine", ()), ("waits", ()), ("my_calendar", ()), ("thing", ("tour",)),
        ("book", ("tour",)), ("terms", ("tour",)), ("propose", ("tour",)), ("keep", ("tour",)),
        ("use", ("tour",)), ("kiosk", ("tour",)), ("label", ("tour",)), ("files", ("tour",)),
        ("booking", (row.pk,)),
    ):  # fmt: skip
        with django_assert_max_num_queries(15):
            answer = visit(shop.bea, name, *args)
        assert answer.status_code == 200, name
        assert " style=" not in text(answer)
    assert "50,00" in text(visit(shop.bea, "terms", "tour"))


def test_rules_are_proposed_and_accepted_on_pages(shop, visit):
    saw = shop.resource("scie", "La scie")
    form = text(visit(shop.ada, "new", "scie"))
    assert 'name="audience"' in form
    asked = {
        "audience": "members", "gives": "upkeep", "capacity": 1, "shortest": 0, "longest": 120,
        "notice": 0, "ahead_days": 0, "buffer": 0, "cancel_minutes": 0, "withdrawal_days": 30,
        "gives_amount": 0, "hours": "nonsense",
    }  # fmt: skip
    wrong = visit(shop.ada, "new", "scie", data=asked)
    assert wrong.status_code == 422
    assert "nonsense" in text(wrong)
    visit(shop.ada, "new", "scie", data={**asked, "hours": "mon-fri 09:00-18:00"})

    from chambre.rooms.access.queries.offers import offer_of

    offer = offer_of(saw)
    assert offer.state == "proposed"
    digest = offer.versions.get().digest
    assert digest in text(visit(shop.bea, "terms", "scie"))
    visit(shop.bea, "accept", "scie", data={"side": "custodian", "digest": digest})
    assert offer_of(saw).state == "open"


def test_handed_out_and_brought_back_by_the_code_on_the_thing(shop, visit, client, monkeypatch):
    from chambre.rooms.access.services import custody
    from chambre.rooms.access.tests.test_custody import picture
    from chambre.rooms.access.views import bookings

    shop.offers()
    row = shop.books(shop.carl, 9, 12)
    moment = shop.at(9, 1)
    for module in (custody, bookings):
        monkeypatch.setattr(module, "now", lambda: moment)

    scanned = visit(shop.carl, "scan", "tour")
    assert scanned.url == reverse("access:hand", args=[row.pk])
    photo = SimpleUploadedFile("etat.jpg", picture(), "image/jpeg")
    sent = client.post(
        scanned.url, {"condition": "good", "key": "k1", "act": "out", "photos": [photo]}
    )
    assert sent.status_code == 302, text(sent)
    moment = shop.at(11)
    visit(shop.carl, "hand", row.pk, data={"condition": "worn", "key": "k2", "act": "back"})

    out, back = Handover.objects.order_by("id")
    assert (out.kind, back.kind, back.minutes, out.photos.count()) == ("out", "back", 119, 1)
    assert visit(shop.carl, "photo", out.photos.get().pk).status_code == 200
    assert visit(shop.dora, "photo", out.photos.get().pk).status_code == 403
    assert "1" in text(visit(shop.dora, "use", "tour"))
    assert "Carl" not in text(visit(shop.dora, "use", "tour"))


def test_calendars_lie_at_secret_addresses(shop, visit):
    offer = shop.offers()
    shop.books(shop.carl, 9, 10)
    key = feeds.calendar_key(by=shop.by(shop.carl), person=shop.carl)
    secret = feeds.secret_of(key)

    found = visit(None, "feed", secret)
    [taken] = read_calendar(found.content, Span(shop.at(0), shop.at(23)))
    assert (taken.span, taken.summary) == (Span(shop.at(9), shop.at(10)), "Le tour à bois")
    assert found["Content-Type"].startswith("text/calendar")

    feeds.calendar_key(by=shop.by(shop.carl), person=shop.carl, new=True)
    assert visit(None, "feed", secret).status_code == 404
    for wrong in ("1-abc", "x", f"{key.pk}-{'0' * 40}", "9" * 30 + "-a"):
        assert visit(None, "feed", wrong).status_code == 404
    with pytest.raises(Forbidden):
        feeds.calendar_key(by=shop.by(shop.carl), offer=offer)
    of_thing = feeds.calendar_key(by=shop.by(shop.bea), offer=offer)
    assert b"Carl" not in visit(None, "feed", feeds.secret_of(of_thing)).content


def calendar_text(shop, start=14, end=16) -> bytes:
    def at(hour):
        return shop.at(hour).strftime("%Y%m%dT%H%M%SZ")

    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:elsewhere\r\n"
        f"DTSTART:{at(start)}\r\nDTEND:{at(end)}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


def test_what_is_taken_elsewhere_is_taken_here(shop):
    offer = shop.offers()
    feeds.add_calendar(
        offer=offer, name="Mairie", by=shop.by(shop.bea), content=calendar_text(shop)
    )
    with pytest.raises(OutOfUse):
        shop.books(shop.carl, 15, 17)
    assert shop.books(shop.carl, 16, 17).state == "confirmed"
    with pytest.raises(Invalid) as refusal:
        feeds.add_calendar(
            offer=offer, name="x", by=shop.by(shop.bea), content=b"BEGIN:VCALENDAR\nhm"
        )
    assert "file" in refusal.value.data["fields"]
    assert offer.feeds.count() == 1


def test_a_calendar_that_cannot_be_read_keeps_its_times(shop):
    offer = shop.offers()
    row = feeds.add_calendar(
        offer=offer,
        name="Mairie",
        by=shop.by(shop.bea),
        address="https://mairie.valmere.test/a.ics",
    )
    assert feeds.read_due(lambda _address: calendar_text(shop)) == 1
    assert feeds.read_due(lambda _address: b"") == 0  # not due yet
    type(row).objects.update(fetched_at=timezone.now() - dt.timedelta(hours=2))

    def broken(_address):
        raise OSError("nobody answers")

    assert feeds.read_due(broken) == 0
    row.refresh_from_db()
    assert row.error == "nobody answers"
    assert BusyTime.objects.get().starts_at == shop.at(14)


def test_open_files_are_taken_without_a_name_and_counted(shop, visit):
    lathe = shop.lathe
    put = {
        "resource": lathe, "name": "plan.svg", "title": "Plan du tour", "by": shop.by(shop.carl),
        "content": io.BytesIO(b"<svg/>"),
    }  # fmt: skip
    with pytest.raises(Forbidden):
        openfiles.put_file(**put, licence="CC0-1.0")
    from chambre.rooms.access.tests.conftest import SYSTEM

    put["by"] = SYSTEM
    for closed in ("CC-BY-NC-4.0", "all rights reserved", ""):
        with pytest.raises(Invalid):
            openfiles.put_file(**put, licence=closed)
    row = openfiles.put_file(**put, licence="CERN-OHL-S-2.0")

    for _again in range(3):
        assert b"".join(visit(None, "take_file", row.pk).streaming_content) == b"<svg/>"
    assert TakenCount.objects.get().count == 3
    assert "CERN-OHL-S-2.0" in text(visit(None, "files", "tour"))
    openfiles.put_away(file=row, by=SYSTEM)
    assert visit(None, "take_file", row.pk).status_code == 404


def test_an_open_file_says_which_file_here_it_was_made_from(shop, visit):
    from chambre.registry import api as registry
    from chambre.rooms.access.tests.conftest import SYSTEM

    saw = shop.resource("scie", "La scie")
    first = openfiles.put_file(
        resource=saw, name="scie.svg", title="Plan de la scie", licence="CC0-1.0", by=SYSTEM,
        content=io.BytesIO(b"<svg/>"),
    )  # fmt: skip
    registry.grant_role(agent=shop.bea, kind="steward", scope=shop.lathe, by=SYSTEM)
    assert "Plan de la scie (CC0-1.0) – La scie" in text(visit(shop.bea, "files", "tour"))
    asked = {"title": "Plan du tour", "licence": "CC0-1.0", "changes": "Plus long"}

    def upload():
        return SimpleUploadedFile("tour.svg", b"<svg/>")

    wrong = visit(
        shop.bea, "files", "tour", data={**asked, "file": upload(), "derived_from": "999"}
    )
    assert wrong.status_code == 422
    visit(shop.bea, "files", "tour", data={**asked, "file": upload(), "derived_from": first.pk})

    assert first.derived.get().title == "Plan du tour"
    assert reverse("access:files", args=["scie"]) in text(visit(None, "files", "tour"))


def test_an_owner_lets_a_thing_stay_on_the_page_of_its_rules(shop, visit):
    from chambre.rooms.access.services import offering

    offer = shop.offers(withdrawal_days=3)
    address = reverse("access:stay", args=["tour"])
    assert address not in text(visit(shop.ada, "terms", "tour"))
    offering.announce_withdrawal(offer=offer, by=shop.by(shop.ada))
    assert address in text(visit(shop.ada, "terms", "tour"))
    assert visit(shop.bea, "stay", "tour", data={}).status_code == 403
    visit(shop.ada, "stay", "tour", data={})
    offer.refresh_from_db()
    assert offer.state == "open"


def test_letters_lead_to_what_they_are_about(shop, monkeypatch):
    shop.offers()
    row = shop.books(shop.carl, 9, 10, by=shop.bea)
    later = shop.at(9) - dt.timedelta(hours=20)
    monkeypatch.setattr(watching, "now", lambda: later)
    watching.remind()

    assert letters.LETTERS.send_waiting() == 2
    assert letters.LETTERS.send_waiting() == 0
    assert [letter.to for letter in mail.outbox] == [["carl@valmere.test"]] * 2
    assert mail.outbox[1].subject == "Rappel\u00a0: Le tour à bois"
    assert reverse("access:booking", args=[row.pk]) in mail.outbox[1].body
