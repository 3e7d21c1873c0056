"""What a contract of reciprocity says, what happened, and what comes of it: frozen values.

Amounts are whole **minor units** of the contract's unit (cents), quantities of facts are whole
**millionths** of their unit, rates and shares are exact fractions, days are calendar days and
both ends of a span belong to it. Nothing here computes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

FORMAT = 1
"""Version of the language that is read and written."""

SCALE = 1_000_000
"""Parts in one unit of a quantity: 1.5 h is 1,500,000."""

EVERYONE = "everyone"
"""The class that every party belongs to; no contract defines it."""

ROUNDINGS = ("largest-remainder", "cumulative", "rotating")
PERIODS = ("month", "quarter", "year")
METHODS = (
    "fixed",
    "contribution",
    "equal",
    "need",
    "declared",
    "costs",
    "claims",
    "fund",
    "upstream",
    "keep",
)
"""How a step shares what it takes; see ``docs/contract-language.md``."""

USES = ("study", "internal", "non-commercial", "commercial", "derivative", "service")
ANSWERS = ("free", "owes", "ask", "refused")
TRIGGERS = ("use", "sale", "period", "margin")
OWED_KINDS = ("money", "hours", "in-kind", "improvement", "attribution", "access")
LASTINGS = ("once", "until-paid", "forever")
OVERRUNS = ("pro-rata", "level", "hold")
RULES_OF_CHANGE = ("consent", "majority", "two-thirds", "unanimity")
INCOME = ("sale", "fee", "royalty")
"""Kinds of facts that are income of a resource (with a transfer to the resource itself)."""
KINDS = (*INCOME, "cost", "contribution", "declaration", "repayment", "use", "transfer")
COUNTED = ("contribution", "cost", "use", "sale")
"""Kinds of facts of a party that a step may count as its contribution."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words for people, in both languages; equal where only one was given."""

    fr: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.fr or self.en)

    def in_language(self, language: str) -> str:
        """The words for a reader; the other language where this one is missing."""
        french = language.lower().startswith("fr")
        return (self.fr or self.en) if french else (self.en or self.fr)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model comes from: its name, address and a note on what was taken."""

    name: str
    url: str = ""
    note: Text = Text()


@dataclass(frozen=True, slots=True)
class Lineage:
    """The contract that this one was copied from.

    Attributes:
        parent: Slug of that contract (``from`` in the file).
        digest: Its digest at that time, ``sha256:`` and 64 hexadecimal digits, or empty.
        changed: What was changed, in words or as paths such as ``step.amont.share``.
    """

    parent: str
    digest: str = ""
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who may use, give or receive, with what is known of them.

    Attributes:
        name: Slug, the word that facts use.
        label: How people call them.
        status: Legal or social qualities (``ess``, ``worker-coop``, ``public``…).
        size: People working there, or None when not known.
        territory: Postal or INSEE code, or empty.
        since: Member since, or None.
        evidence: What proves it.
    """

    name: str
    label: str = ""
    status: tuple[str, ...] = ()
    size: int | None = None
    territory: str = ""
    since: dt.date | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """How much somebody must have given or used.

    Attributes:
        at_least: In whole units (hours, euros of a currency), more than 0; None: anything at all.
        unit: In which unit; empty: any.
        months: Over how many months up to the last day of the run; None: ever.
    """

    at_least: Fraction | None = None
    unit: str = ""
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """One test of eligibility.

    Attributes:
        word: ``named``, ``status``, ``territory``, ``class`` (``names`` holds the possible ones),
            ``size_at_most``, ``size_at_least``, ``member_months`` (``number``), ``contributed``,
            ``used`` (``threshold``).
    """

    word: str
    names: tuple[str, ...] = ()
    number: int = 0
    threshold: Threshold | None = None


@dataclass(frozen=True, slots=True)
class PartyClass:
    """Parties that pass every test of ``all``, one of ``any`` if there are, none of ``none``."""

    name: str
    label: Text = Text()
    evidence: Text = Text()
    all: tuple[Criterion, ...] = ()
    any: tuple[Criterion, ...] = ()
    none: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """What classes of parties may do with the resource, and under which conditions.

    Attributes:
        kinds: Of :data:`USES`.
        by: Classes or parties.
        answer: ``free``, ``owes`` something in return, ``ask`` first, or ``refused``.
        owes: Names of the counterparts owed.
        conditions: Slugs such as ``attribution``, ``share-alike``.
    """

    kinds: tuple[str, ...]
    by: tuple[str, ...] = (EVERYONE,)
    answer: str = "free"
    owes: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    note: Text = Text()


