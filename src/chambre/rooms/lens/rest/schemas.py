"""What goes in and out of the lens. Amounts are integers in the smallest part of their unit."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, Self

from django.utils.translation import gettext as _
from ninja import Field, Schema
from pydantic import ConfigDict, model_validator

from chambre.lib.attribution import Rule

SLUG = 60


class Closed(Schema):
    """Refuses what it does not know, so that a mistyped name is not lost silently."""

    model_config = ConfigDict(extra="forbid")


def media(kind: str) -> dict[str, Any]:
    """An answer that is not JSON: its media type for the OpenAPI document."""
    content = {kind: {"schema": {"type": "string"}}}
    return {"responses": {200: {"description": "OK", "content": content}}}


FEC = media("text/plain")


class FindingOut(Schema):
    """Something found in a file, as the command line says it."""

    line: int = Field(description="Line of the file, the header being 1; 0: the whole file.")
    column: str
    rule: str = Field(description="Name of the rule, as in the documentation.")
    message: str


class FindingFull(FindingOut):
    """Something found, with the value that stood there and what to do."""

    value: str
    todo: str
    rejects: bool = Field(False, description="Whether the administration's verdict rests on it.")


class CheckIn(Closed):
    """What to compare the file with."""

    structure: str = Field(
        "", max_length=SLUG, description="Compare with this structure's books: SIREN, closing."
    )
    background: bool | None = Field(
        None, description="`true`: always as a job; `false`: never; absent: when it is large."
    )


class CheckOut(Schema):
    """The verdict, and everything found."""

    verdict: Literal["accepted", "rejected"] = Field(
        description="By the published rules of the administration alone."
    )
    lines: int
    debit: int
    credit: int
    balanced: bool
    errors: list[FindingOut] = Field(description="What the verdict rests on.")
    warnings: list[FindingOut] = Field(description="Everything else.")
    name: str
    entries: int
    encoding: str
    importable: bool
    counts: dict[str, int] = Field(description="How often each rule found something.")
    findings: list[FindingFull] = Field(description="The first of all findings, with advice.")


class YearOut(Schema):
    """A financial year."""

    start: dt.date
    end: dt.date
    closed: bool


class BookOut(Schema):
    """The accounts of a structure."""

    structure: str
    name: str
    siren: str
    chart: str = Field(description="`pcg` or `associatif`.")
    years: list[YearOut]


class FecImportIn(Closed):
    """Whose accounts, and what may happen to an export that is there."""

    structure: str = Field(max_length=SLUG, description="Short name of the structure.")
    replace: bool = Field(False, description="Take over from another export of the same year.")
    background: bool | None = Field(
        None, description="`true`: always as a job; `false`: never; absent: when it is large."
    )


class Imported(Schema):
    """What an import did."""

    id: int = Field(description="Number of the import; of the first one when `already`.")
    structure: str
    entries: int
    lines: int
    debit: int
    credit: int
    already: bool = Field(description="The same content was there: nothing was done.")
    added: int = Field(description="Entries posted.")
    reversed: int = Field(description="Entries of the former export that were taken back.")
    kept: int = Field(description="Entries that both exports have.")


class FecImportOut(Schema):
    """Accounts that were brought in."""

    id: int
    structure: str
    name: str = Field(description="Name of the file.")
    digest: str = Field(description="SHA-256 of the content, whatever the form of the file.")
    year: YearOut
    entries: int
    lines: int
    debit: int
    credit: int
    replaces: int | None = Field(description="The import that this one took over from.")
    by: str
    at: dt.datetime


class FecImportFull(FecImportOut):
    """Accounts that were brought in, with what was seen on the way."""

    findings: list[dict[str, Any]]
    regroupings: list[dict[str, Any]] = Field(
        description="Entries that do not balance by their numbers, and how they were grouped."
    )


class RuleData(Closed):
    """A rule: conditions that must all hold, and the resources that take the line."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: str = Field(max_length=200)
    structure: list[str] | None = Field(None, description="Short names; absent: every structure.")
    account: list[str] | None = Field(None, description="Shell patterns: `701*`.")
    auxiliary: list[str] | None = None
    journal: list[str] | None = None
    piece: list[str] | None = None
    label: str | None = Field(None, description="Regular expression (RE2).")
    since: dt.date | None = Field(None, alias="from")
    until: dt.date | None = Field(None, alias="to")
    shares: dict[str, int] = Field(
        description="Integer weight by short name of a resource; `-` is the structure itself."
    )


def rule_data(rule: Rule) -> dict[str, Any]:
    """A rule as it is given."""
    return rule.as_data()


class RuleSetOut(Schema):
    """The rules in force."""

    version: int = Field(description="0: there have been none yet.")
    note: str
    by: str
    at: dt.datetime | None
    rules: list[RuleData]


class RulesIn(Closed):
    """A whole set of rules, as data or as a file."""

    rules: list[RuleData] | None = Field(None, max_length=2000)
    toml: str | None = Field(
        None, max_length=1_000_000, description="The same as text, in the form of the rule file."
    )
    note: str = Field("", max_length=254, description="Why, for the history.")
    preview: bool = Field(False, description="Only say what they would take; nothing changes.")
    background: bool | None = Field(
        None, description="`true`: as a job; `false`: never; absent: when there are many lines."
    )


class RuleReport(Schema):
    """What a rule took."""

    name: str
    lines: int
    debit: int
    credit: int


