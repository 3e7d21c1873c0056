"""A decision waits for the voice of every member who has not spoken."""

from __future__ import annotations

import pytest

from chambre.core import clock
from chambre.core.ui.waiting import waiting_for
from chambre.rooms.credit.tests.test_deciding import DAY, propose, says

pytestmark = pytest.mark.django_db


def asked(village, who):
    return [(str(row.label), row.title, row.url, row.due) for row in waiting_for(village.by(who))]


def test_a_member_is_asked_until_they_have_spoken(village):
    with clock.pretend(DAY):
        decision = propose(village, floor=5_000)
        url = f"/credit/groupe/{village.chamber.slug}/CRD/"
        assert asked(village, "cora") == [("décision à répondre", "On essaie", url, decision.until)]
        assert asked(village, "ada") == []  # who proposed has spoken
        says(village, decision, "cora", yes=False)
        assert asked(village, "cora") == []
        says(village, decision, "basile")
        assert asked(village, "dune") == []  # two voices decided
