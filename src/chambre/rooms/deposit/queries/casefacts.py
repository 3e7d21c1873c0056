"""A case as machines read it, over REST and at the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chambre.rooms.deposit.models import Case, CaseVoice


def latest_of(voices: Sequence[CaseVoice]) -> CaseVoice | None:
    """Of what was said of a case, in order: the proposal that stands; None: none does."""
    last = voices[-1] if voices else None
    return last if last is not None and last.kind == CaseVoice.Kind.PROPOSED else None


def case_facts(row: Case) -> dict[str, Any]:
    """What was seen, who said what, and the decision; amounts in cents."""
    decision = getattr(row, "decision", None)
    voices = sorted(row.voices.all(), key=lambda each: each.pk)
    stands = latest_of(voices) if decision is None else None
    return {
        "number": row.pk,
        "kind": row.kind,
        "code": row.code,
        "object": row.item.uri if row.item else "",
        "place": row.place.slug if row.place else "",
        "contract": str(row.contract.uid) if row.contract else None,
        "evidence": row.evidence,
        "at": row.at,
        "decision": decision.outcome if decision else "",
        "words": decision.words if decision else "",
        "proposal": stands.pk if stands else None,
        "voices": [_voice(each) for each in voices],
    }


def _voice(row: CaseVoice) -> dict[str, Any]:
    return {
        "number": row.pk, "kind": row.kind, "about": row.about_id, "by": row.user.email,
        "amount": row.amount, "means": row.channel, "words": row.words, "at": row.at,
    }  # fmt: skip
