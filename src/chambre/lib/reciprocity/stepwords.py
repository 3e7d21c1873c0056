"""What each step of the waterfall says, as sentences in one language."""

from __future__ import annotations

from chambre.lib.reciprocity.model import (
    Count,
    Step,
)
from chambre.lib.reciprocity.sentences import is_plural, receivers, step_base
from chambre.lib.reciprocity.vocabulary import Words, sentence

_OVER = {
    "pro-rata": (
        "S’il n’y a pas assez, tout le monde reçoit la même proportion de ce qui a été dit",
        "If there is not enough, everybody gets the same proportion of what was said",
    ),
    "level": (
        "S’il n’y a pas assez, un même plafond vaut pour tout le monde : les petites demandes "
        "sont servies en entier",
        "If there is not enough, one ceiling holds for everybody: small requests are met in full",
    ),
    "hold": (
        "S’il n’y a pas assez, rien n’est versé avant que l’on se soit mis d’accord",
        "If there is not enough, nothing is paid before people have agreed",
    ),
}
_COUNTED = {
    "contribution": ("contribution", "contribution"),
    "use": ("usage", "use"),
    "cost": ("dépense", "spending"),
    "sale": ("vente", "sale"),
}
_LASTING = {
    "once": (
        "Ce qui n’est pas versé pour cette période ne l’est pas plus tard",
        "What is not paid for this period is not paid later",
    ),
    "until-paid": (
        "Ce qui n’est pas versé reste dû jusqu’à ce qu’il le soit",
        "What is not paid stays due until it is",
    ),
    "forever": (
        "Ce qui a été apporté compte pour toujours, déjà payé ou non",
        "What was given counts for ever, paid or not",
    ),
}


def step_sentences(step: Step, words: Words) -> list[str]:
    """What a step takes, how it is shared, and its limits."""
    base = step_base(step, words)
    found = [f"{base[0].upper()}{base[1:]} {_sharing(step, words)}"]
    found += _limits(step, words)
    if step.how in ("contribution", "costs", "claims") and step.lasting:
        found.append(words.say(*_LASTING[step.lasting]))
    if step.how == "declared":
        found.append(words.say(*_OVER[step.over]))
    if step.amounts and step.how in ("need", "declared", "claims"):
        listed = words.join(
            [f"{words.name(share.name)} {words.money(share.weight)}" for share in step.amounts]
        )
        found.append(words.say(f"Montants convenus : {listed}", f"Agreed amounts: {listed}"))
    if note := words.text(step.note):
        found.append(note)
    return [sentence(text) for text in found]


def _verb(step: Step, words: Words, one: str, several: str, english: str) -> str:
    """A verb that agrees with the amount of the step."""
    return words.say(several if is_plural(step, words) else one, english)


def _sharing(step: Step, words: Words) -> str:
    """What happens with it, after its amount as the subject."""
    to = receivers(step.to, words)
    say = words.say
    if step.how in ("fixed", "fund", "upstream", "keep"):
        return _going(step, to, words)
    among = say(f", entre : {to}", f", among: {to}") if to else ""
    if step.how == "costs":
        verb = _verb(step, words, "rembourse", "remboursent", "pays back")
        return verb + say(" les frais avancés", " the costs that were advanced") + among
    if step.how == "claims":
        verb = _verb(step, words, "paie", "paient", "pays")
        return verb + say(" ce qui est dû", " what is due") + _claims(step, words) + among
    shared = _verb(step, words, "se partage", "se partagent", "is shared")
    when = words.months(step.months)
    if step.how == "contribution":
        counts = _counts(step.count, words)
        return shared + say(f" selon {counts} {when}", f" by {counts} {when}") + among
    if step.how == "equal":
        everyone = say(
            f", entre celles et ceux qui ont pris part {when}",
            f", among those who took part {when}",
        )
        return shared + say(" à parts égales", " in equal parts") + (among or everyone)
    if step.how == "need":
        return shared + say(" selon les besoins dits", " by the needs that were told") + among
    declared = say(" selon ce que chacun a déclaré prendre", " by what each declared to take")
    return shared + declared + among


