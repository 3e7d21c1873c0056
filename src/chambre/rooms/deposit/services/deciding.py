"""People decide cases. What becomes of a deposit needs two: one proposes it, another one confirms it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core import clock
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.core.models import User
from chambre.core.ui import figures
from chambre.lib.deposits import Condition, Outcome, Reason, Verdict
from chambre.rooms.deposit.models import Case, CaseDecision, CaseVoice, Contract, Item, Part, Place
from chambre.rooms.deposit.queries.casefacts import latest_of
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


class ProposalChanged(Conflict):
    """What stands now is not what the person saw."""

    code = "deposit.case.changed"
    default_message = gettext_lazy(
        "The proposal was changed or withdrawn in the meantime. Read what stands now, then decide."
    )


class OwnProposal(Conflict):
    """Who proposed it would confirm it too."""

    code = "deposit.case.own"
    default_message = gettext_lazy("You proposed this yourself. Another person has to confirm it.")


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
def propose(
    *,
    case: Case,
    words: str,
    by: Actor,
    means: str = "cash",
    amount: int | None = None,
    seen: int | None = None,
) -> CaseVoice:
    """Propose what becomes of the deposit of a case; it happens when another person confirms it.

    The deposit, or a part of it, is paid back and its contract ends: what is not paid back is kept.
    A new proposal takes the place of the one that stands, whoever made that one.

    Args:
        case: Which one.
        words: Why.
        by: Who proposes it: a person who is signed in.
        means: How it is paid back.
        amount: Cents that are paid back, from 0 (all of it is kept) to the deposit; absent: all of it.
        seen: Number of the proposal that stood when the person decided; None: none did.

    Raises:
        Forbidden: ``by`` does not decide in this scheme.
        PeopleOnly: Not a person who is signed in.
        Decided: It is decided already.
        NotNow: No deposit is open for it (any more).
        ProposalChanged: Somebody proposed or withdrew something in the meantime.
        Conflict: The very same is proposed already.
        Invalid: No words, no such way to pay, or more than the deposit.
    """
    words = _words(words)
    case, stands = _at_stake(case, by)
    contract = _open_contract(case)
    if means not in Part.Channel.values:
        raise Invalid(_("There is no such way to pay."), fields={"means": [means]})
    cents = _cents(amount, contract)
    if (stands.pk if stands else None) != seen:
        raise ProposalChanged
    channel = means if cents else ""
    if stands and (stands.amount, stands.channel, stands.contract_id) == (
        cents, channel, contract.pk,
    ):  # fmt: skip
        raise Conflict(_("This is proposed already. Another person has to confirm it."))
    voice: CaseVoice = CaseVoice.objects.create(
        case=case, contract=contract, user=_person(by), amount=cents, channel=channel, words=words
    )
    audit(by, "deposit.case.proposed", case, amount=cents, means=channel, instead_of=seen)
    return voice


@transaction.atomic
def withdraw(*, case: Case, proposal: int, by: Actor, words: str = "") -> CaseVoice:
    """Take one's own proposal back, before anybody confirmed it.

    Raises:
        Forbidden: ``by`` does not decide in this scheme, or another person proposed it.
        PeopleOnly: Not a person who is signed in.
        Decided: It is decided already.
        ProposalChanged: It does not stand (any more).
    """
    case, stands = _at_stake(case, by)
    if stands is None or stands.pk != proposal:
        raise ProposalChanged
    if stands.user_id != _person(by).pk:
        raise Forbidden(_("Only who proposed it withdraws it. You may propose something else."))
    voice = _answer(stands, CaseVoice.Kind.WITHDRAWN, words.strip()[:500], by)
    audit(by, "deposit.case.withdrawn", case, proposal=proposal)
    return voice


@transaction.atomic
def confirm(*, case: Case, proposal: int, words: str, by: Actor) -> Answer:
    """Confirm as the second person what another one proposed: it is paid, and the case decided.

    Args:
        case: Which one.
        proposal: Number of the proposal that the person saw.
        words: Why.
        by: Who confirms it: a person who is signed in, and not the one who proposed it.

    Returns:
        How it was paid.

    Raises:
        Forbidden: ``by`` does not decide in this scheme.
        PeopleOnly: Not a person who is signed in.
        Decided: It is decided already.
        NotNow: No deposit is open for it (any more).
        ProposalChanged: Another proposal stands, none does, or it is about another deposit.
        OwnProposal: The same person proposed it.
        Invalid: No words.
        NoMeans, NotInDrawer, DrawerClosed: It cannot be paid that way.
    """
    words = _words(words)
    case, stands = _at_stake(case, by)
    contract = _open_contract(case)
    if stands is None or stands.pk != proposal or stands.contract_id not in (None, contract.pk):
        raise ProposalChanged
    if stands.user_id == _person(by).pk:
        raise OwnProposal
    voice = _answer(stands, CaseVoice.Kind.CONFIRMED, words, by)
    return _pay(voice, contract, place_to_pay(case, contract), by)


def place_to_pay(case: Case, contract: Contract) -> Place:
    """Where it is paid back: where the case was opened, else where the deposit was taken."""
    return case.place or contract.place


def _at_stake(case: Case, by: Actor) -> tuple[Case, CaseVoice | None]:
    """The case, locked, and the proposal that stands, for a person who decides in its scheme."""
    authorize(by, "deposit.decide", case.scheme)
    _person(by)
    item = case.item_id if case.contract is None else case.contract.item_id
    if item is not None:
        locked([item])  # objects are locked before cases, everywhere
    case = _locked(case)
    return case, latest_of(list(case.voices.order_by("pk")))


def _person(by: Actor) -> User:
    """Who is signed in.

    Raises:
        PeopleOnly: A machine, a command or a key.
    """
    if by.kind != "person" or by.user is None:
        raise PeopleOnly
    return by.user


def _answer(stands: CaseVoice, kind: str, words: str, by: Actor) -> CaseVoice:
    voice: CaseVoice = CaseVoice.objects.create(
        case=stands.case, kind=kind, about=stands, contract=stands.contract, user=_person(by),
        amount=stands.amount, channel=stands.channel, words=words,
    )  # fmt: skip
    return voice


def _cents(amount: int | None, contract: Contract) -> int:
    """How much of a deposit is paid back.

    Raises:
        Invalid: Less than nothing, or more than the deposit.
    """
    if amount is None:
        return contract.amount
    if not 0 <= amount <= contract.amount:
        whole = figures.money(contract.amount)
        message = _("Between nothing and the whole deposit, %(amount)s.") % {"amount": whole}
        raise Invalid(message, fields={"amount": [message]})
    return amount


def contract_to_pay(case: Case) -> Contract | None:
    """The contract that a case is about, open and with a deposit; None: nothing can be paid (any more)."""
    rows = Contract.objects.filter(state=Contract.State.OPEN, amount__gt=0, item__isnull=False)
    if case.contract_id is not None:
        return rows.filter(pk=case.contract_id).first()
    return rows.filter(item=case.item_id).first() if case.item_id is not None else None


def _open_contract(case: Case) -> Contract:
    """As :func:`contract_to_pay`, but there is one.

    Raises:
        NotNow: There is none (any more).
    """
    if (row := contract_to_pay(case)) is None:
        raise NotNow(_("No deposit is open for this case: nothing can be paid."))
    return row


def _pay(voice: CaseVoice, contract: Contract, place: Place, by: Actor) -> Answer:
    """Pay what the second of two people confirms, and keep the rest of the deposit."""
    case, means = voice.case, voice.channel or Part.Channel.CASH.value
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
    outcome = CaseDecision.Outcome.PAID if verdict.refund else CaseDecision.Outcome.KEPT
    CaseDecision.objects.create(
        case=case, outcome=outcome, amount=verdict.refund, words=voice.words, act_id=work.act,
        by=by.label[:254],
    )  # fmt: skip
    audit(by, f"deposit.case.{outcome}", case, amount=verdict.refund, kept=verdict.kept)
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
