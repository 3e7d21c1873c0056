"""What is refused before it reaches a bank, in both languages."""

from __future__ import annotations

from typing import ClassVar

from chambre.lib.refusal import Refusal


class SepaRefusal(Refusal):
    """A payment, a reference or an account number that a bank would send back."""

    texts: ClassVar = {
        "rf-seed": (
            "“{seed}” cannot become a reference: it needs 1 to 21 letters without accent or digits.",
            "« {seed} » ne peut pas devenir une référence : il faut 1 à 21 lettres sans accent ou "
            "chiffres.",
        ),
        "rf-wrong": (
            "“{text}” is not a creditor reference: its check digits do not fit. "
            "Compare it character by character with the document that it comes from.",
            "« {text} » n’est pas une référence de créancier : sa clé de contrôle ne convient pas. "
            "Comparez-la caractère par caractère avec le document d’où elle vient.",
        ),
        "iban-wrong": (
            "“{text}” is not an IBAN: a character is missing, too many or wrong.",
            "« {text} » n’est pas un IBAN : il y manque un caractère, il y en a un de trop ou un "
            "est faux.",
        ),
        "iban-outside": (
            "The account {iban} is in {country}, where SEPA payments do not go.",
            "Le compte {iban} est dans le pays {country}, où les paiements SEPA ne vont pas.",
        ),
        "bic-wrong": (
            "“{text}” is not a BIC: it has 8 or 11 characters, such as AGRIFRPP.",
            "« {text} » n’est pas un BIC : il a 8 ou 11 caractères, comme AGRIFRPP.",
        ),
        "bic-missing": (
            "An account in {country} needs the BIC of its bank as well.",
            "Un compte dans le pays {country} demande aussi le BIC de sa banque.",
        ),
        "creditor-id-wrong": (
            "“{text}” is not a SEPA creditor identifier (ICS), such as FR72ZZZ123456.",
            "« {text} » n’est pas un identifiant créancier SEPA (ICS), comme FR72ZZZ123456.",
        ),
        "amount-range": (
            "An amount is from 0.01 to 999,999,999.99 euros; this one is {amount} cents.",
            "Un montant va de 0,01 à 999 999 999,99 euros ; celui-ci est de {amount} centimes.",
        ),
        "name-missing": (
            "The name of the account’s holder is missing, or has no letter that a bank can read.",
            "Le nom du titulaire du compte manque, ou n’a aucune lettre qu’une banque sache lire.",
        ),
        "text-too-long": (
            "“{text}” is too long: at most {limit} characters.",
            "« {text} » est trop long : {limit} caractères au plus.",
        ),
        "line-break": (
            "“{text}” may not hold a line break.",
            "« {text} » ne peut pas contenir de retour à la ligne.",
        ),
        "two-remittances": (
            "A payment carries a reference or a text, not both.",
            "Un paiement porte une référence ou un texte, pas les deux.",
        ),
        "purpose-wrong": (
            "“{text}” is not a purpose code: it has 1 to 4 letters or digits, such as GDDS.",
            "« {text} » n’est pas un code motif : il a 1 à 4 lettres ou chiffres, comme GDDS.",
        ),
        "qr-too-big": (
            "This is too much for a payment QR code: {size} bytes, at most 331. Shorten the text.",
            "C’est trop pour un QR code de paiement : {size} octets, 331 au plus. "
            "Raccourcissez le texte.",
        ),
        "qr-wrong": (
            "This is not a payment QR code of the European Payments Council.",
            "Ce n’est pas un QR code de paiement du Conseil européen des paiements.",
        ),
        "id-wrong": (
            "“{text}” cannot identify a payment: 1 to 35 characters that every bank reads, "
            "without “/” at an end and without “//”.",
            "« {text} » ne peut pas identifier un paiement : 1 à 35 caractères que toute banque "
            "lit, sans « / » à un bout et sans « // ».",
        ),
        "id-twice": (
            "Two payments of one file have the same identifier “{text}”.",
            "Deux paiements d’un même fichier ont le même identifiant « {text} ».",
        ),
        "file-empty": (
            "A file without a payment is not made.",
            "Un fichier sans paiement ne se fait pas.",
        ),
        "file-invalid": (
            "The file does not follow {schema}: {reason}",
            "Le fichier ne suit pas {schema} : {reason}",
        ),
        "file-sums": (
            "The file says {said} and holds {held}.",
            "Le fichier annonce {said} et contient {held}.",
        ),
        "address-short": (
            "An address needs at least the town and the country: banks refuse the rest from "
            "November 2026 on.",
            "Une adresse a au moins la ville et le pays : sans eux les banques la refusent à partir "
            "de novembre 2026.",
        ),
        "country-wrong": (
            "“{text}” is not a country’s code of two letters, such as FR.",
            "« {text} » n’est pas le code d’un pays en deux lettres, comme FR.",
        ),
        "mandate-late": (
            "The mandate {mandate} was signed on {signed}, after the day of the collection {day}.",
            "Le mandat {mandate} a été signé le {signed}, après le jour du prélèvement {day}.",
        ),
        "day-closed": (
            "On {day} the banks are closed between them; the next open day is {next}.",
            "Le {day}, les banques sont fermées entre elles ; le prochain jour ouvert est le "
            "{next}.",
        ),
    }
