"""Contracts in plain French and English: amounts, anchors, both languages, typography."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.reciprocity import read
from chambre.lib.reciprocity import templates as shelf
from chambre.lib.reciprocity.readings import Reading, plain_reading
from chambre.lib.reciprocity.vocabulary import Words, typographic

NO_BREAK, NARROW = "\u00a0", "\u202f"


def reading(text: str, language: str = "fr") -> Reading:
    """The reading of a contract that is given as text."""
    return plain_reading(read('slug = "essai"\n' + text), language)


def paragraphs(text: str, anchor: str, language: str = "fr") -> tuple[str, ...]:
    """What one clause says, with plain spaces."""
    found = reading(text, language).clause(anchor).paragraphs
    return tuple(each.replace(NO_BREAK, " ").replace(NARROW, " ") for each in found)


def test_a_royalty_is_said_with_its_amount_in_both_languages() -> None:
    royalty = shelf.contract("redevance-diffusion")

    french = plain_reading(royalty, "fr").clause("counterpart-redevance")
    english = plain_reading(royalty, "en-GB").clause("counterpart-redevance")

    assert french.title == "Redevance contributive"
    assert french.paragraphs == (f"50,00{NO_BREAK}€ pour chaque diffusion.",)
    assert english.title == "Contributive royalty"
    assert english.paragraphs == ("€50.00 for each diffusion.",)


def test_rates_thresholds_floors_and_caps() -> None:
    text = """
[[class]]
name = "actifs"
label = { fr = "contributeurs", en = "contributors" }
all = [{ contributed = { at_least = "1.5", unit = "h", months = 12 } }]
[[counterpart]]
name = "part"
exempt = ["actifs"]
trigger = "margin"
rate = "2.5%"
above = 1000000
floor = 2000
cap = 250000
[[counterpart]]
name = "heures"
trigger = "use"
kind = "hours"
rate = "0.5"
[[counterpart]]
name = "tranches"
trigger = "sale"
steps = [{ above = 0, rate = "1%" }, { above = 50000, rate = "2%" }, { above = 90000, rate = 0 }]
"""
    assert paragraphs(text, "counterpart-part") == (
        "2,5 % de ce que ses ventes laissent, frais déduits, au-delà de 10 000,00 €.",
        "En sont dispensés : contributeurs.",
        "Au moins 20,00 € par an.",
        "Au plus 2 500,00 € par an.",
    )
    assert paragraphs(text, "counterpart-heures") == ("0,5 heure pour chaque usage.",)
    assert paragraphs(text, "counterpart-tranches") == (
        "1 % jusqu’à 500,00 €, 2 % de 500,00 € à 900,00 €, 0,00 € au-delà de 900,00 €, de ses ventes.",
    )
    assert paragraphs(text, "counterpart-part", "en")[0] == (
        "2.5% of sales less costs, beyond €10,000.00."
    )
    assert paragraphs(text, "class-actifs") == (
        "En fait partie qui a contribué pour au moins 1,5 heure dans les 12 derniers mois.",
    )


def test_every_answer_to_a_use_is_said() -> None:
    text = """
[[class]]
name = "actifs"
label = { fr = "contributeurs", en = "contributors" }
all = [{ contributed = {} }]
[[party]]
name = "coop"
label = "La Coop"
[[use]]
kinds = ["study", "internal"]
[[use]]
kinds = ["commercial"]
by = ["actifs", "coop"]
answer = "owes"
owes = ["heures"]
conditions = ["attribution", "own-words", "no-changes"]
note = { fr = "Chaque année", en = "Each year" }
[[use]]
kinds = ["derivative"]
by = ["actifs"]
answer = "ask"
[[use]]
kinds = ["non-commercial", "service"]
answer = "refused"
[[counterpart]]
name = "heures"
kind = "hours"
rate = 2
"""
    assert reading(text).clause("use-1").title == "Étude et usage pour soi"
    assert paragraphs(text, "use-1") == ("Pour tout le monde : c’est libre.",)
    assert paragraphs(text, "use-2") == (
        "Pour : contributeurs ou La Coop.",
        "C’est permis, contre ce qui est dû (heures), à condition de citer les auteurs et la "
        "source, de la laisser telle quelle et de respecter « own words ».",
        "Chaque année.",
    )
    assert paragraphs(text, "use-2", "en") == (
        "For: contributors or La Coop.",
        "It is allowed, against what is owed (heures), provided you name the authors and the "
        "source, leave it as it is and keep to “own words”.",
        "Each year.",
    )
    assert paragraphs(text, "use-3") == ("Pour : contributeurs.", "Il faut demander d’abord.")
    assert paragraphs(text, "use-4", "en") == ("For everybody: it is not allowed.",)


def test_every_kind_of_test_is_said() -> None:
    text = """
