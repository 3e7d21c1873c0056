"""Pages of those who keep a shop, below ``/boutiques/``."""

from chambre.rooms.shop.views.keeping.advances import ADVANCES
from chambre.rooms.shop.views.keeping.customers import CUSTOMERS
from chambre.rooms.shop.views.keeping.cycles import CYCLES
from chambre.rooms.shop.views.keeping.ending import ENDING
from chambre.rooms.shop.views.keeping.figures import FIGURES
from chambre.rooms.shop.views.keeping.handing import HANDING
from chambre.rooms.shop.views.keeping.home import HOME
from chambre.rooms.shop.views.keeping.offline import OFFLINE
from chambre.rooms.shop.views.keeping.preparing import PREPARING
from chambre.rooms.shop.views.keeping.producers import PRODUCERS
from chambre.rooms.shop.views.keeping.products import PRODUCTS
from chambre.rooms.shop.views.keeping.rounds import ROUNDS
from chambre.rooms.shop.views.keeping.settings import SETTINGS
from chambre.rooms.shop.views.keeping.shelves import SHELVES
from chambre.rooms.shop.views.keeping.stall import STALL
from chambre.rooms.shop.views.keeping.stocks import STOCKS
from chambre.rooms.shop.views.keeping.weighing import WEIGHING

KEEPING = [
    *HOME, *PREPARING, *WEIGHING, *HANDING, *OFFLINE, *STALL, *ENDING, *CYCLES, *ROUNDS, *SHELVES,
    *PRODUCTS, *STOCKS, *PRODUCERS, *SETTINGS, *CUSTOMERS, *FIGURES, *ADVANCES,
]  # fmt: skip
