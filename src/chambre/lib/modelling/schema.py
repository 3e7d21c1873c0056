"""What can be said in a model: one list of fields for the file and for the form."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chambre.lib.modelling.figures import PARTS, Kind
from chambre.lib.reciprocity.model import Text

MAX_MONTHS = 600
MAX_ITEMS = 200
"""Most things of one kind, such as costs."""
MONEY_LIMIT = 10**12
"""Greatest amount in a model, in cents: ten thousand million."""
_NO_WORDS = Text()
UNITS: dict[str, Text] = {
    "money": Text("€", "€"),
    "share": Text("%", "%"),
    "hours": Text("h", "h"),
    "months": Text("mois", "months"),
    "month": Text("mois du modèle", "month of the model"),
}
"""The unit shown beside a field, by its kind."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked.

    Attributes:
        key: Its word in the file.
        kind: A :class:`Kind` (a number, which may be a range), or ``text`` (both languages),
            ``slug``, ``slugs`` (of segments), ``choice``, ``flag``, ``date``, ``month`` (of the
            model, or a day in it), ``whole`` (a whole number), ``season`` (twelve percentages).
        label: What it is called beside the field.
        help: What to write, in a sentence; may be empty.
        required: Whether it has to be there.
        low: Least value, in smallest parts.
        high: Greatest value, in smallest parts.
        choices: Words that can be chosen, with their labels.
    """

    key: str
    kind: str
    label: Text
    help: Text = _NO_WORDS
    required: bool = False
    low: int = 0
    high: int = MONEY_LIMIT
    choices: tuple[tuple[str, Text], ...] = ()

    @property
    def number(self) -> Kind | None:
        """What kind of figure it is, or none when it is no figure."""
        return Kind(self.kind) if self.kind in _KINDS else None

    @property
    def unit(self) -> Text:
        """The unit to show beside it; empty for none."""
        return UNITS.get(self.kind, Text())


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the model.

    Attributes:
        key: Its word in the file; empty for what stands at the top.
        label: Its heading.
        help: What belongs there.
        many: Whether there can be several (``[[cost]]``).
        fields: What is asked, in order.
    """

    key: str
    label: Text
    help: Text
    many: bool
    fields: tuple[Field, ...]

    def field(self, key: str) -> Field:
        """The field of that key.

        Raises:
            KeyError: There is none.
        """
        for field in self.fields:
            if field.key == key:
                return field
        raise KeyError(key)


_KINDS = frozenset(kind.value for kind in Kind)
_WHOLE = PARTS[Kind.SHARE]
_FIRST = Field("first", "month", Text("À partir du mois", "From month"), low=1, high=MAX_MONTHS)
_LAST = Field("last", "month", Text("Jusqu’au mois", "Until month"), low=1, high=MAX_MONTHS)
_MONTH = Field("month", "month", Text("Mois", "Month"), low=1, high=MAX_MONTHS)
_CALENDAR = Field(
    "month",
    "whole",
    Text("Mois de l’année", "Month of the year"),
    Text("De 1 (janvier) à 12, pour ce qui est annuel.", "1 (January) to 12, for yearly ones."),
    low=1,
    high=12,
)
_SLUG = Field(
    "slug", "slug", Text("Nom court", "Short name"),
    Text("Lettres, chiffres et tirets.", "Letters, digits and hyphens."), required=True,
)  # fmt: skip
_NAME = Field("name", "text", Text("Nom", "Name"), required=True)
_SEGMENTS = Field(
    "segments", "slugs", Text("Usagers concernés", "Users concerned"),
    Text("Vide : tous.", "Empty: all of them."),
)  # fmt: skip


def _count(
    key: str, fr: str, en: str, *, fr_help: str = "", en_help: str = "", **more: int | bool
) -> Field:
    made = Field(key, "count", Text(fr, en), Text(fr_help, en_help), high=10**9)
    return replace(made, **more)  # type: ignore[arg-type]


def _share(
    key: str, fr: str, en: str, *, fr_help: str = "", en_help: str = "", **more: int | bool
) -> Field:
    made = Field(key, "share", Text(fr, en), Text(fr_help, en_help), high=_WHOLE)
    return replace(made, **more)  # type: ignore[arg-type]


def _money(key: str, fr: str, en: str, *, fr_help: str = "", en_help: str = "") -> Field:
    return Field(key, "money", Text(fr, en), Text(fr_help, en_help), required=True, high=10**11)