class RunReport(Schema):
    """What a set of rules takes."""

    rules: list[RuleReport]
    by_hand: RuleReport = Field(description="What people decided line by line, above the rules.")
    attributed: int = Field(description="Lines that a rule or a person took.")
    unattributed: int = Field(description="Lines left to the structures themselves.")
    changed: int = Field(description="Lines attributed otherwise than before.")
    coverage: dict[str, list[int]] = Field(
        description="By class of account: lines, lines taken, sum of absolute amounts, taken sum."
    )


class RunOut(Schema):
    """A pass of the rules over the books."""

    id: int
    version: int | None = Field(description="Version of the rules.")
    attributed: int
    unattributed: int
    changed: int
    by: str
    at: dt.datetime


class RunFull(RunOut):
    """A pass of the rules, and what each took."""

    report: RunReport


class HandIn(Closed):
    """A person's word on chosen lines."""

    lines: list[int] = Field(min_length=1, max_length=5000, description="Numbers of lines.")
    shares: dict[str, int] = Field(
        description="Integer weight by short name of a resource, `-` for the structure itself; "
        "empty: the rules decide again."
    )
    reason: str = Field("", max_length=254)


class HandOut(Schema):
    """What changed."""

    changed: int = Field(description="Lines attributed otherwise than before.")


class Period(Schema):
    """A span of days."""

    first: dt.date = Field(alias="from", description="First day.")
    last: dt.date = Field(alias="to", description="Last day.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(_("The end is before the beginning."))
        return self


class StatementQuery(Period):
    """Which accounts, through which lens, over which days."""

    by: Literal["resource", "structure"]
    resource: list[str] = Field([], description="Only these resources (repeat).")
    structure: list[str] = Field([], description="Only these structures (repeat).")
    known_on: dt.date | None = Field(
        None, description="Only what had been recorded by the end of that day."
    )


class AccountOut(Schema):
    """An account over the period; balances are debit positive."""

    account: str
    label: str
    opening: int
    debit: int
    credit: int
    closing: int


class GroupOut(Schema):
    """A resource's or a structure's accounts; totals are positive on their natural side."""

    key: str | None = Field(description="Short name; null: what is not attributed.")
    name: str
    assets: int
    liabilities: int
    equity: int
    income: int
    expenses: int
    result: int
    accounts: list[AccountOut]


class Eliminated(Schema):
    """What two structures owe or sell each other about one resource, taken off."""

    account: str
    structures: list[str]
    resource: str
    amount: int


class GapOut(Schema):
    """An opening that says otherwise than the closing before it."""

    structure: str
    day: dt.date
    account: str
    amount: int


class StatementOut(Schema):
    """A statement."""

    by: Literal["resource", "structure"]
    first: dt.date = Field(alias="from")
    last: dt.date = Field(alias="to")
    unit: str
    provisional: bool = Field(description="Some day of the period is in no closed year.")
    groups: list[GroupOut]
    eliminated: list[Eliminated]
    reconciled: bool = Field(description="The groups together are the structures' own accounts.")
    difference: int
    gaps: list[GapOut]


class LinesQuery(Period):
    """Which lines."""

    account: list[str] = Field(
        [], max_length=100, description="Numbers of accounts, `701*` for all that begin so."
    )
    resource: str = Field("", max_length=SLUG, description="`-`: not attributed; empty: whole.")
    structure: str = Field("", max_length=SLUG)
    opening: bool = Field(False, description="The opening entries instead of the movements.")


class LineOut(Schema):
    """A line of a structure's books, and what of it counts."""

    id: int
    entry: int = Field(description="Number of its journal entry: `/api/ledger/entries/{entry}`.")
    structure: str
    journal: str
    number: str = Field(description="Number of the entry in its structure's books.")
    day: dt.date
    account: str
    account_label: str
    auxiliary: str | None
    auxiliary_label: str
    label: str
    piece: str
    unit: str
    amount: int = Field(description="The whole line: debit positive, credit negative.")
    side: Literal["D", "C"] = Field(description="The column it stands in.")
    debit: int = Field(description="What of its debit counts here.")
    credit: int


class LinesOut(Schema):
    """A page of lines, and the sums over all pages."""

    items: list[LineOut]
    next: str | None = Field(description="Send it as `after` to get the next page.")
    count: int
    debit: int
    credit: int


Level = Literal["none", "class", "account"]


class DisclosureIn(Closed):
    """What everybody may see."""

    structure: str = Field(max_length=SLUG)
    resource: str | None = Field(None, max_length=SLUG, description="Absent: for every resource.")
    level: Literal["none", "class", "account", "same"] = Field(
        description="Nothing, totals by class, totals by account;"
        " `same` takes a resource's own decision back: as for every resource."
    )


class DisclosureOut(Schema):
    """A decision that holds."""

    structure: str
    resource: str | None
    level: Literal["none", "class", "account", "same"]
    by: str
    at: dt.datetime


class FigureOut(Schema):
    """A public total."""

    account: str = Field(description="Account of the official chart, or a class (86, 87 apart).")
    label: str = Field(description="The account's name in the chart; empty for a class.")
    amount: int = Field(description="Debit positive: a balance, or the movement of the year.")


class FiguresOut(Schema):
    """What one structure lets everybody see of a resource's accounts."""

    structure: str
    name: str
    level: Level = Field(description="Totals by class, or by account.")
    first: dt.date
    last: dt.date
    figures: list[FigureOut]
