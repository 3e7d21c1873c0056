"""Pages of the market, below ``/echanges/marche/``."""

from chambre.rooms.exchange.views.market.listing import LISTING
from chambre.rooms.exchange.views.market.posting import POSTING
from chambre.rooms.exchange.views.market.rings import RINGS
from chambre.rooms.exchange.views.market.talking import TALKING

MARKET = [*LISTING, *RINGS, *TALKING, *POSTING]