def _choice(key: str, fr: str, en: str, *choices: tuple[str, str, str]) -> Field:
    listed = tuple((word, Text(french, english)) for word, french, english in choices)
    return Field(key, "choice", Text(fr, en), choices=listed)


_TOP = Section(
    "",
    Text("La ressource", "The resource"),
    Text("Ce qu’elle est, ce qui manque, ce qui est demandé.",
         "What it is, what is missing, what is asked."),
    False,
    (
        _SLUG,
        Field("title", "text", Text("Titre", "Title"), required=True),
        Field("resource", "text", Text("La ressource", "The resource")),
        Field("need", "text", Text("Le besoin", "The need")),
        Field("summary", "text", Text("Comment elle vivra", "How it will live")),
        Field("ask", "text", Text("Ce qui est demandé", "What is asked")),
        Field("unit", "slug", Text("Monnaie", "Currency")),
        Field("starts", "date", Text("Commence le", "Starts on"),
              Text("Le premier jour d’un mois.", "The first day of a month."), required=True),
        Field("horizon", "whole", Text("Durée, en mois", "Length in months"),
              required=True, low=1, high=MAX_MONTHS),
        Field("opening", "money", Text("Trésorerie de départ", "Cash at the start"),
              low=-(10**11), high=10**11),
    ),
)  # fmt: skip

_SEGMENT = Section(
    "segment",
    Text("Usagers", "Users"),
    Text("Qui se sert de la ressource, combien et à quel rythme.",
         "Who uses the resource, how many and how often."),
    True,
    (
        _SLUG,
        _NAME,
        _count("start", "Au début", "At the start", required=True),
        _count("arrivals", "Arrivées par mois", "Joining each month"),
        _share("growth", "Croissance par mois", "Growth a month", low=-_WHOLE,
               fr_help="De ceux qui sont là.", en_help="Of those who are there."),
        _share("churn", "Départs par mois", "Leaving each month"),
        _count("at_most", "Au plus", "At most"),
        _count("uses", "Usages par mois et par usager", "Uses a month, each", high=10**7),
        Field("season", "season", Text("Saisons, de janvier à décembre",
                                       "Seasons, January to December"),
              Text("Douze pourcentages ; 100 est un mois ordinaire.",
                   "Twelve percentages; 100 is an ordinary month."), high=1_000),
        _FIRST,
    ),
)  # fmt: skip

_PRICE = Section(
    "price",
    Text("Prix", "Prices"),
    Text("Ce que paient les usagers, hors taxe.", "What users pay, without VAT."),
    True,
    (
        _SLUG,
        _NAME,
        _money("amount", "Montant", "Amount"),
        _choice("per", "Pour", "For", ("use", "chaque usage", "each use"),
                ("month", "un mois par usager", "a month, each user"),
                ("year", "un an par usager", "a year, each user")),
        _SEGMENTS,
        _CALENDAR,
        Field("paid_after", "whole", Text("Payé après (mois)", "Paid after (months)"), high=24),
        Field("indexed", "flag", Text("Suit la hausse des prix", "Follows the rise of prices")),
        _FIRST,
        _LAST,
    ),
)  # fmt: skip

_COST = Section(
    "cost",
    Text("Coûts", "Costs"),
    Text("Ce qui est dépensé, hors taxe récupérable.",
         "What is spent, without VAT that is got back."),
    True,
    (
        _SLUG,
        _NAME,
        replace(
            _choice("kind", "Nature", "Kind", ("fixed", "fixe, chaque mois", "fixed, each month"),
                    ("per-unit", "par usage", "for each use"),
                    ("stepwise", "par palier, chaque mois", "in steps, each month"),
                    ("yearly", "une fois par an", "once a year")),
            required=True,
        ),
        _money("amount", "Montant", "Amount"),
        _count("every", "Un palier tous les", "A step every", low=1),
        _choice("counts", "Les paliers comptent", "Steps count",
                ("uses", "les usages du mois", "uses of the month"), ("users", "les usagers", "users")),
        _SEGMENTS,
        _CALENDAR,
        _FIRST,
        _LAST,
        Field("indexed", "flag", Text("Suit la hausse des coûts", "Follows the rise of costs")),
    ),
)  # fmt: skip

_UPKEEP = Section(
    "upkeep",
    Text("Entretien", "Upkeep"),
    Text("Ce qui garde la ressource en état, et la réserve qu’il faut pour durer.",
         "What keeps the resource in condition, and the reserve that it takes to last."),
    False,
    (
        _money("amount", "Par mois", "A month"),
        Field("reserve", "months", Text("Réserve visée, en mois d’entretien",
                                        "Reserve aimed at, in months of upkeep"), high=MAX_MONTHS),
    ),
)  # fmt: skip

