"""The checks of order and coherence that the administration's program does not make, in words."""

from __future__ import annotations

from .rules_more import _BALANCE, _NAME, _SHAPE, _blocking, _w

_RENUMBER = (
    "La loi veut une séquence continue : demandez à votre éditeur de logiciel.",
    "The law wants a continuous sequence: ask the maker of your software.",
)

_SEQUENCE = (
    _w(
        "NUMBER_GAP",
        "Il manque des numéros d’écriture entre {before} et {value} ({scope}).",
        "Entry numbers are missing between {before} and {value} ({scope}).",
        _RENUMBER,
    ),
    _w(
        "NUMBER_BACKWARD",
        "Le numéro d’écriture {value} vient après {before} ({scope}).",
        "Entry number {value} comes after {before} ({scope}).",
        _RENUMBER,
    ),
    _w(
        "NUMBERS_ALL_SAME",
        "Toutes les lignes portent le numéro d’écriture « {value} » : les écritures sont "
        "regroupées par journal, date et pièce.",
        "Every line bears the entry number “{value}”: entries are put together by journal, "
        "day and piece.",
        _RENUMBER,
    ),
    _w(
        "NUMBERS_MISSING",
        "{found} lignes sont sans numéro d’écriture : elles sont regroupées par journal, date "
        "et pièce.",
        "{found} lines have no entry number: they are put together by journal, day and piece.",
        _RENUMBER,
    ),
    _w(
        "NUMBERS_RESTART",
        "Ligne {line}, ce numéro d’écriture a déjà servi à une autre pièce du même jour et du "
        "même journal (ligne {before}) : les numéros recommencent.",
        "Line {line}, this entry number already served another piece of the same day and journal "
        "(line {before}): numbers start again.",
        _RENUMBER,
    ),
    _w(
        "ENTRY_SCATTERED",
        "Ligne {line}, une écriture commencée à la ligne {before} reprend : ses lignes ne se "
        "suivent pas.",
        "Line {line}, an entry begun at line {before} goes on: its lines are not next to each "
        "other.",
    ),
    _w(
        "ENTRY_SEVERAL_DAYS",
        "Ligne {line}, l’écriture {value} du journal {journal} continue à une autre date.",
        "Line {line}, entry {value} of journal {journal} goes on at another date.",
    ),
    _w(
        "NOT_BY_VALIDATION",
        "Ligne {line}, ValidDate {day} vient après {before} : l’ordre chronologique de "
        "validation n’est pas suivi.",
        "Line {line}, ValidDate {day} comes after {before}: the chronological order of "
        "validation is not followed.",
    ),
    _w(
        "NOT_BY_DATE",
        "Ligne {line}, EcritureDate {day} vient après {before} dans le journal {journal}.",
        "Line {line}, EcritureDate {day} comes after {before} in journal {journal}.",
    ),
    _w(
        "OPENING_NOT_FIRST",
        "Ligne {line}, une écriture d’à-nouveau (journal {value}) ne vient pas en premier.",
        "Line {line}, an opening entry (journal {value}) does not come first.",
        (
            "La loi veut les à-nouveaux en tête, avec les premiers numéros.",
            "The law wants opening entries first, with the first numbers.",
        ),
    ),
)

_COHERENCE = (
    _blocking(
        "ENTRY_TOO_LARGE",
        "Une écriture aurait {found} lignes, plus de {limit} (première ligne : {line}).",
        "An entry would have {found} lines, more than {limit} (first line: {line}).",
    ),
    _w(
        "ACCOUNT_UNKNOWN",
        "Ligne {line}, le compte {value} n’est pas au plan comptable.",
        "Line {line}, account {value} is not in the chart of accounts.",
        (
            "Vérifiez le numéro ; s’il est juste, le compte est créé à l’import.",
            "Check the number; it is created on import if it is right.",
        ),
    ),
    _w(
        "ACCOUNT_LABELS",
        "Ligne {line}, le compte {value} change de libellé : « {before} » puis « {found} ».",
        "Line {line}, account {value} changes its label: “{before}” then “{found}”.",
    ),
    _w(
        "PIECE_FAR",
        "Ligne {line}, la pièce est datée du {day}, à {found} jours de l’écriture.",
        "Line {line}, the piece is dated {day}, {found} days away from the entry.",
    ),
    _w(
        "PIECE_AFTER_VALIDATION",
        "Ligne {line}, la pièce ({day}) est postérieure à la validation ({before}).",
        "Line {line}, the piece ({day}) is later than the validation ({before}).",
    ),
    _w(
        "VALIDATED_BEFORE_ENTRY",
        "Ligne {line}, ValidDate {day} est antérieure à l’écriture ({before}).",
        "Line {line}, ValidDate {day} is earlier than the entry ({before}).",
    ),
    _w(
        "DUPLICATE_LINE",
        "La ligne {line} répète la ligne {before}, à l’identique.",
        "Line {line} repeats line {before}, in every respect.",
        (
            "Vérifiez qu’elle n’a pas été saisie deux fois.",
            "Check that it was not typed in twice.",
        ),
    ),
    _w(
        "DUPLICATE_ENTRY",
        "L’écriture de la ligne {line} est la copie de celle de la ligne {before} : même "
        "journal, même date, même pièce, mêmes lignes.",
        "The entry at line {line} is a copy of the one at line {before}: same journal, same day, "
        "same piece, same lines.",
        (
            "Vérifiez qu’elle n’a pas été saisie deux fois.",
            "Check that it was not typed in twice.",
        ),
    ),
    _w(
        "OPENING_DIFFERS",
        "Compte {value} : à-nouveau {found}, clôture précédente {expected}.",
        "Account {value}: opening {found}, previous closing {expected}.",
        (
            "L’ouverture doit reprendre la clôture précédente au centime.",
            "The opening must take over the previous closing to the cent.",
        ),
    ),
)

FURTHER = (*_SHAPE, *_NAME, *_BALANCE, *_SEQUENCE, *_COHERENCE)
