"""Bank statements of invented structures, with every awkward case that real ones have.

The same seed gives the same files. What other parts of the demonstration expect on the account
(payments, invoices, payouts) is handed in as rows; around it happens what happens on every
account: rent, fees, electricity, cards, collections that come back.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.lib.bankfiles import Mapping, Row, writing
from chambre.treasury.models import BankAccount
from chambre.treasury.services.bank import ImportOutcome, import_file, keep_mapping

FORMATS = ("camt", "ofx", "mt940", "csv")
TABLE = Mapping(
    delimiter=";", head=2, day="Date", value_day="Date de valeur", debit="Débit", credit="Crédit",
    texts=("Libellé",), balance="Solde",
)  # fmt: skip
"""How the tables of this demonstration are read."""
_PEOPLE = ("Ines Marchal", "Teo Lang", "Ana Reis", "Noé Brisson", "Lou Vasseur", "Mia Ferrand")
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DemoFile:
    """A file as the bank offers it, and the day on which the treasurer downloads it."""

    name: str
    content: bytes
    day: dt.date


def months_from(first: dt.date, count: int) -> list[tuple[dt.date, dt.date]]:
    """First and last day of some months that follow each other."""
    found = []
    for _number in range(count):
        following = (first.replace(day=28) + 4 * _DAY).replace(day=1)
        found.append((first, following - _DAY))
        first = following
    return found


def statements(
    *,
    seed: int,
    iban: str,
    opening: int,
    first: dt.date,
    months: int = 6,
    expected: Sequence[Row] = (),
    form: str = "camt",
) -> list[DemoFile]:
    """The files of an account for some months.

    With CAMT, in between: a file that overlaps the month before, a notification that comes before
    its statement, announced rows, batches, reversals, money in another currency, twins.

    Args:
        seed: Of the chance that makes them.
        iban: The account.
        opening: Balance before the first day, in cents.
        first: First day of the first month.
        months: How many.
        expected: What else happens on the account, with its days.
        form: One of :data:`FORMATS`.
    """
    rand = random.Random(seed)  # noqa: S311 - the same every time is what is wanted
    files: list[DemoFile] = []
    before: list[Row] = []
    for number, (start, end) in enumerate(months_from(first, months), 1):
        own = [row for row in expected if start <= row.day <= end]
        rows = _in_order([*own, *_usual(rand, start, end, number)])
        page = writing.Page(iban, number, start, end, opening, rows)
        files += _written(page, before, form, number)
        opening, before = page.end, [row for row in rows if row.status == "booked"]
    return files


def _in_order(rows: Iterable[Row]) -> list[Row]:
    """By day; the parts of a batch stay together."""
    batches = list(writing.batches(rows))
    batches.sort(key=lambda batch: batch[0].day)
    return [row for batch in batches for row in batch]


def _usual(rand: random.Random, start: dt.date, end: dt.date, number: int) -> Iterator[Row]:
    """What happens on every account in a month."""

    def on(day: int) -> dt.date:
        return min(start + (day - 1) * _DAY, end)

    def named(text: str) -> dict[str, str]:
        reference = f"{start:%Y%m}{number}{text}"
        return {"reference": reference, "account_reference": reference}

    yield writing.row(
        on(3), -48_000, party_name="Foncière des Halles", texts=f"Loyer {start:%m/%Y}",
        code="PMNT/ICDT/STDO", info="VIR PERMANENT", **named("L"),
    )  # fmt: skip
    yield writing.row(
        on(5), -rand.randint(3_000, 9_000), party_name="Électricité du Ferrain",
        texts=f"Facture {rand.randint(10_000, 99_999)}", mandate_id="ELEC-0042",
        creditor_id="FR00ZZZ000000", code="PMNT/RDDT/ESDD", info="PRLV SEPA", **named("E"),
    )  # fmt: skip
    yield writing.row(
        end, -990, info="FRAIS DE TENUE DE COMPTE", code="ACMT/MDOP/CHRG", **named("F")
    )
    gift = rand.choice(_PEOPLE)
    for _twice in range(2):  # two identical gifts on one day, without any reference
        yield writing.row(
            on(9), 2_000, party_name=gift, texts="Don", code="PMNT/RCDT/ESCT", info="VIR SEPA RECU"
        )
    yield from _collected(rand, on(12), number)
    yield writing.row(
        on(17), -rand.randint(1_500, 4_000), original_amount=-rand.randint(1_600, 4_200),
        original_currency="USD", texts="HEBERGEMENT SITE", info="CARTE 1503", code="PMNT/CCRD/POSD",
        **named("C"),
    )  # fmt: skip
    if number % 2 == 0:
        yield writing.row(
            on(20), -1_500, party_name=rand.choice(_PEOPLE), texts="Cotisation", reversal=True,
            return_code="MD06", mandate_id=f"M-{number}", code="PMNT/IDDT/UPDD",
            info="REJET PRLV", **named("R"),
        )  # fmt: skip
    yield writing.row(
        end, -2_640, status="pending", texts="CB QUINCAILLERIE DU PONT", info="EN COURS",
        **named("P"),
    )  # fmt: skip
    if number > 1:
        yield writing.row(
            on(2), -2_640, texts="CARTE QUINCAILLERIE DU PONT", info="PAIEMENT CB",
            code="PMNT/CCRD/POSD", **named("Q"),
        )  # fmt: skip


def _collected(rand: random.Random, day: dt.date, number: int) -> Iterator[Row]:
    """A batch of memberships that were collected together."""
    people = rand.sample(_PEOPLE, 3)
    amounts = [rand.choice((1_000, 1_500, 2_000)) for _person in people]
    reference = f"LOT{day:%Y%m%d}{number}"
    for part, (person, amount) in enumerate(zip(people, amounts, strict=True)):
        yield writing.row(
            day, amount, entry_amount=sum(amounts), part=part, parts=len(people),
            party_name=person, texts="Cotisation", end_to_end_id=f"COT-{number}-{part + 1}",
            batch_reference=reference, reference=reference, account_reference=reference,
            code="PMNT/IDDT/ESDD", info="REMISE PRLV SEPA",
        )  # fmt: skip


def _written(
    page: writing.Page, before: Sequence[Row], form: str, number: int
) -> Iterator[DemoFile]:
    """The files of one month in a format."""
    stem = f"releve-{page.first_day:%Y-%m}"
    day = page.last_day + 2 * _DAY
    booked = writing.Page(
        page.iban, page.number, page.first_day, page.last_day, page.opening,
        [row for row in page.rows if row.status == "booked" and row.parts == 1]
        + [_whole(batch) for batch in writing.batches(page.rows) if batch[0].parts > 1],
    )  # fmt: skip
    if form == "ofx":
        yield DemoFile(f"{stem}.ofx", writing.ofx(booked).encode(), day)
    elif form == "mt940":
        yield DemoFile(f"{stem}.sta", writing.mt940([booked]).encode(), day)
    elif form == "csv":
        yield DemoFile(f"{stem}.csv", writing.table(booked, balance=True).encode("cp1252"), day)
    else:
        if number % 3 == 0:
            batch = [row for row in page.rows if row.parts > 1]
            told = writing.Page(page.iban, 100 + number, batch[0].day, batch[0].day, 0, batch)
            content = "".join(writing.camt([told], message="054")).encode()
            yield DemoFile(f"avis-{batch[0].day:%Y-%m-%d}.xml", content, batch[0].day + _DAY)
        yield DemoFile(f"{stem}.xml", "".join(writing.camt([page])).encode(), day)
        if number % 2 == 0 and before:
            yield _overlapping(page, before, day + _DAY)


def _whole(batch: Sequence[Row]) -> Row:
    """A batch as formats write it that cannot show its parts."""
    first = batch[0]
    return first._replace(
        amount=first.entry_amount, part=0, parts=1, party_name="", end_to_end_id="",
        texts="REMISE PRLV SEPA",
    )  # fmt: skip


def _overlapping(page: writing.Page, before: Sequence[Row], day: dt.date) -> DemoFile:
    """A file over the end of the month before and this month, as somebody takes it to be sure."""
    last = max(row.day for row in before)
    late = [row for row in before if row.day == last]
    both = writing.Page(
        page.iban, 200 + page.number, last, page.last_day,
        page.opening - sum(row.amount for row in late), [*late, *page.rows],
    )  # fmt: skip
    return DemoFile(f"releve-{last:%Y-%m-%d}-bis.xml", "".join(writing.camt([both])).encode(), day)


def bring_all(*, account: BankAccount, given: Sequence[DemoFile], by: Actor) -> list[ImportOutcome]:
    """Bring files in, each on its day, through the service that everybody uses."""
    if any(each.name.endswith(".csv") for each in given):
        account = keep_mapping(account=account, mapping=TABLE, by=by)
    outcomes = []
    for day, files in groupby(sorted(given, key=lambda each: each.day), key=lambda each: each.day):
        with clock.pretend(day):
            outcomes += [
                import_file(account=account, content=each.content, name=each.name, by=by)
                for each in files
            ]
    return outcomes
