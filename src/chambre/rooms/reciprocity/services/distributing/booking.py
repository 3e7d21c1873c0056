"""A decided distribution becomes an entry in the holder's book, and payouts or debts."""

from __future__ import annotations

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.ledger import api as ledger
from chambre.ledger.models import Book
from chambre.registry.api import today
from chambre.registry.models import Agent, Resource
from chambre.rooms.reciprocity.models import Contract, Distribution, DistributionLine, LineTurn
from chambre.rooms.reciprocity.queries.ledgerfacts import OWN
from chambre.rooms.reciprocity.services.distributing.computing import compute
from chambre.rooms.reciprocity.services.distributing.deciding import locked
from chambre.rooms.reciprocity.services.distributing.names import (
    ORIGIN,
    SYSTEM,
    FactsChanged,
    NotNow,
)
from chambre.treasury import api as treasury
from chambre.treasury.models import Party as ThirdParty
from chambre.treasury.models import Payout

STAYING = ("fund", "keep")
"""Methods whose money stays in the resource's own accounts; only its use is decided."""


@transaction.atomic
def book(*, distribution: Distribution, by: Actor) -> Distribution:
    """Book a decided distribution, and ask for the transfers of whoever gave an account.

    The facts are read again first: a distribution is booked only if the books still say what was
    decided on. One entry in the holder's book: what is given is a charge of the resource (use
    ``share``), what is owed to each is on their auxiliary account (use ``share.due``).

    Args:
        distribution: Decided; a booked one stays as it is.
        by: Treasurer of the holder.

    Raises:
        Forbidden: ``by`` does not keep the holder's money.
        NotNow: It is not decided.
        FactsChanged: The books have changed since.
        ClosedYear, MonthClosed: Today lies in a closed year or month of the book.
    """
    authorize(by, "reciprocity.book", distribution)
    Contract.objects.select_for_update(of=("self",)).get(pk=distribution.contract_id)
    distribution = locked(distribution)
    if distribution.state == Distribution.State.BOOKED:
        return distribution
    if distribution.state != Distribution.State.DECIDED:
        raise NotNow(_("It is not decided yet."))
    check_facts(distribution)
    books = _books_of(distribution)
    lines = list(distribution.lines.select_related("agent", "resource").order_by("number"))
    ways = {line.pk: _way(books, line, distribution) for line in lines}
    parts = [part for line in lines for part in _parts(distribution, line, ways[line.pk])]
    if parts:
        with translation.override("fr"):  # books are kept in French
            label = _("Distribution %(number)s: %(name)s") % {
                "number": distribution.number,
                "name": distribution.contract.name,
            }
        distribution.entry = treasury.book_entry(
            book=books, journal="OD", day=today(), lines=parts, label=label,
            key=f"reciprocity:distribution:{distribution.pk}",
            piece=f"D{distribution.pk}", source=OWN,
        )  # fmt: skip
    distribution.state = Distribution.State.BOOKED
    distribution.save(update_fields=["state", "entry"])
    for line in lines:
        _first_turn(line, ways[line.pk], by)
    audit(by, "reciprocity.distribution.booked", distribution, distributed=distribution.distributed)
    return distribution


def _books_of(distribution: Distribution) -> Book:
    """The holder's book, opened when there is none."""
    holder = distribution.contract.holder
    if holder is None:  # pragma: no cover - proposing asked for one
        raise Invalid
    chart = "associatif" if holder.legal_form in ("association", "association-local") else "pcg"
    return ledger.open_book(structure=holder, chart=chart, by=SYSTEM)


def check_facts(distribution: Distribution) -> None:
    """Whether the books still say what was decided on.

    Raises:
        FactsChanged: They don't.
    """
    computed = compute(
        distribution.contract, distribution.since, distribution.until, distribution.version
    )
    if computed.digest != distribution.digest:
        raise FactsChanged


class _Way:
    """How a line is settled: it stays, it moves to another resource, or somebody is owed it."""

    def __init__(
        self, kind: str, party: ThirdParty | None = None, resource: Resource | None = None
    ) -> None:
        self.kind, self.party, self.resource = kind, party, resource


def _way(books: Book, line: DistributionLine, distribution: Distribution) -> _Way:
    if line.how in STAYING:
        return _Way("stays")
    holder = distribution.contract.holder
    owed_to: Agent | None = line.agent
    if line.how == "upstream":
        owed_to = _holder_of(line.resource)
        if line.resource is not None and (owed_to is None or owed_to == holder):
            return _Way("moved", resource=line.resource)
    if owed_to == holder:
        # Its costs are in its own book already, on this resource: what pays them just stays there.
        return _Way("stays" if line.how == "costs" else "own")
    return _Way("owed", party=_party(books, line, owed_to))


def _holder_of(resource: Resource | None) -> Agent | None:
    """Who holds the money of a resource: by a contract in force, else its custodian."""
    if resource is None:
        return None
    contract = (
        Contract.objects.filter(resource=resource, state=Contract.State.IN_FORCE)
        .exclude(holder=None)
        .select_related("holder")
        .order_by("id")
        .first()
    )
    return contract.holder if contract else resource.custodian


