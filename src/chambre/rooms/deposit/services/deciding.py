"""People decide cases. What pays needs two of them, who say the same: nobody pays alone."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core import clock
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.core.ui import figures
from chambre.lib.deposits import Condition, Outcome, Reason, Verdict
from chambre.rooms.deposit.models import Case, CaseDecision, CaseVoice, Contract, Item, Part, Place
from chambre.rooms.deposit.queries.errors import NotNow
from chambre.rooms.deposit.queries.finding import locked
from chambre.rooms.deposit.services import writing
from chambre.rooms.deposit.services.accounts import Owed
from chambre.rooms.deposit.services.asking import Answer, Asked
from chambre.rooms.deposit.services.channels import pay_back
from chambre.rooms.deposit.services.judging import Line, Open
from chambre.rooms.deposit.services.returning import Work
from chambre.rooms.deposit.services.ways import Money, plan, slip_of, with_slip


class PeopleOnly(Forbidden):
    """A machine or a command would decide about money."""

    code = "deposit.case.people-only"
    default_message = gettext_lazy("Only people who are signed in decide what is paid.")


class Decided(Conflict):
    """The case has its decision."""

    code = "deposit.case.decided"
    default_message = gettext_lazy("This case is decided already.")


class OtherAmount(Conflict):
    """The second person says another amount or another way than the first."""

    code = "deposit.case.other-amount"
    default_message = gettext_lazy("The first person said another amount or another way to pay.")


def _locked(case: Case) -> Case:
    rows = Case.objects.select_for_update(of=("self",)).select_related(
        "scheme__book__structure", "scheme__resource", "place", "contract", "item"
    )
    found: Case = rows.get(pk=case.pk)
    if CaseDecision.objects.filter(case=found).exists():
        raise Decided
    return found


def _words(words: str) -> str:
    if not words.strip():
        message = _("Say why: it is kept with the case.")
        raise Invalid(message, fields={"words": [message]})
    return words.strip()[:500]


@transaction.atomic
def close_case(*, case: Case, outcome: str, words: str, by: Actor) -> CaseDecision:
    """End a case without paying: refused, or nothing to do.

    Raises:
        Forbidden: ``by`` does not decide in this scheme.
        Decided: It is decided already.
        Invalid: No words, or an outcome that pays.
    """
    authorize(by, "deposit.decide", case.scheme)
    if outcome not in (CaseDecision.Outcome.REFUSED, CaseDecision.Outcome.CLOSED):
        raise Invalid(_("There is no such decision."), fields={"outcome": [outcome]})
    case = _locked(case)
    row: CaseDecision = CaseDecision.objects.create(
        case=case, outcome=outcome, words=_words(words), by=by.label[:254]
    )
    audit(by, "deposit.case.closed", case, outcome=outcome)
    return row


@transaction.atomic
def say_pay(
    *,
    case: Case,
    words: str,
    by: Actor,
    means: str = "cash",
    place: Place | None = None,
    amount: int | None = None,
) -> CaseVoice | Answer:
    """Say that a case is paid, as one of two people. The second one's word pays it.

    What is paid is the deposit of its contract, or a part of it, and the contract ends: what is not
    paid is kept. Never more, and never twice. A case without an open contract cannot be paid.

    Args:
        case: Which one.
        words: Why.
        by: Who says so: a person who is signed in.
        means: How; the second person says the same.
        place: Where it is paid; absent: where the case was opened.
        amount: Cents that are paid back, from 1 to the deposit; absent: all of it.

    Returns:
        The first person's word, or how it was paid.

    Raises:
        Forbidden: ``by`` does not decide in this scheme.
        PeopleOnly: Not a person who is signed in.
        Decided: It is decided already.
        NotNow: No deposit is open for it (any more), or there is no place to pay it at.
        OtherAmount: The first person said something else.
        Conflict: The same person again.
        Invalid: No words, no such way to pay, or more than the deposit.
        NoMeans, NotInDrawer, DrawerClosed: It cannot be paid that way.
    """
    authorize(by, "deposit.decide", case.scheme)
    if by.kind != "person" or by.user is None:
        raise PeopleOnly
    words = _words(words)
    if case.contract is not None and case.contract.item_id is not None:
        locked([case.contract.item_id])  # objects are locked before cases, everywhere
    case = _locked(case)
    contract = _open_contract(case)
    if means not in Part.Channel.values:
        raise Invalid(_("There is no such way to pay."), fields={"means": [means]})
    voices = list(case.voices.order_by("pk"))
    if any(voice.user_id == by.user.pk for voice in voices):
        raise Conflict(_("You have said so already. Another person has to say the same."))
    cents = _cents(amount, contract)
    if voices and (voices[0].amount, voices[0].channel) != (cents, means):
        raise OtherAmount(amount=voices[0].amount, means=voices[0].channel)
    voice: CaseVoice = CaseVoice.objects.create(
        case=case, user=by.user, amount=cents, channel=means, words=words
    )
    audit(by, "deposit.case.said", case, amount=cents)
    if not voices:
        return voice
    return _pay(voice, contract, place or case.place or contract.place, by)


def _cents(amount: int | None, contract: Contract) -> int:
    """How much of a deposit is paid back.

    Raises:
        Invalid: Nothing, or more than the deposit.
    """
    if amount is None:
        return contract.amount
    if not 0 < amount <= contract.amount:
        whole = figures.money(contract.amount)
        message = _("Between one cent and the whole deposit, %(amount)s.") % {"amount": whole}
        raise Invalid(message, fields={"amount": [message]})
    return amount


def contract_to_pay(case: Case) -> Contract | None:
    """The contract that a case is about, open and with a deposit; None: nothing can be paid (any more)."""
    rows = Contract.objects.filter(state=Contract.State.OPEN, amount__gt=0, item__isnull=False)
    if case.contract_id is not None:
        return rows.filter(pk=case.contract_id).first()
    return rows.filter(item=case.item_id).first() if case.item_id is not None else None


def _open_contract(case: Case) -> Contract:
    """As :func:`contract_to_pay`.

    Raises:
        NotNow: There is none (any more).
    """
    if (row := contract_to_pay(case)) is None:
        raise NotNow(_("No deposit is open for this case: nothing can be paid."))
    return row


def _pay(voice: CaseVoice, contract: Contract, place: Place, by: Actor) -> Answer:
    """Pay what the second of two people says too, and keep the rest of the deposit."""
    case, means = voice.case, voice.channel
    place = Place.objects.select_related(
        "scheme__book__structure", "scheme__resource", "partner", "drawer"
    ).get(pk=place.pk)
    line = _line(case, contract, voice.amount, place)
    verdict, code = line.verdict, line.code
    asked = Asked(key=f"case:{case.pk}", codes=(code,), place=place.slug, means=means)
    money = Money(asked, place, owed=[Owed(contract.place, contract.amount)])
    money.payment = contract.payment
    if verdict.kept:
        money.kept.append((verdict.kept, contract.vat))
    plan(money)
    pay_back([money], clock.today())
    work = Work(asked, place, timezone.now(), lines=[line], money=money)
    work.answer = Answer(
        outcome=Outcome.REFUNDED.value, refund=verdict.refund, kept=verdict.kept,
        contract=str(contract.uid), reason=Reason.DECIDED.value, case=case.pk, slip=slip_of(money),
    )  # fmt: skip
    writing.write_return([work], by, "case")
    CaseDecision.objects.create(
        case=case, outcome=CaseDecision.Outcome.PAID, amount=verdict.refund, words=voice.words,
        act_id=work.act, by=by.label[:254],
    )  # fmt: skip
    audit(by, "deposit.case.paid", case, amount=verdict.refund, kept=verdict.kept)
    return with_slip(work.answer, asked)


def _line(case: Case, contract: Contract, cents: int, place: Place) -> Line:
    """The object that is brought back by the decision, in the condition in which it came."""
    item = locked([contract.item_id or 0])[contract.item_id or 0]
    open_ = Open(
        contract.pk, contract.uid, item.id, contract.place_id, contract.amount, contract.vat,
        contract.opened_on, contract.payment,
    )  # fmt: skip
    verdict = Verdict(Outcome.REFUNDED, Reason.DECIDED, refund=cents, kept=contract.amount - cents)
    item.moves, item.rotations = item.moves + 1, item.rotations + 1
    if item.state == Item.State.OUT:
        damaged = case.evidence.get("condition") == Condition.DAMAGED.value
        item.state = str(Item.State.DAMAGED if damaged else Item.State.RETURNED)
    item.place, item.moved_at = place.pk, timezone.now()
    return Line(item.uri, item, verdict, open_, (item.moves, item.state, "returned"))
