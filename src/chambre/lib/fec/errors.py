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
            "The file changed while it was being read.",
            "Le fichier a changé pendant sa lecture.",
        ),
    }


class SourceRefused(FecRefusal):
    """What was given is not a file that can be read at all: archive, size, form."""

    texts: ClassVar[Mapping[str, tuple[str, str]]] = {
        "fec-no-file": ("No file was given.", "Aucun fichier n'a été donné."),
        "fec-too-large": (
            "“{name}” would unpack to more than {limit} bytes.",
            "« {name} » se déplierait en plus de {limit} octets.",
        ),
        "fec-ratio": (
            "“{name}” unpacks to more than {limit} times its size: this looks like an archive "
            "made to do harm.",
            "« {name} » se déplie à plus de {limit} fois sa taille : cela ressemble à une archive "
            "faite pour nuire.",
        ),
        "fec-nested": (
            "“{name}” holds another archive, “{member}”: give the file itself.",
            "« {name} » contient une autre archive, « {member} » : donnez le fichier lui-même.",
        ),
        "fec-members": (
            "“{name}” holds {found} files; at most {limit} are read.",
            "« {name} » contient {found} fichiers ; {limit} au plus sont lus.",
        ),
        "fec-no-member": (
            "“{name}” holds no FEC.",
            "« {name} » ne contient aucun FEC.",
        ),
        "fec-several": (
            "Several different files were given as one: {names}.",
            "Plusieurs fichiers différents ont été donnés pour un seul : {names}.",
        ),
        "fec-part-missing": (
            "Part {missing} is missing among: {names}.",
            "La partie {missing} manque parmi : {names}.",
        ),
        "fec-encrypted": (
            "“{name}” is protected by a password.",
            "« {name} » est protégé par un mot de passe.",
        ),
        "fec-archive-broken": (
            "“{name}” cannot be unpacked: {why}.",
            "« {name} » ne peut pas être déplié : {why}.",
        ),
        "fec-line-too-long": (
            "“{name}” has a line of more than {limit} bytes: it is not a FEC.",
            "« {name} » a une ligne de plus de {limit} octets : ce n'est pas un FEC.",
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
            "The file cannot be imported: {total} errors. The first one: {first_en}",
            "Le fichier ne peut pas être importé : {total} erreurs. La première : {first_fr}",
        ),
    }

    def __init__(self, findings: Iterable[Finding], counts: Mapping[str, int]) -> None:
        self.findings = list(findings)
        self.counts = Counter(counts)
        first = self.findings[0]
        super().__init__(
            "fec-refused",
            total=sum(self.counts.values()),
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
            "The file does not balance: debit {debit_en}, credit {credit_en}, difference {gap_en}.",
            "Le fichier n'est pas équilibré : débit {debit_fr}, crédit {credit_fr}, "
            "écart {gap_fr}.",
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
