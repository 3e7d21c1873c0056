"""Offers and needs, who sees them, what is written about them, photos."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from PIL import Image

from chambre.core import clock, files
from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid, KeyReused
from chambre.core.models import StoredFile
from chambre.registry import api as registry
from chambre.rooms.exchange.models import MarketMessage, Posting, PostingPhoto
from chambre.rooms.exchange.queries.market import postings, talks
from chambre.rooms.exchange.queries.market.errors import NoPosting, PostingOver
from chambre.rooms.exchange.queries.market.postings import Asked
from chambre.rooms.exchange.services.market import photos, posting, talking
from chambre.rooms.exchange.tests.conftest import DAY, SYSTEM

pytestmark = pytest.mark.django_db


def found(market, who, **asked) -> list[str]:
    by = market.by(getattr(market, who))
    return [row.title for row in postings.search(by, Asked(**asked))]


def photo_with_a_place() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright
    exif.get_ifd(0x8825)[2] = (50.0, 38.0, 12.0)
    out = io.BytesIO()
    Image.new("RGB", (900, 600), "olive").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_what_is_offered_is_found_by_its_words_whatever_the_accents(market):
    market.put("lou", "offer", "repair", title="Réparation de vélos", place="Valmère")
    market.put("ines", "need", "garden", title="Tailler la haie")

    assert found(market, "ada", words="REPARATION velo") == ["Réparation de vélos"]
    assert found(market, "ada", kind="need") == ["Tailler la haie"]
    assert found(market, "ada", category="repair", place="Valmère") == ["Réparation de vélos"]
    assert found(market, "ada", words="tondeuse") == []


def test_the_same_key_puts_it_up_once(market):
    first = market.put("lou", "offer", "repair")

    assert market.put("lou", "offer", "repair") == first
    with pytest.raises(KeyReused):
        said = posting.PostingIn("offer", "Pain", "food")
        posting.post(said=said, key="lou-offer-repair", by=market.by(market.ines))
    assert Posting.objects.count() == 1


def test_only_members_put_things_up_and_see_them(market):
    stranger = registry.create_person(email="leo@exemple.test", name="Léo", by=SYSTEM)
    row = market.put("lou", "offer", "repair")
    by = market.by(stranger)

    with pytest.raises(Forbidden):
        posting.post(said=posting.PostingIn("offer", "Pain", "food"), key="x", by=by)
    with pytest.raises(NoPosting):
        postings.posting_for(row.pk, by)
    with pytest.raises(NoPosting):
        talking.say(posting=row, text="Bonjour", key="x", by=by)
    assert (Posting.objects.count(), MarketMessage.objects.count()) == (1, 0)


def test_what_cannot_be_is_said_field_by_field_and_nothing_is_kept(market):
    said = posting.PostingIn(
        "gift", " ", "cars", quantity=0, value=-1,
        first=dt.date(2026, 7, 2), last=dt.date(2026, 7, 1),
    )  # fmt: skip

    with pytest.raises(Invalid) as refused:
        posting.post(said=said, key="x", by=market.by(market.lou))

    assert set(refused.value.data["fields"]) == {
        "kind", "title", "category", "quantity", "value", "last",
    }  # fmt: skip
    assert not Posting.objects.exists()


def test_it_is_over_by_itself_after_its_last_day(market):
    row = market.put("lou", "offer", "repair", last=DAY + dt.timedelta(days=3))

    with clock.pretend(DAY + dt.timedelta(days=3)):
        assert found(market, "ada") == ["Repair"]
    with clock.pretend(DAY + dt.timedelta(days=4)):
        assert found(market, "ada") == []
        with pytest.raises(NoPosting):
            talking.say(posting=row, text="Encore ?", key="x", by=market.by(market.ada))


def test_only_its_owner_changes_it_and_an_administrator_takes_it_off(market):
    row = market.put("lou", "offer", "repair")
    other = posting.PostingIn("offer", "Pain", "food")

    with pytest.raises(Forbidden):
        posting.change(posting=row, said=other, by=market.by(market.ines))
    with pytest.raises(Forbidden):
        posting.close(posting=row, by=market.by(market.ines))
    assert posting.change(posting=row, said=other, by=market.by(market.lou)).title == "Pain"
    posting.close(posting=row, by=market.by(market.ada))
    assert found(market, "ines") == []
    with pytest.raises(PostingOver):
        posting.change(posting=row, said=other, by=market.by(market.lou))


def test_what_meets_directly_is_shown(market):
    offer = market.put("lou", "offer", "repair", title="Réparation de vélos", place="Valmère")
    need = market.put("ines", "need", "repair", title="Un vélo à réparer")
    market.put("ada", "need", "repair", title="Une chaise cassée")
    market.put("dris", "need", "repair", title="Un vélo", place="Loin")

    assert postings.matches(offer, market.by(market.lou)) == [need]
    assert postings.matches(need, market.by(market.ines)) == [offer]


def test_a_favourite_is_kept_once_and_let_go(market):
    row = market.put("lou", "offer", "repair")
    by = market.by(market.ines)

    assert posting.keep(posting=row, by=by) is posting.keep(posting=row, by=by) is True
    assert found(market, "ines", favourites=True) == ["Repair"]
    assert found(market, "ada", favourites=True) == []
    assert posting.keep(posting=row, by=by, kept=False) is False
    assert found(market, "ines", favourites=True) == []


def test_messages_are_read_by_two_people_and_nobody_else(market):
    row = market.put("lou", "offer", "repair")
    lou, ines, ada = (market.by(one) for one in (market.lou, market.ines, market.ada))

    talking.say(posting=row, text="Mon vélo grince.", key="a", by=ines)
    talking.say(posting=row, text="Apportez-le !", key="b", by=lou, asker=market.ines)
    talking.say(posting=row, text="Apportez-le !", key="b", by=lou, asker=market.ines)

    said = [message.text for message in talks.messages_between(row, market.ines)]
    assert said == ["Mon vélo grince.", "Apportez-le !"]
    assert [talk.other for talk in talks.talks_of(lou)] == [market.ines]
    assert [talk.other for talk in talks.talks_of(ines)] == [market.lou]
    assert talks.talks_of(ada) == talks.talks_of(SYSTEM) == []  # no office reads them


def test_an_owner_answers_who_wrote_and_nobody_else(market):
    row = market.put("lou", "offer", "repair")

    with pytest.raises(NoPosting):
        talking.say(posting=row, text="?", key="x", by=market.by(market.lou), asker=market.ada)
    with pytest.raises(Invalid):
        talking.say(posting=row, text="  ", key="x", by=market.by(market.ada))
    assert not MarketMessage.objects.exists()


def test_a_talk_goes_on_when_the_offer_is_over(market):
    row = market.put("lou", "offer", "repair")
    talking.say(posting=row, text="Demain ?", key="a", by=market.by(market.ines))
    posting.close(posting=row, by=market.by(market.lou))

    talking.say(posting=row, text="Merci !", key="b", by=market.by(market.ines))

    assert MarketMessage.objects.count() == 2


def test_a_photo_keeps_nothing_of_what_the_camera_noted(market):
    row = market.put("lou", "offer", "repair")

    photo = photos.add_photo(
        posting=row, content=photo_with_a_place(), name="velo.jpg", by=market.by(market.lou)
    )

    assert (photo.width, photo.height) == (600, 900)  # turned as it was held
    assert StoredFile.objects.count() == 2  # the original is not kept
    for kept in (photo.small, photo.large):
        with files.open_file(kept) as source:
            picture = Image.open(source)
            assert (picture.format, dict(picture.getexif())) == ("WEBP", {})
    assert files.may_read(market.by(market.ines), photo.small)
    assert not files.may_read(Actor.of(None), photo.small)
    photos.remove_photo(photo=photo, by=market.by(market.lou))
    assert not PostingPhoto.objects.exists()


def test_what_is_no_photo_is_refused(market):
    row = market.put("lou", "offer", "repair")

    with pytest.raises(Invalid):
        photos.add_photo(posting=row, content=b"<svg/>", name="x", by=market.by(market.lou))
    with pytest.raises(Forbidden):
        photos.add_photo(
            posting=row, content=photo_with_a_place(), name="x", by=market.by(market.ada)
        )
    assert not StoredFile.objects.exists()