[[class]]
name = "voisins"
all = [{ territory = ["59*", "62000"] }, { size_at_most = 50 }, { member_months = 3 }]
any = [{ status = ["ess", "fablab"] }, { size_at_least = 2 }, { named = "ana" }]
none = [{ class = "loin" }]
[[class]]
name = "loin"
label = { fr = "loin d’ici", en = "far away" }
any = [{ used = {} }, { contributed = { at_least = "20", unit = "EUR" } }]
[[use]]
kinds = ["study"]
"""
    assert paragraphs(text, "class-voisins") == (
        "En fait partie qui est installé dans le territoire 59… ou 62000, compte au plus "
        "50 personnes et est membre depuis au moins 3 mois, et en plus est une structure de "
        "l’économie sociale et solidaire ou fablab, compte au moins 2 personnes ou est ana.",
        "N’en fait pas partie qui appartient à « loin d’ici ».",
    )
    assert paragraphs(text, "class-loin", "en") == (
        "Whoever has used it since the beginning or has contributed at least €20.00 since the "
        "beginning belongs to it.",
    )


@pytest.mark.parametrize(
    ("words", "french", "english"),
    [
        (
            'how = "fixed"\nto = { ana = 60, bo = 40 }\nshare = "50%"\ncap = 25000000',
            ["50 % de ce qui reste va à : ana (60 %) et bo (40 %).",
             "En tout, au plus 250 000,00 €, ce qui a déjà été versé compris."],
            ["50% of what is left goes to: ana (60%) and bo (40%).",
             "Over all, at most €250,000.00, with what was paid before."],
        ),
        (
            'how = "fund"\nto = "caisse"\nof = "income"\nshare = "1/3"\ntarget = 70000',
            ["1/3 des recettes vont au fonds « caisse », jusqu’à ce qu’il contienne 700,00 €."],
            ["1/3 of income goes to the fund “caisse”, until it holds €700.00."],
        ),
        (
            'how = "contribution"\nmonths = 12\nlasting = "until-paid"\n'
            'count = [{ unit = "h", rate = 2500 }, { unit = "EUR" }]',
            ["Tout ce qui reste se partage selon les heures données (25,00 € pour chaque heure) et "
             "les sommes apportées (EUR) dans les 12 derniers mois.",
             "Ce qui n’est pas versé reste dû jusqu’à ce qu’il le soit."],
            ["All that is left is shared by the hours given (€25.00 for each hour) and the sums put "
             "in (EUR) in the last 12 months.", "What is not paid stays due until it is."],
        ),
        (
            'how = "equal"\nto = ["ana", "bo"]\neach_at_most = 10000\nsmallest = 100',
            ["Tout ce qui reste se partage à parts égales, entre : ana et bo.",
             "Chacun, au plus 100,00 € par an.", "Rien de moins de 1,00 € n’est versé."],
            ["All that is left is shared in equal parts, among: ana and bo.",
             "Each at most €100.00 a year.", "Nothing below €1.00 is paid."],
        ),
        (
            'how = "declared"\namounts = { ana = 50000 }\nover = "level"\nat_most = 90000',
            ["Tout ce qui reste se partage selon ce que chacun a déclaré prendre.",
             "Au plus 900,00 € par an.",
             "S’il n’y a pas assez, un même plafond vaut pour tout le monde : les petites demandes "
             "sont servies en entier.", "Montants convenus : ana 500,00 €."],
            ["All that is left is shared by what each declared to take.", "At most €900.00 a year.",
             "If there is not enough, one ceiling holds for everybody: small requests are met in "
             "full.", "Agreed amounts: ana €500.00."],
        ),
        (
            'how = "claims"\ncount = [{ unit = "bouteille", rate = 2 }]\nat_least = 100',
            ["Tout ce qui reste paie ce qui est dû : 0,02 € pour chaque bouteille (contribution).",
             "Au moins 1,00 € par an, tant qu’il y a de quoi.",
             "Ce qui n’est pas versé reste dû jusqu’à ce qu’il le soit."],
            ["All that is left pays what is due: €0.02 for each bottle (contribution).",
             "At least €1.00 a year, as far as there is enough.",
             "What is not paid stays due until it is."],
        ),
        (
            'how = "upstream"\nto = { semence = 1, sol = 3 }',
            ["Tout ce qui reste remonte aux ressources dont celle-ci dépend : semence (25 %) et sol "
             "(75 %)."],
            ["All that is left goes up to the resources that this one rests on: semence (25%) and "
             "sol (75%)."],
        ),
        (
            'how = "keep"\nof = "income"',
            ["Toutes les recettes demeurent à la ressource."],
            ["All income stays with the resource."],
        ),
        (
            'how = "costs"\nto = ["ana"]\nlasting = "once"',
            ["Tout ce qui reste rembourse les frais avancés, entre : ana.",
             "Ce qui n’est pas versé pour cette période ne l’est pas plus tard."],
            ["All that is left pays back the costs that were advanced, among: ana.",
             "What is not paid for this period is not paid later."],
        ),
        (
            'how = "need"\nnote = "À relire chaque année"',
            ["Tout ce qui reste se partage selon les besoins dits.", "À relire chaque année."],
            ["All that is left is shared by the needs that were told.", "À relire chaque année."],
        ),
    ],
)  # fmt: skip
def test_every_method_of_a_step(words: str, french: list[str], english: list[str]) -> None:
    text = f'[[step]]\nname = "etape"\n{words}\n'

    assert list(paragraphs(text, "step-etape")) == french
    assert list(paragraphs(text, "step-etape", "en")) == english


def test_the_life_of_a_contract_is_said() -> None:
    text = """
