"""Habits: learned from what people book, narrowed by each further choice, forgotten on demand."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.lib import reconciling
from chambre.treasury.models import BankRow, Habit
from chambre.treasury.queries.matching import habits_of, target_label
from chambre.treasury.services.matching.drafts import BookedPart
from chambre.treasury.services.matching.gathering import engine_habit, engine_row

MOST_CENTS = 10**12
"""Above every amount: a habit for everybody has no upper bound."""


def habit_part(habit: Habit, amount: int) -> BookedPart:
    """The part by which a row follows a habit."""
    return BookedPart(amount, use=habit.use, account=habit.account, resource=habit.resource)


@transaction.atomic
def keep_habit(
    *,
    row: BankRow,
    part: BookedPart,
    by: Actor,
    always: bool = False,
    anybody_who_writes: str = "",
) -> Habit | None:
    """Learn from a choice: rows like this one are booked so.

    A habit that is there for the same rows and the same account grows wider; one that books such
    rows otherwise is forgotten, because a person has just decided against it.

    Args:
        row: The row that was booked.
        part: On what.
        by: Who chose it.
        always: Do so without asking from now on.
        anybody_who_writes: Words that alone decide, whoever the other party is (``don``).

    Returns:
        The habit; nothing when the row has neither another party nor words to go by.
    """
    authorize(by, "treasury.manage", row)
    book = row.account.book
    type(book).objects.select_for_update().get(pk=book.pk)
    seen = engine_row(row)
    resource = part.resource.pk if part.resource else None
    target = (part.use, part.account, resource)
    alike = [each for each in habits_of(book) if _is_for(each, seen)]
    same = [each for each in alike if (each.use, each.account, each.resource_id) == target]
    for each in alike:
        if each not in same and not each.anybody:
            _forget(each, by)
    if anybody_who_writes.strip():
        learned = _for_anybody(seen, anybody_who_writes)
        same = [each for each in same if each.anybody]
    else:
        before = engine_habit(same[0]) if same else None
        learned = reconciling.learn(
            seen, target=before.target if before else "", key="", before=before, always=always
        )
    if not learned.words and not learned.iban:
        return None
    habit = same[0] if same else Habit(book=book, name=_name(row, part)[:140])
    habit.direction, habit.iban = learned.direction, learned.iban
    habit.words = sorted(learned.words)
    habit.least, habit.most, habit.seen = learned.least, learned.most, learned.seen
    habit.always, habit.anybody = learned.always, learned.anybody
    habit.use, habit.account, habit.resource = part.use, part.account, part.resource
    habit.save()
    audit(by, "treasury.habit.kept", habit, use=part.use, account=part.account, always=always)
    return habit


def _is_for(habit: Habit, seen: reconciling.Row) -> bool:
    """Whether a habit would follow a row, or nearly so."""
    alone, some = reconciling.follow(seen, [engine_habit(habit)])
    return alone is not None or any(each.score >= 60 for each in some)


def _for_anybody(seen: reconciling.Row, words: str) -> reconciling.Habit:
    meant = frozenset(reconciling.words_of(words))
    return reconciling.Habit(
        "", seen.direction, "", words=meant, least=1, most=MOST_CENTS, always=True, anybody=True
    )


def _name(row: BankRow, part: BookedPart) -> str:
    """What people read in the list of habits."""
    words = row.party_name or " ".join(row.texts.split()) or " ".join(row.info.split())
    return f"{words} → {target_label(part.use, part.account)}" if words else str(part.use)


@transaction.atomic
def forget_habit(*, habit: Habit, by: Actor) -> Habit:
    """Follow a habit no more; what was booked by it stays.

    Raises:
        Forbidden: ``by`` does not answer for the money.
    """
    authorize(by, "treasury.manage", habit)
    habit = Habit.objects.select_for_update().get(pk=habit.pk)
    if habit.forgotten_at is None:
        _forget(habit, by)
    return habit


def _forget(habit: Habit, by: Actor) -> None:
    habit.forgotten_at = timezone.now()
    habit.save(update_fields=["forgotten_at"])
    audit(by, "treasury.habit.forgotten", habit)
