"""Which cells the form of a contract has: the words of the language, as people fill them in.

``Cell.name`` is the word of the language; ``label.fr`` is one inside a table. Amounts are typed in the
contract's unit (euros), and kept in its smallest part (cents).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from chambre.lib.reciprocity import model
from chambre.lib.reciprocity.steps import WORDS

Choices = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the form.

    Attributes:
        name: The word of the language.
        label: What people read.
        kind: ``line``, ``text``, ``choice``, ``many``, ``who`` (classes and parties), ``owed``
            (counterparts), ``words`` (a list, by commas), ``weights``, ``amounts`` (a name and an
            amount a line), ``money``, ``each`` (an amount, or one a name), ``number``, ``rate``,
            ``share``, ``whole``, ``months``, ``day``, ``rows`` (``cells`` repeat).
        choices: Of ``choice`` and ``many``.
        help: One sentence.
        wide: Whether it takes the width of the page.
        cells: Of ``rows``.
        default: The value that says the same as nothing.
    """

    name: str
    label: Any
    kind: str = "line"
    choices: Choices = ()
    help: Any = ""
    wide: bool = False
    cells: tuple[Cell, ...] = ()
    default: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the form: one table of the language, or one that repeats.

    Attributes:
        name: The word of the language; empty for the words at the top.
        label: Heading.
        help: What it is for.
        cells: In order.
        many: Whether it repeats.
        one: What one of them is called, for buttons.
        fitting: Which cells fit which value of ``how``; empty: all.
    """

    name: str
    label: Any
    cells: tuple[Cell, ...]
    help: Any = ""
    many: bool = False
    one: Any = ""
    fitting: Mapping[str, set[str]] = field(default_factory=dict)


USES: Choices = (
    ("study", _("study it")), ("internal", _("use it for oneself")),
    ("non-commercial", _("use it and pass it on without trading")),
    ("commercial", _("trade with it")),
    ("derivative", _("change it and publish what comes of it")),
    ("service", _("sell a service that rests on it")),
)  # fmt: skip
ANSWERS: Choices = (
    ("free", _("free")), ("owes", _("against what is owed")), ("ask", _("ask first")),
    ("refused", _("not allowed")),
)  # fmt: skip
TRIGGERS: Choices = (
    ("use", _("for each use")), ("sale", _("on their sales")), ("margin", _("on their margin")),
    ("period", _("once a period")),
)  # fmt: skip
OWED: Choices = (
    ("money", _("money")), ("hours", _("hours of work")), ("in-kind", _("in kind")),
    ("improvement", _("give improvements back")), ("attribution", _("name the authors")),
    ("access", _("access in return")),
)  # fmt: skip
METHODS: Choices = (
    ("costs", _("pay back what was advanced")), ("fixed", _("to some, by fixed weights")),
    ("contribution", _("by what each contributed")), ("equal", _("the same to each")),
    ("need", _("by what each needs")), ("declared", _("what each declares")),
    ("claims", _("pay claims until they are settled")), ("fund", _("fill a fund")),
    ("upstream", _("to resources that it stands on")), ("keep", _("keep it for the resource")),
)  # fmt: skip
COUNTED: Choices = (
    ("contribution", _("contributions")), ("cost", _("costs borne")), ("use", _("uses")),
    ("sale", _("sales")),
)  # fmt: skip
LASTING: Choices = (
    ("", "–"), ("once", _("for this period alone")), ("until-paid", _("a debt: until it is paid")),
    ("forever", _("for ever")),
)  # fmt: skip
OVER: Choices = (
    ("pro-rata", _("each gets less, in proportion")), ("level", _("the same ceiling for all")),
    ("hold", _("nothing until people have agreed")),
)  # fmt: skip
PERIODS: Choices = (("month", _("month")), ("quarter", _("quarter")), ("year", _("year")))
ROUNDINGS: Choices = (
    ("largest-remainder", _("to the largest remainders")),
    ("cumulative", _("by the running sum")), ("rotating", _("in turn")),
)  # fmt: skip
CHANGE: Choices = (
    ("consent", _("consent: nobody objects")), ("majority", _("majority of the voices")),
    ("two-thirds", _("two thirds of the voices")), ("unanimity", _("unanimity of all who decide")),
)  # fmt: skip
THEN: Choices = (("end", _("it ends for them")), ("mediation", _("the mediator is asked")))
MODES: Choices = (
    ("all", _("must")), ("any", _("one of these is enough")), ("none", _("must not")),
)  # fmt: skip
TESTS: Choices = (
    ("", "–"), ("named", _("be named (names)")), ("status", _("have a status (words)")),
    ("territory", _("be of a place (codes, 59* …)")), ("class", _("be of another class (names)")),
    ("size_at_most", _("have at most so many people")),
    ("size_at_least", _("have at least so many people")),
    ("member_months", _("be a member since so many months")),
    ("contributed", _("have contributed at least")), ("used", _("have used at least")),
)  # fmt: skip


def both(
    name: str, french: Any, english: Any, kind: str = "line", help: Any = ""
) -> tuple[Cell, Cell]:
    """Words in French and in English."""
    return (
        Cell(f"{name}.fr", french, kind, wide=kind == "text", help=help),
        Cell(f"{name}.en", english, kind, wide=kind == "text"),
    )


_LABEL = both("label", _("In words, in French"), _("In words, in English"))
_NOTE = both("note", _("Remark, in French"), _("Remark, in English"))
_NAME = Cell("name", _("Short name"), help=_("Small letters, digits and hyphens."))

TOP = Block(
    "", _("This contract"),
    (
        *both("title", _("Title, in French"), _("Title, in English")),
        *both("summary", _("In two sentences, in French"), _("In two sentences, in English"), "text"),
        *both("fits", _("Where it fits, in French"), _("Where it fits, in English"), "text"),
        Cell("unit", _("Unit of account"), default="EUR", help=_("EUR, or a unit of the chamber.")),
        Cell("period", _("It is computed once a"), "choice", PERIODS, default="year"),
        Cell("rounding", _("Cents left over go"), "choice", ROUNDINGS, default="largest-remainder"),
        Cell("resources", _("Resources (short names)"), "words", default="*", help=_("* for any.")),
    ),
)  # fmt: skip
PARTIES = Block(
    "party", _("Known parties"),
    (
        _NAME, Cell("label", _("Name")),
        Cell("status", _("Statuses"), "words", help=_("For example: ess, worker-coop, public.")),
        Cell("size", _("People working there"), "whole"),
        Cell("territory", _("Postal or INSEE code")), Cell("since", _("Member since"), "day"),
        Cell("evidence", _("What proves it"), wide=True),
    ),
    _("What is known of those whom the contract may concern. It may stay empty."), True, _("party"),
)  # fmt: skip
CLASSES = Block(
    "class", _("Who is who"),
    (
        _NAME, *_LABEL,
        Cell(
            "tests", _("To be one of them, somebody"), "rows", wide=True,
            cells=(
                Cell("mode", _("Rule"), "choice", MODES, default="all"),
                Cell("word", _("Test"), "choice", TESTS),
                Cell("value", _("What")), Cell("unit", _("Unit")), Cell("months", _("In months"), "whole"),
            ),
        ),
        *both("evidence", _("What they have to show, in French"), _("What they have to show, in English")),
    ),
    _("Classes of people and structures, with the tests that they pass."), True, _("class"),
)  # fmt: skip
USE = Block(
    "use", _("What one may do with it"),
    (
        Cell("kinds", _("To"), "many", USES, wide=True), Cell("by", _("Who"), "who", default=model.EVERYONE),
        Cell("answer", _("It is"), "choice", ANSWERS, default="free"),
        Cell("owes", _("What is owed"), "owed"),
        Cell("conditions", _("On condition of"), "words", help=_("For example: attribution, share-alike.")),
        *_NOTE,
    ),
    _("Rules are read in this order; the first one that fits applies."), True, _("rule of use"),
)  # fmt: skip
OWES = Block(
    "counterpart", _("What is owed in return"),
    (
        _NAME, *_LABEL, Cell("by", _("Who owes it"), "who", default=model.EVERYONE),
        Cell("exempt", _("Who does not"), "who"),
        Cell("trigger", _("When"), "choice", TRIGGERS, default="use"),
        Cell("of", _("What is counted"), help=_("For example: diffusion, day, bottle.")),
        Cell("kind", _("What is owed"), "choice", OWED, default="money"),
        Cell("rate", _("How much for each"), "rate", help=_("An amount, a number, or 2,5 %.")),
        Cell("unit", _("In which unit (in kind)")),
        Cell("above", _("Only beyond"), "limit"),
        Cell(
            "steps", _("Or rates that change with how much it is"), "rows", wide=True,
            cells=(Cell("above", _("Beyond"), "limit"), Cell("rate", _("How much for each"), "rate")),
        ),
        Cell("floor", _("At least, for each and a period"), "floor"),
        Cell("cap", _("At most, for each and a period"), "floor"), *_NOTE,
    ),
    _("Money, hours, things, improvements."), True, _("counterpart"),
)  # fmt: skip
_COMMON = {"name", "how", "label.fr", "label.en", "share", "of", "at_most", "at_least", "cap",
           "note.fr", "note.en"}  # fmt: skip
STEPS = Block(
    "step", _("Where what it brings in goes, in this order"),
    (
        _NAME, *_LABEL, Cell("how", _("How"), "choice", METHODS),
        Cell("to", _("To whom"), "weights", help=_("Names by commas; with weights: a = 60, b = 40.")),
        Cell("share", _("Share of it, at most"), "share", default="100%"),
        Cell("of", _("Of"), "choice", (("rest", _("what is left")), ("income", _("all that came in"))),
             default="rest"),
        Cell(
            "count", _("What counts"), "rows", wide=True,
            cells=(
                Cell("kind", _("What"), "choice", COUNTED, default="contribution"),
                Cell("unit", _("Unit"), help=_("h, km, or a currency")),
                Cell("rate", _("Worth, each"), "money"),
            ),
        ),
        Cell("amounts", _("Amounts by name, one a line"), "amounts", wide=True,
             help=_("For example: alix = 1 200,00")),
        Cell("months", _("Counted over"), "months", help=_("A number of months, “period” or “ever”.")),
        Cell("lasting", _("What is not paid"), "choice", LASTING),
        Cell("over", _("When more is declared than there is"), "choice", OVER, default="pro-rata"),
        Cell("target", _("Filled up to"), "money"),
        Cell("at_most", _("At most, in a period"), "money"),
        Cell("at_least", _("At least, in a period"), "money"),
        Cell("cap", _("At most, over the whole life"), "money"),
        Cell("each_at_most", _("At most for each"), "each", help=_("An amount, or a line for each: a = 100")),
        Cell("smallest", _("No share smaller than"), "money"), *_NOTE,
    ),
    _("Each step takes its part and leaves the rest to the next; what nobody takes stays with the resource."),
    True, _("step"), {how: _COMMON | words for how, words in WORDS.items()},
)  # fmt: skip
TERM = Block(
    "term", _("How long"),
    (
        Cell("since", _("From"), "day"), Cell("until", _("Until"), "day"),
        Cell("review", _("Looked at again on"), "day"),
    ),
)  # fmt: skip
CHANGES = Block(
    "change", _("How it is changed"),
    (
        Cell("by", _("By"), "choice", CHANGE, default="consent"),
        Cell("roll", _("Who decides"), "one_who", default=model.EVERYONE),
    ),
)  # fmt: skip
BREACH = Block(
    "breach", _("When it is not kept"),
    (
        Cell("delay_days", _("Days to mend it"), "whole", help=_("Empty: nothing follows by itself.")),
        Cell("suspension_days", _("Then days of suspension"), "whole"),
        Cell("then", _("And then"), "choice", (("", "–"), *THEN)),
    ),
)  # fmt: skip
MEDIATOR = Block(
    "mediator", _("Who mediates"),
    (
        Cell("name", _("Name")), Cell("contact", _("E-mail address, or how to reach them")), *_NOTE,
    ),
)  # fmt: skip
SURVIVES = Block(
    "survives",
    _("What holds after the end"),
    (Cell("clauses", _("Clauses (short names)"), "words"), *_NOTE),
)
BLOCKS = (TOP, CLASSES, USE, OWES, STEPS, PARTIES, TERM, CHANGES, BREACH, MEDIATOR, SURVIVES)
"""The parts of the form, in the order in which they are shown."""
