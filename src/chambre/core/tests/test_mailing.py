"""Letters that were written down go once each, whoever is first, and again when the mail server was away."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection, models
from django.test.utils import isolate_apps
from django.utils import timezone
from django.utils.translation import get_language

from chambre.core.mailing import TRIES, Postman, letter_to
from chambre.core.models import DueLetter, User

pytestmark = pytest.mark.django_db(transaction=True)


def write(letter: Any) -> EmailMessage | str:
    if letter.words == "nothing":
        return "not any more"
    return letter_to(None, lambda: (letter.words, "…"), address="lou@exemple.test")


@pytest.fixture
def post(transactional_db: Any) -> Any:
    """Letters of a room that has nothing else."""
    with isolate_apps("chambre.core"):

        class Note(DueLetter):
            words = models.CharField(max_length=40)

            class Meta(DueLetter.Meta):
                app_label = "core"

    with connection.schema_editor() as editor:
        editor.create_model(Note)
    yield Postman(Note, write, related=())
    with connection.schema_editor() as editor:
        editor.delete_model(Note)


def note(post: Any, words: str, key: str = "1") -> Any:
    post.note([post.model(words=words, key=key)])
    return post.model.objects.get(key=key)


def test_a_letter_goes_once_however_often_it_is_written_down_and_sent(post):
    letter = note(post, "Bonjour")
    note(post, "Bonjour encore")

    assert (post.send_waiting(), post.send_waiting()) == (1, 0)
    assert [(one.to, one.subject) for one in mail.outbox] == [(["lou@exemple.test"], "Bonjour")]
    assert not post.send(letter)  # somebody else was faster


def test_what_is_of_no_use_any_more_is_not_sent_and_says_why(post):
    letter = note(post, "nothing")

    assert post.send_waiting() == 0
    letter.refresh_from_db()
    assert (letter.error, letter.sent_at is None) == ("not any more", False)


def test_a_mail_server_that_is_away_is_tried_again_later_and_not_for_ever(post, monkeypatch):
    letter = note(post, "Bonjour")

    def refuse(_self: Any) -> None:
        raise ConnectionRefusedError("away")

    with monkeypatch.context() as away:
        away.setattr("django.core.mail.EmailMessage.send", refuse)
        for _again in range(TRIES + 2):
            post.model.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
            assert post.send_waiting() == 0
    letter.refresh_from_db()
    assert (letter.tries, letter.error) == (TRIES, "ConnectionRefusedError: away")
    assert post.send_waiting() == 0
    post.model.objects.update(tries=1, created_at=timezone.now())
    assert post.send_waiting() == 0  # not at once
    post.model.objects.update(created_at=timezone.now() - dt.timedelta(minutes=11))
    assert post.send_waiting() == 1


def test_a_letter_is_in_the_language_of_who_reads_it():
    ines = User.objects.create_user("ines@exemple.test", language="en")

    def words() -> tuple[str, str]:
        return str(get_language()), ""

    found = [letter_to(ines, words), letter_to(None, words, address="lou@exemple.test")]
    assert [(one.to, one.subject) for one in found] == [
        (["ines@exemple.test"], "en"), (["lou@exemple.test"], "fr"),
    ]  # fmt: skip
    ines.is_active = False
    assert letter_to(ines, words) == letter_to(None, words) == "no address"
