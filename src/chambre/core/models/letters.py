"""Letters that are due: written down with what happened, sent after."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DueLetter(models.Model):
    """An e-mail that is due. Its words are put together when it is sent, and are not kept.

    A room adds about what it is, and to whom. ``key`` tells one event from every other: a second letter
    about it is not written down. ``sent_at`` without an ``error``: it went; with one: it is not sent any
    more, or not by itself (:class:`HeldLetter`), and why. Sent by :class:`chambre.core.mailing.Postman`.
    """

    key = models.CharField(max_length=160, unique=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.CharField(_("why it did not go"), max_length=254, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["id"]
        verbose_name = _("letter")


def letters_to_send(name: str) -> models.Index:
    """The index that finds the letters that wait; ``name`` is unique in the database."""
    return models.Index(fields=["id"], condition=Q(sent_at__isnull=True), name=name)


class LetterChoice(models.Model):
    """When somebody receives the letters of a sort; without a row: at once."""

    class Pace(models.TextChoices):
        NOW = "now", _("at once")
        DAILY = "daily", _("once a day, all in one letter")
        NEVER = "never", _("not at all")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="letter_choices"
    )
    sort = models.CharField(_("sort of letters"), max_length=60)
    pace = models.CharField(_("when"), max_length=5, choices=Pace)

    class Meta:
        ordering = ["user", "sort"]
        verbose_name = _("choice of letters")
        verbose_name_plural = _("choices of letters")
        constraints = [
            models.UniqueConstraint(fields=["user", "sort"], name="core_one_choice_of_a_sort"),
        ]

    def __str__(self) -> str:
        return f"{self.sort} {self.pace}"


class DayLetter(DueLetter):
    """The one letter of a day to somebody who wants it so, with what was held for it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField(_("sent from"))

    class Meta(DueLetter.Meta):
        verbose_name = _("letter of the day")
        verbose_name_plural = _("letters of the day")
        indexes = [letters_to_send("core_day_letter_to_send")]

    def __str__(self) -> str:
        return self.key


class HeldLetter(models.Model):
    """A letter of a room that goes within the letter of a day; its words are put together then."""

    day_letter = models.ForeignKey(DayLetter, on_delete=models.CASCADE, related_name="held")
    table = models.CharField(_("table"), max_length=80)
    letter = models.BigIntegerField(_("its number there"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("letter held for the day")
        verbose_name_plural = _("letters held for the day")
        constraints = [
            # However often it is tried: a letter is within one letter of a day, once.
            models.UniqueConstraint(fields=["table", "letter"], name="core_held_once"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.letter}"
