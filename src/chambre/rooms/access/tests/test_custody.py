"""Handing out and bringing back: the chain of custody, the state, the counter, repair."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from PIL import Image

from chambre.core import files
from chambre.core.errors import Forbidden, Invalid
from chambre.ledger import api as ledger
from chambre.rooms.access.models import AccessLetter, Booking, Closure, Handover, StatePhoto
from chambre.rooms.access.queries import moments
from chambre.rooms.access.queries.errors import NotNow, OutOfUse
from chambre.rooms.access.services import booking, custody, offering, watching
from chambre.rooms.access.services.custody import Seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def time(monkeypatch):
    """Lets it be another time for the room."""

    def to(moment: dt.datetime) -> None:
        for module in (custody, booking, watching):
            monkeypatch.setattr(module, "now", lambda: moment)

    return to


def events(shop):
    rows = ledger.events_of(shop.lathe).select_related("provider", "receiver")
    return [
        (row.action, row.provider.slug, row.receiver.slug, row.effort)
        for row in rows.order_by("id")
    ]


def test_the_chain_of_custody_is_in_the_ledger(shop, time):
    offer = shop.offers(counter="h")
    row = shop.books(shop.carl, 9, 12)
    with pytest.raises(NotNow):
        custody.hand_out(booking=row, seen=Seen(), key="out", by=shop.by(shop.carl))
    time(shop.at(9, 5))
    with pytest.raises(Forbidden):
        custody.hand_out(booking=row, seen=Seen(), key="out", by=shop.by(shop.dora))

    out = custody.hand_out(booking=row, seen=Seen(counter=1500), key="out", by=shop.by(shop.carl))
    assert custody.hand_out(booking=row, seen=Seen(), key="out", by=shop.by(shop.carl)) == out
    assert ledger.on_hand(offer.item, shop.carl) == 1
    assert ledger.accounted(offer.item, shop.commune) == 1
    time(shop.at(10, 35))
    with pytest.raises(Invalid):
        custody.bring_back(booking=row, seen=Seen(counter=1499), key="b", by=shop.by(shop.carl))
    back = custody.bring_back(
        booking=row, seen=Seen("worn", "Lame à affûter", 3000), key="back", by=shop.by(shop.carl)
    )

    row.refresh_from_db()
    assert (back.minutes, back.late, back.counter, row.state) == (90, 0, 3000, "done")
    assert row.ends_at == shop.at(10, 35)  # the rest is free again
    time(shop.at(8))
    assert shop.books(shop.dora, 11, 12).state == "confirmed"
    assert events(shop) == [
        ("raise", "commune", "commune", None),
        ("transferCustody", "commune", "fabrique", None),
        ("transferCustody", "fabrique", shop.carl.slug, None),
        ("transferCustody", shop.carl.slug, "fabrique", None),
        ("use", "fabrique", shop.carl.slug, 90),
    ]
    assert ledger.on_hand(offer.item, shop.workshop) == 1
    wrong: list[object] = []
    ledger.verify_events(wrong.append)
    assert wrong == []


def test_nobody_gets_what_somebody_else_still_has(shop, time):
    shop.offers()
    first, second = shop.books(shop.carl, 9, 10), shop.books(shop.dora, 10, 11)
    time(shop.at(9))
    custody.hand_out(booking=first, seen=Seen(), key="1", by=shop.by(shop.carl))
    time(shop.at(10, 45))
    with pytest.raises(NotNow):
        custody.hand_out(booking=second, seen=Seen(), key="2", by=shop.by(shop.dora))
    assert watching.remind() == 2  # Carl, who is late, and Bea, who keeps it
    assert watching.remind() == 0

    late = custody.bring_back(booking=first, seen=Seen(), key="3", by=shop.by(shop.bea))

    assert late.late == 45
    assert (
        custody.hand_out(booking=second, seen=Seen(), key="4", by=shop.by(shop.dora)).kind == "out"
    )


def test_what_is_broken_is_out_of_use_until_it_is_mended(shop, time):
    offer = shop.offers()
    row, next_ = shop.books(shop.carl, 9, 10), shop.books(shop.dora, 14, 15)
    time(shop.at(9))
    custody.hand_out(booking=row, seen=Seen(), key="1", by=shop.by(shop.carl))
    time(shop.at(9, 30))
    custody.bring_back(
        booking=row, seen=Seen("unusable", "Courroie cassée"), key="2", by=shop.by(shop.carl)
    )

    assert Closure.objects.get().reason == "Courroie cassée"
    told = AccessLetter.objects.filter(kind="broken")
    assert {letter.person for letter in told} == {shop.dora, shop.bea}
    with pytest.raises(OutOfUse):
        shop.books(shop.carl, 17, 18)
    with pytest.raises(NotNow):
        custody.hand_out(booking=next_, seen=Seen(), key="3", by=shop.by(shop.dora))
    with pytest.raises(Forbidden):
        custody.report(offer=offer, kind="mended", seen=Seen(), key="4", by=shop.by(shop.carl))

    time(shop.at(13, 30))
    custody.report(offer=offer, kind="mended", seen=Seen(), key="4", by=shop.by(shop.bea))

    assert shop.books(shop.carl, 17, 18).state == "confirmed"
    time(shop.at(14))
    assert (
        custody.hand_out(booking=next_, seen=Seen(), key="5", by=shop.by(shop.dora)).kind == "out"
    )
    assert [action for action, *_rest in events(shop)][5:7] == ["accept", "modify"]
    wrong: list[object] = []
    ledger.verify_events(wrong.append)
    assert wrong == []


def test_lost_and_found(shop, time):
    offer = shop.offers()
    row = shop.books(shop.carl, 9, 10)
    time(shop.at(9))
    custody.hand_out(booking=row, seen=Seen(), key="1", by=shop.by(shop.carl))
    custody.report(
        offer=offer, kind="lost", seen=Seen(words="Dans le train"), key="2", by=shop.by(shop.bea)
    )

    row.refresh_from_db()
    assert row.state == "done"
    assert ledger.accounted(offer.item, shop.commune) == 0
    time(shop.at(11))
    custody.report(offer=offer, kind="found", seen=Seen(), key="3", by=shop.by(shop.bea))
    assert ledger.on_hand(offer.item, shop.workshop) == 1
    assert list(Handover.objects.order_by("id").values_list("kind", flat=True)) == [
        "out",
        "lost",
        "found",
    ]


def picture() -> bytes:
    image = Image.new("RGB", (2000, 1000), "teal")
    exif = Image.Exif()
    exif[0x0110] = "Appareil de Carl"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    assert b"Appareil de Carl" in out.getvalue()
    return out.getvalue()


def test_photos_keep_nothing_of_the_camera_and_are_not_for_everybody(shop, time):
    shop.offers()
    row = shop.books(shop.carl, 9, 10)
    time(shop.at(9))
    with pytest.raises(Invalid):
        custody.hand_out(booking=row, seen=Seen(photos=[b"no"]), key="1", by=shop.by(shop.carl))
    assert not Handover.objects.exists()

    custody.hand_out(booking=row, seen=Seen(photos=[picture()]), key="1", by=shop.by(shop.carl))

    photo = StatePhoto.objects.get()
    content = files.open_file(photo.file).read()
    assert (photo.width, photo.height) == (1400, 700)
    assert b"Appareil de Carl" not in content
    assert dict(Image.open(io.BytesIO(content)).getexif()) == {}
    assert files.may_read(shop.by(shop.bea), photo.file)
    assert files.may_read(shop.by(shop.ada), photo.file)
    assert not files.may_read(shop.by(shop.dora), photo.file)


def test_history_stays_when_the_owner_leaves(shop, time):
    offer = shop.offers(withdrawal_days=0)
    row = shop.books(shop.carl, 9, 10)
    time(shop.at(9))
    custody.hand_out(booking=row, seen=Seen(), key="1", by=shop.by(shop.carl))
    offering.announce_withdrawal(offer=offer, by=shop.by(shop.ada))
    assert offering.end_due() == 0
    time(shop.at(10))
    custody.bring_back(booking=row, seen=Seen(), key="2", by=shop.by(shop.carl))

    assert offering.end_due() == 1

    offer.refresh_from_db()
    assert offer.state == "ended"
    assert ledger.on_hand(offer.item, shop.commune) == 1
    assert len(events(shop)) == 6, events(shop)
    assert Booking.objects.get().state == "done"
    again = shop.offers()
    assert again.item == offer.item
    assert ledger.on_hand(offer.item, shop.workshop) == 1
    assert moments.local(shop.at(9)).hour == 9