def _going(step: Step, to: str, words: Words) -> str:
    """For the methods that share by no contribution."""
    say = words.say
    if step.how == "keep":
        return _verb(step, words, "demeure", "demeurent", "stays") + say(
            " à la ressource", " with the resource"
        )
    if step.how == "upstream":
        verb = _verb(step, words, "remonte", "remontent", "goes up")
        return verb + say(
            f" aux ressources dont celle-ci dépend : {to}",
            f" to the resources that this one rests on: {to}",
        )
    verb = _verb(step, words, "va", "vont", "goes")
    if step.how == "fixed":
        return verb + say(f" à : {to}", f" to: {to}")
    if step.target is None:
        return verb + say(f" au fonds « {to} »", f" to the fund “{to}”")
    target = words.money(step.target)
    return verb + say(
        f" au fonds « {to} », jusqu’à ce qu’il contienne {target}",
        f" to the fund “{to}”, until it holds {target}",
    )


def _claims(step: Step, words: Words) -> str:
    if not step.count:
        return ""
    priced = words.join([_priced(count, words) for count in step.count])
    return words.say(f" : {priced}", f": {priced}")


def _priced(count: Count, words: Words) -> str:
    """What one of the counted is worth."""
    if count.unit == words.contract.unit:
        return _thing(count, words)
    amount = words.money(count.rate)
    unit = words.unit(count.unit)
    kind = words.say(*_COUNTED[count.kind])
    return words.say(f"{amount} pour chaque {unit} ({kind})", f"{amount} for each {unit} ({kind})")


def _thing(count: Count, words: Words) -> str:
    """What is counted: ``les heures données``."""
    money = count.unit == words.contract.unit
    unit = count.unit if money else words.unit(count.unit, 2)
    if count.unit == "h" and count.kind == "contribution":
        return words.say("les heures données", "the hours given")
    if money:
        return words.say(
            *{
                "contribution": (f"les sommes apportées ({unit})", f"the sums put in ({unit})"),
                "use": (f"l’usage (en {unit})", f"use (in {unit})"),
                "cost": (f"les frais avancés ({unit})", f"the costs advanced ({unit})"),
                "sale": (f"les ventes ({unit})", f"the sales ({unit})"),
            }[count.kind]
        )
    return words.say(
        *{
            "contribution": (f"ce qui a été apporté (en {unit})", f"what was given (in {unit})"),
            "use": (f"l’usage (en {unit})", f"use (in {unit})"),
            "cost": (f"les dépenses (en {unit})", f"spending (in {unit})"),
            "sale": (f"les ventes (en {unit})", f"sales (in {unit})"),
        }[count.kind]
    )


def _counts(counts: tuple[Count, ...], words: Words) -> str:
    """All that is counted; with its price where several things are weighed together."""
    if len(counts) == 1:
        return _thing(counts[0], words)
    listed = []
    for count in counts:
        thing = _thing(count, words)
        if count.unit != words.contract.unit:
            worth = words.money(count.rate)
            unit = words.unit(count.unit)
            thing += words.say(f" ({worth} pour chaque {unit})", f" ({worth} for each {unit})")
        listed.append(thing)
    return words.join(listed)


def _limits(step: Step, words: Words) -> list[str]:
    """Floors, ceilings and caps of a step."""
    found = []
    every = words.every()
    if step.at_most is not None:
        most = words.money(step.at_most)
        found.append(words.say(f"Au plus {most} {every}", f"At most {most} {every}"))
    if step.at_least is not None:
        least = words.money(step.at_least)
        found.append(
            words.say(
                f"Au moins {least} {every}, tant qu’il y a de quoi",
                f"At least {least} {every}, as far as there is enough",
            )
        )
    if step.cap is not None:
        cap = words.money(step.cap)
        found.append(
            words.say(
                f"En tout, au plus {cap}, ce qui a déjà été versé compris",
                f"Over all, at most {cap}, with what was paid before",
            )
        )
    if step.each_at_most is not None:
        most = words.money(step.each_at_most)
        found.append(words.say(f"Chacun, au plus {most} {every}", f"Each at most {most} {every}"))
    if step.each_caps:
        listed = words.join(
            [f"{words.name(share.name)} {words.money(share.weight)}" for share in step.each_caps]
        )
        found.append(words.say(f"Au plus {every} : {listed}", f"At most {every}: {listed}"))
    if step.smallest is not None:
        least = words.money(step.smallest)
        found.append(
            words.say(f"Rien de moins de {least} n’est versé", f"Nothing below {least} is paid")
        )
    return found
