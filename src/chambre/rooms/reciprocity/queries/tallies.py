"""How the voices on a proposal stand, and what the contract's rule makes of them."""

from __future__ import annotations

from dataclasses import dataclass

from chambre.rooms.reciprocity.models import Amendment, AmendmentVoice, Elector

Choice = AmendmentVoice.Choice
Rule = Amendment.Rule


@dataclass(frozen=True, slots=True)
class Tally:
    """Voices on a proposal.

    Attributes:
        yes: Parties for it.
        no: Parties against it.
        abstain: Parties that leave it to the others.
        silent: Parties that have said nothing yet.
        accepted: What the rule makes of it, if these were all the voices.
        lines: Each elector with the last voice, or None.
    """

    yes: int
    no: int
    abstain: int
    silent: int
    accepted: bool
    lines: tuple[tuple[Elector, AmendmentVoice | None], ...]


def accepts(rule: str, *, yes: int, no: int, roll: int) -> bool:
    """What a rule makes of the voices.

    Consent: nobody objects (silence consents; so does leaving it to the others). Majority: more for than
    against. Two thirds: of those for or against, two thirds are for. Unanimity: everybody on the roll is
    for. Where nobody is for, only consent accepts.

    Args:
        rule: A :class:`Amendment.Rule` value.
        yes: Parties for it.
        no: Parties against it.
        roll: How many parties decide.
    """
    if rule == Rule.CONSENT:
        return no == 0
    if rule == Rule.UNANIMITY:
        return yes == roll
    if rule == Rule.TWO_THIRDS:
        return yes > 0 and 3 * yes >= 2 * (yes + no)
    return yes > no


def tally_of(amendment: Amendment) -> Tally:
    """The last voice of each elector, and the outcome."""
    electors = list(amendment.electors.select_related("agent"))
    last: dict[int, AmendmentVoice] = {}
    for voice in (
        AmendmentVoice.objects.filter(elector__in=electors).select_related("person").order_by("id")
    ):
        last[voice.elector_id] = voice
    said = [voice.choice for voice in last.values()]
    yes, no = said.count(Choice.YES), said.count(Choice.NO)
    return Tally(
        yes=yes, no=no, abstain=said.count(Choice.ABSTAIN), silent=len(electors) - len(last),
        accepted=accepts(amendment.rule, yes=yes, no=no, roll=len(electors)),
        lines=tuple((elector, last.get(elector.pk)) for elector in electors),
    )  # fmt: skip