def _party(books: Book, line: DistributionLine, agent: Agent | None) -> ThirdParty:
    """The third party of the book who is owed a line."""
    if agent is not None:
        return treasury.note_party(book=books, name=agent.name, agent=agent, by=SYSTEM)
    code = f"R{line.distribution.contract_id}-{line.name}".upper()[:32]
    return treasury.note_party(book=books, name=line.name, code=code, by=SYSTEM)


def _parts(
    distribution: Distribution, line: DistributionLine, way: _Way
) -> list[treasury.BookLine]:
    """Both sides of a line in the book; none when the money stays."""
    if way.kind == "stays":
        return []
    resource = distribution.contract.resource_id
    use = "share.repaid" if line.how == "claims" else "share"
    label = f"{line.step} – {line.name}"
    given = treasury.BookLine(line.amount, use=use, resource=resource, label=label)
    if way.kind == "moved":
        other = way.resource.pk if way.resource else None
        got = treasury.BookLine(-line.amount, use="share.received", resource=other, label=label)
    elif way.kind == "own":
        got = treasury.BookLine(-line.amount, use="share.own", label=label)
    else:
        got = treasury.BookLine(
            -line.amount, use="share.due", resource=resource, party=way.party, label=label
        )
    return [given, got]


def _first_turn(line: DistributionLine, way: _Way, by: Actor) -> None:
    """What becomes of a line at once."""
    kinds = {"stays": LineTurn.Kind.STAYS, "moved": LineTurn.Kind.MOVED, "own": LineTurn.Kind.MOVED}
    kind = kinds.get(way.kind, LineTurn.Kind.OWED)
    LineTurn.objects.create(line=line, kind=kind, key=f"{line.pk}:booked", by=by.label[:254])
    if way.party is not None and way.party.ibans.filter(confirmed=True).count() == 1:
        ask_payout(line=line, key=f"{line.pk}:first", by=SYSTEM)


@transaction.atomic
def ask_payout(*, line: DistributionLine, key: str, by: Actor, iban: str = "") -> LineTurn:
    """Ask the treasury to pay a line that is owed. Two people agree there before it is sent.

    Args:
        line: Of a booked distribution.
        key: Idempotency key.
        by: Treasurer of the holder.
        iban: Account of the payee, when they gave none or several.

    Raises:
        Forbidden: ``by`` does not keep the holder's money.
        NotNow: It is not owed: it stays, is asked for already, or is paid.
        NoAccount: They gave no account.
    """
    distribution = locked(line.distribution)
    if not by.is_system:
        authorize(by, "reciprocity.book", distribution)
    former: LineTurn | None = LineTurn.objects.filter(key=key).first()
    if former is not None:
        return former
    last = line.turns.order_by("-id").first()
    if last is None or last.kind not in (LineTurn.Kind.OWED, LineTurn.Kind.RETURNED):
        raise NotNow(_("Nothing is owed on this line."))
    books = Book.objects.get(structure=distribution.contract.holder_id)
    owed_to = _holder_of(line.resource) if line.how == "upstream" else line.agent
    party = _party(books, line, owed_to)
    if iban:
        treasury.note_iban(party=party, iban=iban, by=SYSTEM, confirmed=True)
    payout = treasury.pay_out(
        book=books, party=party, amount=line.amount, key=f"reciprocity:{line.pk}:{key}", by=SYSTEM,
        iban=iban, origin=ORIGIN, origin_key=str(line.pk),
        reason=f"{distribution.contract.name[:110]} {_span(distribution)}",
        lines=[
            treasury.BookLine(
                line.amount, use="share.due", resource=distribution.contract.resource_id, party=party
            )
        ],
    )  # fmt: skip
    made: LineTurn = LineTurn.objects.create(
        line=line, kind=LineTurn.Kind.ASKED, payout=payout.code, key=key, by=by.label[:254]
    )
    audit(by, "reciprocity.line.payout-asked", distribution, line=line.number, amount=line.amount)
    return made


def _span(distribution: Distribution) -> str:
    return f"{distribution.since:%d/%m/%Y}-{distribution.until:%d/%m/%Y}"


def hear(line: int, payout: str, state: str) -> None:
    """What became of the payout of a line."""
    kinds = {
        "paid": LineTurn.Kind.PAID,
        "rejected": LineTurn.Kind.RETURNED,
        "returned": LineTurn.Kind.RETURNED,
        "refused": LineTurn.Kind.RETURNED,
        "withdrawn": LineTurn.Kind.RETURNED,
    }
    if state not in kinds:
        return
    _turn(line, kinds[state], payout, f"{line}:{payout}:{state}")
    if state == "withdrawn":  # a treasurer may have put another one in its place
        other = Payout.objects.filter(replaces__code=payout, origin=ORIGIN).first()
        if other is not None:
            _turn(line, LineTurn.Kind.ASKED, other.code, f"{line}:{other.code}:asked")


def _turn(line: int, kind: str, payout: str, key: str) -> None:
    LineTurn.objects.get_or_create(
        key=key, defaults={"line_id": line, "kind": kind, "payout": payout, "by": ORIGIN}
    )