[[step]]
name = "reste"
how = "keep"
[[party]]
name = "coop"
label = "La Coop"
status = ["worker-coop"]
size = 12
territory = "59350"
since = 2024-01-31
evidence = "statuts"
[term]
since = 2025-01-01
until = 2027-12-31
review = 2026-06-30
[change]
by = "two-thirds"
[breach]
delay_days = 0
suspension_days = 30
then = "mediation"
[mediator]
name = "Le médiateur"
contact = "mediateur@valmere.test"
[survives]
clauses = ["reste"]
[lineage]
from = "vierge"
changed = ["step.reste"]
"""
    assert paragraphs(text, "term") == (
        "Il vaut à partir du 01/01/2025.",
        "Il prend fin le 31/12/2027.",
        "Il est relu au plus tard le 30/06/2026.",
    )
    assert paragraphs(text, "breach", "en") == (
        "A breach counts as soon as it is found.",
        "After that, their rights are suspended for 30 days.",
        "Then comes mediation.",
    )
    assert paragraphs(text, "mediator") == (
        "Avant tout juge, on s’adresse à : Le médiateur, mediateur@valmere.test.",
    )
    assert paragraphs(text, "survives") == ("Demeurent : reste.",)
    assert paragraphs(text, "change") == ("Le contrat change aux deux tiers.",)
    assert paragraphs(text, "lineage", "en") == (
        "Copied from “vierge”.",
        "Changed since: step.reste.",
    )
    assert paragraphs(text, "party-coop")[0] == (
        "Ce que l’on en sait : une coopérative ou un collectif qui appartient à ses travailleurs, "
        "12 personnes, territoire 59350, membre depuis le 31/01/2024."
    )


@pytest.mark.parametrize("slug", shelf.slugs())
def test_every_template_reads_alike_in_both_languages(slug: str) -> None:
    contract = shelf.contract(slug)
    french, english = plain_reading(contract, "fr"), plain_reading(contract, "en")

    anchors = [clause.anchor for clause in french.clauses()]
    assert anchors == [clause.anchor for clause in english.clauses()]
    assert len(anchors) == len(set(anchors))
    assert all(re.fullmatch("[a-z0-9-]+", anchor) for anchor in anchors)
    for each in (french, english):
        for clause in each.clauses():
            assert clause.title
            assert clause.paragraphs
            assert all(text == text.strip() and text[-1] in ".!?…" for text in clause.paragraphs)
    named = {f"step-{step.name}" for step in contract.steps}
    assert named <= set(anchors)
    assert {f"counterpart-{each.name}" for each in contract.counterparts} <= set(anchors)


@pytest.mark.parametrize("slug", shelf.slugs())
def test_french_has_its_spaces(slug: str) -> None:
    text = plain_reading(shelf.contract(slug), "fr").plain()

    assert not re.search(r" [;:!?»%€]", text)
    assert not re.search(r"«(?!\u00a0)", text)
    assert "'" not in text


def test_spaces_of_french_typography() -> None:
    assert typographic("Oui : « 50 % » ; c'est 1 200 € !") == (
        f"Oui{NO_BREAK}: «{NO_BREAK}50{NO_BREAK}%{NO_BREAK}»{NO_BREAK}; "
        f"c’est 1{NARROW}200{NO_BREAK}€{NO_BREAK}!"
    )
    assert typographic("https://valmere.test") == "https://valmere.test"


@given(st.text(alphabet="a «»:;!?%€'\u00a0\u202f0123", max_size=40))
def test_typography_twice_is_the_same_as_once(text: str) -> None:
    assert typographic(typographic(text)) == typographic(text)


def test_quantities_have_their_plural() -> None:
    french = Words(read('slug = "a"\n[[step]]\nname = "b"\nhow = "keep"\n'), "fr")
    english = Words(french.contract, "en")

    assert french.quantity(Fraction(3, 2), "h") == f"1,5{NO_BREAK}heure"
    assert english.quantity(Fraction(3, 2), "h") == f"1.5{NO_BREAK}hours"
    assert french.quantity(2, "mois") == f"2{NO_BREAK}mois"
    assert french.quantity(1500, "kg") == f"1{NARROW}500{NO_BREAK}kg"
    assert english.quantity(0, "sachet") == f"0{NO_BREAK}packets"
    assert french.share(Fraction(7, 13)) == "7/13"
    assert french.money(Fraction(5, 2)) == f"0,025{NO_BREAK}€"
