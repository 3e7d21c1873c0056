"""Pages of economic models, below ``/modeles-economiques/``."""

from chambre.rooms.reciprocity.views.simulating.beginning import BEGINNING
from chambre.rooms.reciprocity.views.simulating.editing import EDITING
from chambre.rooms.reciprocity.views.simulating.files import FILES
from chambre.rooms.reciprocity.views.simulating.listing import LISTING
from chambre.rooms.reciprocity.views.simulating.sharing import SHARING
from chambre.rooms.reciprocity.views.simulating.showing import SHOWING

SIMULATING = [*LISTING, *BEGINNING, *SHARING, *EDITING, *FILES, *SHOWING]
