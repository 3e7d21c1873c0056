"""Why a file was refused, as exceptions with a stable code and words in both languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from chambre.lib.refusal import Refusal

from .findings import Cents, Finding


class FecRefusal(Refusal):
    """A file was refused; nothing was read into anything. Base of the others."""

    texts: ClassVar[Mapping[str, tuple[str, str]]] = {
        "fec-changed": (
            "The file changed while it was being read. Start again.",
            "Le fichier a changé pendant sa lecture. Recommencez.",
        ),
    }


class SourceRefused(FecRefusal):
    """What was given is not a file that can be read at all: archive, size, form."""

    texts: ClassVar[Mapping[str, tuple[str, str]]] = {
        "fec-no-file": ("No file was given.", "Aucun fichier n’a été donné."),
        "fec-too-large": (
            "“{name}” would unpack to more than {limit} bytes. Divide the FEC into parts _1, _2…",
            "« {name} » se déplierait en plus de {limit} octets. Divisez le FEC en parties _1, _2…",
        ),
        "fec-ratio": (
            "“{name}” unpacks to more than {limit} times its size: this looks like an archive "
            "made to do harm. Give the FEC itself, unpacked.",
            "« {name} » se déplie à plus de {limit} fois sa taille : cela ressemble à une archive "
            "faite pour nuire. Donnez le FEC lui-même, déplié.",
        ),
        "fec-nested": (
            "“{name}” holds another archive, “{member}”: give the file itself.",
            "« {name} » contient une autre archive, « {member} » : donnez le fichier lui-même.",
        ),
        "fec-members": (
            "“{name}” holds {found} files; at most {limit} are read. Give the FEC itself.",
            "« {name} » contient {found} fichiers ; {limit} au plus sont lus. Donnez le FEC lui-même.",
        ),
        "fec-no-member": (
            "“{name}” holds no FEC. Give the FEC itself.",
            "« {name} » ne contient aucun FEC. Donnez le FEC lui-même.",
        ),
        "fec-several": (
            "Several different files were given as one: {names}. Give them one by one.",
            "Plusieurs fichiers différents ont été donnés pour un seul : {names}. Donnez-les un par un.",
        ),
        "fec-part-missing": (
            "Part {missing} is missing among: {names}. Give all the parts at once.",
            "La partie {missing} manque parmi : {names}. Donnez toutes les parties ensemble.",
        ),
        "fec-encrypted": (
            "“{name}” is protected by a password. Give the file without it.",
            "« {name} » est protégé par un mot de passe. Donnez le fichier sans lui.",
        ),
        "fec-archive-broken": (
            "“{name}” cannot be unpacked: {why}. Pack it again, or give the FEC itself.",
            "« {name} » ne peut pas être déplié : {why}. Refaites l’archive, ou donnez le FEC lui-même.",
        ),
        "fec-line-too-long": (
            "“{name}” has a line of more than {limit} bytes: it is not a FEC.",
            "« {name} » a une ligne de plus de {limit} octets : ce n’est pas un FEC.",
        ),
    }


class FecRefused(FecRefusal):
    """The file cannot be imported as it is; ``findings`` says where and why.

    Attributes:
        findings: The findings that refuse it, at most a thousand for each rule.
        counts: How many there are of each rule, whether kept or not.
    """

    texts: ClassVar[Mapping[str, tuple[str, str]]] = {
        "fec-refused": (
            "The file cannot be imported, {total_en}: {first_en}",
            "Le fichier ne peut pas être importé, {total_fr} : {first_fr}",
        ),
    }

    def __init__(self, findings: Iterable[Finding], counts: Mapping[str, int]) -> None:
        self.findings = list(findings)
        self.counts = Counter(counts)
        first = self.findings[0]
        total = sum(self.counts.values())
        super().__init__(
            "fec-refused",
            total=total,
            total_en="one error" if total == 1 else f"{total} errors, the first one",
            total_fr="une erreur" if total == 1 else f"{total} erreurs, dont la première",
            first_en=first.message("en"),
            first_fr=first.message("fr"),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return (FecRefused, (self.findings, dict(self.counts)))


class FecUnbalanced(FecRefusal):
    """The file does not balance as a whole, so no grouping of its lines can be booked.

    Attributes:
        debit: Total of the debit column, in cents.
        credit: Total of the credit column, in cents.
        findings: The entries that do not balance, at most a thousand of them.
    """

    texts: ClassVar[Mapping[str, tuple[str, str]]] = {
        "fec-unbalanced": (
            "The file does not balance: debit {debit_en}, credit {credit_en}, difference {gap_en}. "
            "Lines are missing or wrong: export it again.",
            "Le fichier n’est pas équilibré : débit {debit_fr}, crédit {credit_fr}, "
            "écart {gap_fr}. Des lignes manquent ou sont fausses : refaites l’export.",
        ),
    }

    def __init__(self, debit: int, credit: int, findings: Iterable[Finding] = ()) -> None:
        self.debit = debit
        self.credit = credit
        self.findings = list(findings)
        gap = Cents(debit - credit)
        super().__init__(
            "fec-unbalanced",
            debit=debit,
            credit=credit,
            debit_en=Cents(debit).shown("en"),
            debit_fr=Cents(debit).shown("fr"),
            credit_en=Cents(credit).shown("en"),
            credit_fr=Cents(credit).shown("fr"),
            gap_en=gap.shown("en"),
            gap_fr=gap.shown("fr"),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return (FecUnbalanced, (self.debit, self.credit, self.findings))
