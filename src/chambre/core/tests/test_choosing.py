"""People choose which letters they receive and when; what the law needs is sent, whatever they chose."""

from __future__ import annotations

import datetime as dt
import re
import threading
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection, models
from django.test import Client
from django.test.utils import isolate_apps
from django.utils import timezone

from chambre.core import choosing, dayletters, holding
from chambre.core.actors import Actor
from chambre.core.choosing import LINK, Pace, Sort
from chambre.core.errors import Forbidden, Invalid, NotFound
from chambre.core.mailing import Postman, letter_to
from chambre.core.models import AuditEntry, DayLetter, DueLetter, HeldLetter, LetterChoice, User

pytestmark = pytest.mark.django_db(transaction=True)
SORTS = (
    Sort("core.news", "news"), Sort("core.talk", "talk"), Sort("core.law", "law", always=True),
)  # fmt: skip


@pytest.fixture
def ines(transactional_db: Any) -> User:
    return User.objects.create_user("ines@exemple.test", name="Inès", language="fr")


@pytest.fixture
def post(ines: User, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Letters of a room that has nothing else, to Inès; their key says of which sort they are."""
    monkeypatch.setattr(choosing, "_sections", {"core": choosing.Section("The room", SORTS)})
    with isolate_apps("chambre.core"):

        class Note(DueLetter):
            words = models.CharField(max_length=40)

            class Meta(DueLetter.Meta):
                app_label = "core"

    with connection.schema_editor() as editor:
        editor.create_model(Note)
    yield Postman(
        Note, _write, related=(), sort=lambda one: one.key.split("/")[0],
        reader=lambda _one: User.objects.get(),
    )  # fmt: skip
    with connection.schema_editor() as editor:
        editor.delete_model(Note)


def _write(letter: Any) -> EmailMessage | str:
    if letter.words == "nothing":
        return "not any more"
    return letter_to(User.objects.get(), lambda: (letter.words, f"Bonjour : {letter.words}."))


def note(post: Any, sort: str, words: str) -> Any:
    key = f"{sort}/{words}"
    post.note([post.model(words=words, key=key)])
    return post.model.objects.get(key=key)


def choose(user: User, **paces: str) -> dict[str, str]:
    named = {f"core.{name}": pace for name, pace in paces.items()}
    return choosing.choose(user=user, paces=named, by=Actor.of(user))


def come(days: int = 1) -> None:
    """Let the hour of the letters of the day come."""
    DayLetter.objects.update(due_at=timezone.now() - dt.timedelta(days=days))


def test_without_a_choice_letters_come_at_once_and_say_where_to_choose(post, ines, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://chambre.test"]
    note(post, "core.news", "Une nouvelle")

    assert post.send_waiting() == 1
    (letter,) = mail.outbox
    link = choosing.link_to(ines, "core.news")
    assert letter.body == (
        f"Bonjour : Une nouvelle.\n\n-- \nQuels courriels vous recevez, et quand\xa0:\n{link}\n"
    )
    assert link.startswith(f"https://chambre.test/lettres/{ines.pk}-core.news:")
    assert letter.extra_headers == {
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_one_click_is_only_offered_over_https(post, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["http://chambre.test"]
    note(post, "core.news", "Une nouvelle")

    post.send_waiting()

    assert list(mail.outbox[0].extra_headers) == ["List-Unsubscribe"]


def test_what_somebody_does_not_want_is_not_sent_and_the_rest_is(post, ines):
    choose(ines, news=Pace.NEVER)
    unwanted = note(post, "core.news", "Une nouvelle")
    note(post, "core.talk", "Un mot")

    assert post.send_waiting() == 1
    assert [letter.subject for letter in mail.outbox] == ["Un mot"]
    unwanted.refresh_from_db()
    assert (unwanted.error, unwanted.sent_at is None) == ("not wanted", False)


def test_what_the_law_needs_is_sent_whatever_is_written_and_no_mail_program_stops_it(post, ines):
    with pytest.raises(Invalid):
        choose(ines, law=Pace.NEVER)
    LetterChoice.objects.create(user=ines, sort="core.law", pace=Pace.NEVER)
    note(post, "core.law", "Un jugement")

    assert post.send_waiting() == 1
    assert "/lettres/" in mail.outbox[0].body
    assert mail.outbox[0].extra_headers == {}


def test_what_is_wanted_once_a_day_is_one_letter_in_the_morning(post, ines):
    choose(ines, news=Pace.DAILY)
    for words in ("Une nouvelle", "Une autre", "nothing"):
        note(post, "core.news", words)

    assert (post.send_waiting(), dayletters.send_due(), len(mail.outbox)) == (0, 0, 0)
    day = DayLetter.objects.get()
    here = timezone.localtime(day.due_at)
    assert (here.hour, here.minute, day.due_at > timezone.now()) == (7, 0, True)
    come()
    assert (dayletters.send_due(), dayletters.send_due()) == (1, 0)
    (letter,) = mail.outbox
    assert letter.subject.startswith("2 courriels du jour – ")
    assert letter.body.startswith(
        "Ce qui s’est passé depuis le dernier résumé, comme vous avez choisi de le lire\xa0:\n\n"
        "– Une nouvelle\n– Une autre\n"
    )
    assert letter.body.count("Bonjour : Une nouvelle.") == 1
    assert letter.body.count("/lettres/") == 1
    assert f"/lettres/{ines.pk}-core.day:" in letter.extra_headers["List-Unsubscribe"]


def test_a_day_on_which_everything_was_done_already_has_no_letter(post, ines):
    choose(ines, news=Pace.DAILY)
    note(post, "core.news", "nothing")
    post.send_waiting()
    come()

    assert (dayletters.send_due(), len(mail.outbox)) == (0, 0)
    assert DayLetter.objects.get().error == "nothing any more"


def test_who_wants_none_any_more_does_not_get_what_was_held(post, ines):
    choose(ines, news=Pace.DAILY, talk=Pace.DAILY)
    note(post, "core.news", "Une nouvelle")
    note(post, "core.talk", "Un mot")
    post.send_waiting()
    choose(ines, news=Pace.NEVER)
    come()

    assert dayletters.send_due() == 1
    assert "– Un mot\n" in mail.outbox[0].body
    assert "Une nouvelle" not in mail.outbox[0].body


def test_a_letter_of_the_day_that_is_under_way_takes_no_more(post, ines):
    choose(ines, news=Pace.DAILY)
    note(post, "core.news", "Une nouvelle")
    post.send_waiting()
    first = DayLetter.objects.get()
    come()
    dayletters.send_due()
    note(post, "core.news", "Une autre")
    post.send_waiting()

    second = DayLetter.objects.exclude(pk=first.pk).get()
    assert second.due_at == timezone.make_aware(
        dt.datetime.fromisoformat(f"{first.key.split(':')[1]}T07:00") + dt.timedelta(days=1)
    )
    come()
    assert dayletters.send_due() == 1
    assert ["Une nouvelle" in letter.body for letter in mail.outbox] == [True, False]


def test_before_seven_it_is_todays_letter_and_from_then_on_tomorrows():
    day = dt.datetime(2026, 7, 14, tzinfo=timezone.get_current_timezone())

    assert holding.next_day(day.replace(hour=6, minute=59)) == dt.date(2026, 7, 14)
    assert holding.next_day(day.replace(hour=7)) == dt.date(2026, 7, 15)


def test_workers_that_are_at_it_together_send_and_hold_everything_once(post, ines):
    choose(ines, news=Pace.DAILY)
    rows = [note(post, "core.news", f"Nouvelle {number}") for number in range(6)]

    def hold_all() -> None:
        for row in rows:
            post.send(row)

    _together(hold_all)
    assert HeldLetter.objects.count() == 6
    assert DayLetter.objects.count() == 1
    come()
    _together(dayletters.send_due)
    (letter,) = mail.outbox
    assert [letter.body.count(f"Bonjour : Nouvelle {number}.") for number in range(6)] == [1] * 6


def test_what_comes_while_the_letter_of_the_day_goes_is_in_one_letter_and_not_in_none(post, ines):
    choose(ines, news=Pace.DAILY)
    note(post, "core.news", "Nouvelle 0")
    post.send_waiting()
    come()
    late = [note(post, "core.news", f"Nouvelle {number}") for number in range(1, 5)]

    def hold_late() -> None:
        for row in late:
            post.send(row)

    _together(hold_late, dayletters.send_due)
    come()
    dayletters.send_due()
    whole = "\n".join(letter.body for letter in mail.outbox)
    assert [whole.count(f"Bonjour : Nouvelle {number}.") for number in range(5)] == [1] * 5


def _together(*functions: Any) -> None:
    """Run each function twice, all at the same moment, each with its own connection."""
    barrier = threading.Barrier(2 * len(functions))

    def run(function: Any) -> None:
        try:
            barrier.wait(timeout=20)
            function()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[one]) for one in functions for _twice in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_nobody_chooses_for_somebody_else_nor_what_is_not_there(post, ines):
    lou = User.objects.create_user("lou@exemple.test")

    with pytest.raises(Forbidden):
        choosing.choose(user=ines, paces={"core.news": Pace.NEVER}, by=Actor.of(lou))
    for name, pace in (("core.other", Pace.NEVER), ("core.news", "weekly")):
        with pytest.raises(Invalid) as refusal:
            choosing.choose(user=ines, paces={name: pace}, by=Actor.of(ines))
        assert list(refusal.value.data["fields"]) == [name]
    assert not LetterChoice.objects.exists()
    assert not AuditEntry.objects.filter(action="core.letters.chosen").exists()


def test_a_choice_is_in_the_trail_once_and_choosing_the_same_again_is_not(post, ines):
    assert choose(ines, news=Pace.NEVER, talk=Pace.NOW) == {"core.news": "never"}
    assert choose(ines, news=Pace.NEVER, talk=Pace.NOW) == {}

    (entry,) = AuditEntry.objects.filter(action="core.letters.chosen")
    assert (entry.actor, entry.data) == (
        "ines@exemple.test", {"paces": {"core.news": "never"}},
    )  # fmt: skip


def test_a_mail_program_stops_a_sort_with_one_click_and_without_signing_in(post, ines):
    path = "/lettres/" + choosing.link_to(ines, "core.news").rsplit("/lettres/", 1)[1]
    browser = Client(enforce_csrf_checks=True)

    assert browser.get(path).status_code == 200  # looking at it, as mail scanners do, stops nothing
    assert choosing.paces_of(ines)["core.news"] == Pace.NOW
    for _again in range(2):
        answer = browser.post(path, {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.headers.get("Location")) == (200, None)
    assert choosing.paces_of(ines) == {"core.news": Pace.NEVER, "core.talk": Pace.NOW}
    assert [one.actor for one in AuditEntry.objects.filter(action="core.letters.chosen")] == [
        LINK.label
    ]


def test_one_click_on_the_letter_of_the_day_stops_what_came_once_a_day(post, ines):
    choose(ines, news=Pace.DAILY)

    assert choosing.stop(user=ines, sort=choosing.DAY) == {"core.news": "never"}
    assert choosing.stop(user=ines, sort="core.law") == {}
    assert choosing.paces_of(ines) == {"core.news": Pace.NEVER, "core.talk": Pace.NOW}


def test_a_link_that_was_changed_or_went_to_another_address_opens_nothing(post, ines, client):
    lou = User.objects.create_user("lou@exemple.test")
    link = choosing.link_to(ines, "core.news")
    signed = re.search(r"/lettres/(.+)/$", link)[1]
    number, _dash, rest = signed.partition("-")
    bad = [f"{lou.pk}-{rest}", f"{signed}x", "nope", f"{10**30}-{rest}", f"{number}-core.talk:x"]

    for each in bad:
        with pytest.raises(NotFound):
            choosing.read_link(each)
        assert (
            client.post(f"/lettres/{each}/", {"List-Unsubscribe": "One-Click"}).status_code == 404
        )
    assert choosing.read_link(signed) == (ines, "core.news")
    User.objects.filter(pk=ines.pk).update(email="autre@exemple.test")
    with pytest.raises(NotFound):
        choosing.read_link(signed)
    assert not LetterChoice.objects.exists()


def test_the_page_shows_what_is_chosen_and_what_is_always_sent_and_keeps_a_choice(
    post, ines, client
):
    assert client.get("/lettres/").status_code == 302  # to the sign-in
    client.force_login(ines)

    page = client.get("/lettres/", headers={"accept-language": "fr"}).content.decode()
    assert "ines@exemple.test" in page
    assert re.findall(r'<select name="([^"]+)"', page) == ["core.news", "core.talk"]
    assert "<strong>The room</strong> – law" in page
    sent = {"core.news": "daily", "core.talk": "never"}
    assert client.post("/lettres/", sent).headers["Location"] == "/lettres/"
    assert choosing.paces_of(ines) == sent
    page = client.get("/lettres/").content.decode()
    assert re.findall(r'<option value="(\w+)" selected', page) == ["daily", "never"]

    refused = client.post("/lettres/", {"core.news": "weekly", "core.talk": "now"})
    assert refused.status_code == 422
    assert choosing.paces_of(ines) == sent


def test_letters_of_the_day_are_forgotten_after_three_months(post, ines):
    from chambre.core.tasks import forget_old

    choose(ines, news=Pace.DAILY)
    note(post, "core.news", "Une nouvelle")
    post.send_waiting()
    come()
    dayletters.send_due()
    DayLetter.objects.update(sent_at=timezone.now() - dt.timedelta(days=89))
    forget_old()
    assert HeldLetter.objects.count() == 1
    DayLetter.objects.update(sent_at=timezone.now() - dt.timedelta(days=91))
    forget_old()
    assert not DayLetter.objects.exists()
    assert not HeldLetter.objects.exists()
