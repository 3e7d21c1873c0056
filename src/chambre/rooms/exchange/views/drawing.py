"""The picture of an exchange in the words of its reader."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from chambre.lib import exchange as lib
from chambre.lib.charts import ChartPair, draw_pair
from chambre.lib.exchange.picture import ExchangePicture
from chambre.rooms.exchange.models import Leg
from chambre.rooms.exchange.views.frame import language


def picture(said: lib.Exchange, prefix: str, legs: Iterable[Leg] = ()) -> ChartPair:
    """Who gives what to whom; whole lines for what is deposited or gone, dashed ones for what is promised."""
    states = {leg.name: str(leg.get_state_display()) for leg in legs}
    done = frozenset(leg.name for leg in legs if leg.state in ("deposited", "released"))
    return draw_pair(
        ExchangePicture(
            title=_("Who gives what to whom"),
            description=_("Arrows from who gives to who receives; dashed while it is only promised."),
            empty=_("Nobody gives anything yet."), exchange=said, language=language(),
            header=(_("No."), _("From"), _("To"), _("What"), _("Where it is")), states=states,
            done=done,
        ),
        prefix=prefix,
    )  # fmt: skip