@dataclass(frozen=True, slots=True)
class Rate:
    """How much per one counted: an exact number, or a fraction of the counted amount."""

    value: Fraction
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A marginal rate for what lies above a threshold and below the next one."""

    above: Fraction
    rate: Rate


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What somebody owes in return.

    Attributes:
        name: Its clause.
        by: Classes or parties that owe it.
        exempt: Classes or parties that do not.
        trigger: ``use`` (quantity of use facts), ``sale`` (their own sales), ``margin`` (their
            sales less their costs) or ``period`` (once a period, whoever used it).
        of: Unit of the uses or sales that count (``diffusion``); empty: all.
        kind: Of :data:`OWED_KINDS`.
        rate: Minor units (money) or units (else) per one counted; or a percentage of an amount.
        unit: In what it is owed: the contract's unit for money, ``h``, ``kg``, …
        above: Counted only beyond it (units, or minor units of an amount).
        bands: Marginal rates (``steps`` in the file), in rising order, instead of ``rate``.
        floor: Owed at least per party and period, once anything counted; same unit as the rate.
        cap: Owed at most per party and period.
        label: How people call it, in both languages.
    """

    name: str
    by: tuple[str, ...] = (EVERYONE,)
    exempt: tuple[str, ...] = ()
    trigger: str = "use"
    of: str = ""
    kind: str = "money"
    rate: Rate | None = None
    unit: str = ""
    above: Fraction = Fraction(0)
    bands: tuple[Band, ...] = ()
    floor: Fraction | None = None
    cap: Fraction | None = None
    note: Text = Text()
    label: Text = Text()


@dataclass(frozen=True, slots=True)
class Share:
    """A name with its weight (``to``) or its amount in minor units (``amounts``)."""

    name: str
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Count:
    """What a step counts: facts of a kind in a unit, at so many minor units for each unit."""

    kind: str = "contribution"
    unit: str = ""
    rate: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the waterfall, in the order of the file.

    Attributes:
        name: Its clause, unique among steps and counterparts.
        how: Of :data:`METHODS`.
        share: Fraction of ``of`` that it takes at most.
        of: ``rest`` (what the steps before left) or ``income``.
        at_most: Minor units in this period.
        at_least: Minor units in this period, as far as there are.
        cap: Minor units over the life of the contract; repayments of the past count.
        target: Level to which a fund is filled, minor units.
        to: Parties, classes, the fund, or upstream resources, with weights.
        amounts: Minor units by party: declared, needed or claimed, beside what facts say.
        count: What counts as a contribution or a claim.
        months: Window of the facts counted: ``period``, ``ever`` or months up to the last day.
        lasting: ``once`` (this period's alone), ``until-paid`` (a debt), ``forever`` (an equity),
            or empty: the window alone.
        over: When more is declared than there is: ``pro-rata``, ``level`` (equal ceiling) or
            ``hold`` (nothing until people agreed).
        each_at_most: Minor units for each party in this period.
        each_caps: The same for named parties; they go before ``each_at_most``.
        smallest: No line below so many minor units.
    """

    name: str
    how: str
    label: Text = Text()
    share: Fraction = Fraction(1)
    of: str = "rest"
    at_most: int | None = None
    at_least: int | None = None
    cap: int | None = None
    target: int | None = None
    to: tuple[Share, ...] = ()
    amounts: tuple[Share, ...] = ()
    count: tuple[Count, ...] = ()
    months: int | str = "period"
    lasting: str = ""
    over: str = "pro-rata"
    each_at_most: int | None = None
    each_caps: tuple[Share, ...] = ()
    smallest: int | None = None
    note: Text = Text()


@dataclass(frozen=True, slots=True)
class Term:
    """From when until when it holds, and the day by which it is looked at again."""

    since: dt.date | None = None
    until: dt.date | None = None
    review: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """How the contract is changed: the rule and the class that decides."""

    by: str = "consent"
    roll: str = EVERYONE


@dataclass(frozen=True, slots=True)
class Breach:
    """What follows a breach: days to mend it, days of suspension, then ``end`` or ``mediation``."""

    delay_days: int = 30
    suspension_days: int = 0
    then: str = "end"


@dataclass(frozen=True, slots=True)
class Mediator:
    """Whom parties turn to before a judge."""

    name: str
    contact: str = ""
    note: Text = Text()


@dataclass(frozen=True, slots=True)
class Survives:
    """What holds after the end: clauses, and words on it."""

    clauses: tuple[str, ...] = ()
    note: Text = Text()


@dataclass(frozen=True, slots=True)
class Contract:
    """A whole contract. Made by :func:`chambre.lib.reciprocity.read`, which checks it."""

    slug: str
    unit: str = "EUR"
    resources: tuple[str, ...] = ("*",)
    rounding: str = "largest-remainder"
    period: str = "year"
    title: Text = Text()
    summary: Text = Text()
    fits: Text = Text()
    source: Source | None = None
    lineage: Lineage | None = None
    parties: tuple[Party, ...] = ()
    classes: tuple[PartyClass, ...] = ()
    uses: tuple[Use, ...] = ()
    counterparts: tuple[Counterpart, ...] = ()
    steps: tuple[Step, ...] = ()
    term: Term = Term()
    change: Change = Change()
    breach: Breach | None = None
    mediator: Mediator | None = None
    survives: Survives = Survives()

    def covers(self, resource: str) -> bool:
        """Whether a fact about this resource (or about none in particular) concerns it."""
        return not resource or "*" in self.resources or resource in self.resources

    def step(self, name: str) -> Step:
        """The step of that name.

        Raises:
            KeyError: There is none.
        """
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)
