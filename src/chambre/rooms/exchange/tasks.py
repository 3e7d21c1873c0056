"""What the room does in the background and by the clock."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chambre.core.jobs import Report, Run, job
from chambre.core.schedule import every
from chambre.registry import api as registry
from chambre.rooms.exchange.services import letters, settling
from chambre.rooms.exchange.services.market import letters as market_letters
from chambre.rooms.exchange.services.market import rounds


@every("exchange.follow", minutes=10)
def follow() -> None:
    """Settle what is ready; do what was agreed where a deadline has passed; ask for transfers."""
    settling.follow_all()
    settling.pay_owed()


@every("exchange.letters", minutes=1)
def send_letters() -> None:
    """Send the e-mails that wait."""
    letters.LETTERS.send_waiting()
    market_letters.LETTERS.send_waiting()


@every("exchange.remind", hours=6)
def remind() -> None:
    """Write to those of whom something is asked, shortly before a last day."""
    letters.remind()
    market_letters.remind()


@job("exchange.rings", title=_("Barter rings looked for"))
def look_for_rings(run: Run, *, longest: int) -> Report:
    """Look for rings on the home chamber's market, and propose each to its people."""
    made = rounds.find_rings(chamber=registry.home_chamber(), by=run.by, longest=longest)
    report = Report(facts={"rings": len(made)})
    for ring in made:
        report.did(" → ".join(gift.giver.name for gift in ring.gifts.select_related("giver")))
    words = ngettext(
        "%(count)d new ring was proposed.", "%(count)d new rings were proposed.", len(made)
    )
    report.summary = words % {"count": len(made)}
    return report


@every("exchange.rings", hours=6)
def propose_rings() -> None:
    """End the rings that nobody answered in time, and look for new ones."""
    rounds.lapse(by=rounds.SYSTEM)
    rounds.find_rings(chamber=registry.home_chamber(), by=rounds.SYSTEM)