_EQUIPMENT = Section(
    "equipment",
    Text("Équipement", "Equipment"),
    Text("Ce qui s’achète, s’use et se remplace.", "What is bought, wears out and is replaced."),
    True,
    (
        _SLUG,
        _NAME,
        _money("cost", "Prix d’achat", "Price"),
        Field("lifetime", "months", Text("Durée de vie, en mois", "Lifetime in months"),
              required=True, low=1, high=1_200),
        _MONTH,
        Field("renew", "flag", Text("Racheté en fin de vie", "Bought again at its end")),
    ),
)  # fmt: skip

_DEPOSIT = Section(
    "deposit",
    Text("Consigne", "Deposits"),
    Text("Les objets qui partent contre une consigne et reviennent ; la consigne n’est pas à vous.",
         "Objects that go out against a deposit and come back; the deposit is not yours."),
    True,
    (
        _SLUG,
        _NAME,
        _money("amount", "Consigne par objet", "Deposit for an object"),
        _SEGMENTS,
        _share("loss", "Perdus à chaque tour", "Lost each time"),
        Field("delay", "whole", Text("Retour après (mois)", "Back after (months)"), high=24),
        _count("rotations", "Tours avant l’usure", "Times before worn out", low=1_000),
        Field("object_cost", "money", Text("Prix d’un objet neuf", "Price of a new object"),
              high=10**9),
    ),
)  # fmt: skip

_VOLUNTEER = Section(
    "volunteer",
    Text("Bénévolat", "Volunteers"),
    Text("Les heures données, valorisées à côté des comptes.",
         "Hours given, valued beside the accounts."),
    True,
    (
        _SLUG,
        _NAME,
        Field("hours", "hours", Text("Heures par mois", "Hours a month"), required=True,
              high=10**8),
        _money("rate", "Valeur d’une heure", "Value of an hour"),
        _FIRST,
        _LAST,
    ),
)  # fmt: skip

_GRANT = Section(
    "grant",
    Text("Subventions et dons", "Grants and gifts"),
    Text("L’argent donné, quand il vient.", "Money given, when it comes."),
    True,
    (
        _SLUG,
        _NAME,
        _money("amount", "Montant", "Amount"),
        _MONTH,
        _share("chance", "Chance de l’obtenir", "Chance of getting it"),
        Field("spread", "whole", Text("Étalée sur (mois)", "Spread over (months)"),
              Text("Pour un équipement : sa durée de vie. 0 : prise en compte à la réception.",
                   "For equipment: its lifetime. 0: counted when it comes."), high=MAX_MONTHS),
    ),
)  # fmt: skip

_LOAN = Section(
    "loan",
    Text("Prêts et apports", "Loans and contributions"),
    Text("L’argent prêté, et comment il est rendu.", "Money lent, and how it is paid back."),
    True,
    (
        _SLUG,
        _NAME,
        _money("amount", "Montant", "Amount"),
        _MONTH,
        _share("rate", "Intérêt par an", "Interest a year"),
        Field("months", "whole", Text("Échéances (mois)", "Instalments (months)"), low=1,
              high=MAX_MONTHS),
        Field("grace", "whole", Text("Différé (mois)", "Grace (months)"), high=120),
        _choice("how", "Remboursé", "Paid back",
                ("equal", "en parts égales de capital", "in equal parts of capital"),
                ("at-the-end", "en une fois, à la fin", "all at the end")),
    ),
)  # fmt: skip

_INDEXING = Section(
    "indexing",
    Text("Hausse des prix", "Rising prices"),
    Text("Une fois par an, composée.", "Once a year, compounded."),
    False,
    (
        _share("costs", "Coûts, par an", "Costs, a year", low=-_WHOLE // 5, high=_WHOLE // 5),
        _share("prices", "Prix, par an", "Prices, a year", low=-_WHOLE // 5, high=_WHOLE // 5),
    ),
)

SECTIONS: tuple[Section, ...] = (
    _TOP, _SEGMENT, _PRICE, _COST, _UPKEEP, _EQUIPMENT, _DEPOSIT, _VOLUNTEER, _GRANT, _LOAN,
    _INDEXING,
)  # fmt: skip
"""All parts of a model, in the order of the form."""

BY_KEY: dict[str, Section] = {section.key: section for section in SECTIONS}
"""The parts by their word in the file."""
