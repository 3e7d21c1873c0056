"""Why a bank file was refused, with a stable code and words in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from chambre.lib.money import Money
from chambre.lib.refusal import Refusal


class BankFileRefused(Refusal):
    """The file is kept out, whole: nothing of it was read into anything.

    Amounts in ``data`` are :class:`~chambre.lib.money.Money`.
    """

    texts: ClassVar[Mapping[str, tuple[str, str]]] = {
        "bank-no-file": ("No file was given.", "Aucun fichier n’a été donné."),
        "bank-empty": ("“{name}” is empty.", "« {name} » est vide."),
        "bank-too-large": (
            "“{name}” would unpack to more than {limit} bytes. Ask the bank for shorter periods.",
            "« {name} » se déplierait en plus de {limit} octets. Demandez à la banque des "
            "périodes plus courtes.",
        ),
        "bank-ratio": (
            "“{name}” unpacks to more than {limit} times its size: this looks like an archive "
            "made to do harm. Give the statement itself, unpacked.",
            "« {name} » se déplie à plus de {limit} fois sa taille : cela ressemble à une archive "
            "faite pour nuire. Donnez le relevé lui-même, déplié.",
        ),
        "bank-nested": (
            "“{name}” holds another archive, “{member}”: give the statements themselves.",
            "« {name} » contient une autre archive, « {member} » : donnez les relevés eux-mêmes.",
        ),
        "bank-members": (
            "“{name}” holds {found} files; at most {limit} are read.",
            "« {name} » contient {found} fichiers ; {limit} au plus sont lus.",
        ),
        "bank-archive-broken": (
            "“{name}” is an archive that cannot be opened ({why}). Unpack it and give what is in it.",
            "« {name} » est une archive qui ne s’ouvre pas ({why}). Dépliez-la et donnez ce qu’elle "
            "contient.",
        ),
        "bank-encrypted": (
            "“{name}” is protected by a password. Give the statement without it.",
            "« {name} » est protégé par un mot de passe. Donnez le relevé sans protection.",
        ),
        "bank-format": (
            "“{name}” is no bank statement that is known here ({found}). Ask the bank for CAMT.053, "
            "OFX, MT940 or CSV.",
            "« {name} » n’est pas un relevé bancaire connu ici ({found}). Demandez à la banque du "
            "CAMT.053, de l’OFX, du MT940 ou du CSV.",
        ),
        "bank-mixed": (
            "“{name}” is {found} among files of {expected}. Give the files of one format at a time.",
            "« {name} » est du {found} parmi des fichiers {expected}. Donnez les fichiers d’un seul "
            "format à la fois.",
        ),
        "bank-xml": (
            "“{name}” is not well-formed XML: {why}. Download it again from the bank.",
            "« {name} » n’est pas du XML bien formé : {why}. Téléchargez-le de nouveau à la banque.",
        ),
        "bank-doctype": (
            "“{name}” declares a document type, which no bank statement does and an attack would. "
            "It was not read.",
            "« {name} » déclare un type de document, ce qu’aucun relevé ne fait et qu’une attaque "
            "ferait. Il n’a pas été lu.",
        ),
        "bank-truncated": (
            "“{name}” ends in the middle (after line {line}). Download it again from the bank.",
            "« {name} » s’arrête au milieu (après la ligne {line}). Téléchargez-le de nouveau à la "
            "banque.",
        ),
        "bank-value": (
            "“{name}”, {where}: {field} “{value}” cannot be read.",
            "« {name} », {where} : {field} « {value} » ne se lit pas.",
        ),
        "bank-missing": (
            "“{name}”, {where}: there is no {field}.",
            "« {name} », {where} : il n’y a pas de {field}.",
        ),
        "bank-entry-currency": (
            "“{name}”, {where}: the amount is in {found}, the account in {expected}, and the file "
            "does not say what it makes there.",
            "« {name} », {where} : le montant est en {found}, le compte en {expected}, et le fichier "
            "ne dit pas ce que cela y fait.",
        ),
        "bank-balance": (
            "The statement {number} of account {account} does not add up: opening {opening} + movements "
            "{movements} = {reached}, but its closing balance is {closing}: {difference} too much or "
            "too little. A row of {difference} is missing, "
            "or was changed. Download it again.",
            "Le relevé {number} du compte {account} ne tombe pas juste : ouverture {opening} + "
            "mouvements {movements} = {reached}, mais son solde de clôture est {closing} : {difference} "
            "de trop ou de moins. Une ligne de {difference} manque, ou "
            "a été modifiée. Téléchargez-le de nouveau.",
        ),
        "bank-balance-double": (
            "The statement {number} of account {account} does not add up: opening {opening} + movements "
            "{movements} = {reached}, but its closing balance is {closing}: {difference} too much or "
            "too little. Look at row {place} of {day}, which has "
            "just this amount: it may be there twice.",
            "Le relevé {number} du compte {account} ne tombe pas juste : ouverture {opening} + "
            "mouvements {movements} = {reached}, mais son solde de clôture est {closing} : {difference} "
            "de trop ou de moins. Regardez la ligne {place} du {day}, qui a "
            "justement ce montant : elle y est peut-être deux fois.",
        ),
        "bank-balance-sign": (
            "The statement {number} of account {account} does not add up: opening {opening} + movements "
            "{movements} = {reached}, but its closing balance is {closing}: {difference} too much or "
            "too little. Look at row {place} of {day}, of half "
            "this amount: its sign may be wrong.",
            "Le relevé {number} du compte {account} ne tombe pas juste : ouverture {opening} + "
            "mouvements {movements} = {reached}, mais son solde de clôture est {closing} : {difference} "
            "de trop ou de moins. Regardez la ligne {place} du {day}, de la "
            "moitié de ce montant : son signe est peut-être faux.",
        ),
        "bank-running": (
            "“{name}”, line {line}: the balance column says {stated}, the lines before and this "
            "one make {reached}. A line is missing, doubled or changed here.",
            "« {name} », ligne {line} : la colonne du solde dit {stated}, les lignes d’avant et "
            "celle-ci font {reached}. Une ligne manque ici, est en double ou a été modifiée.",
        ),
        "bank-mapping": (
            "“{name}” is a table: say which column is which before it can be read.",
            "« {name} » est un tableau : dites d’abord quelle colonne est laquelle.",
        ),
        "bank-mapping-column": (
            "“{name}” has no column “{column}”, which the mapping names. It has: {columns}.",
            "« {name} » n’a pas de colonne « {column} », que la correspondance nomme. Il a : {columns}.",
        ),
        "bank-lines": (
            "“{name}”: {count} lines cannot be read. First: {lines}",
            "« {name} » : {count} lignes ne se lisent pas. Les premières : {lines}",
        ),
        "bank-too-many": (
            "“{name}”, {where}: more than {limit} in one piece; this is no bank statement.",
            "« {name} », {where} : plus de {limit} d’un seul tenant ; ce n’est pas un relevé.",
        ),
    }

    def message(self, language: str = "en") -> str:
        """What a person reads, amounts written as their language does."""
        english, french = self.texts[self.code]
        facts = {
            name: value.format(language) if isinstance(value, Money) else value
            for name, value in self.data.items()
        }
        return (french if language.lower().startswith("fr") else english).format(**facts)
