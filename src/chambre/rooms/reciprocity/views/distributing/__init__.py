"""Pages of distributions, below ``/contrats/SLUG/repartitions/``."""

from chambre.rooms.reciprocity.views.distributing.acting import ACTING
from chambre.rooms.reciprocity.views.distributing.proposing import PROPOSING
from chambre.rooms.reciprocity.views.distributing.showing import SHOWING
from chambre.rooms.reciprocity.views.distributing.sources import SOURCES

DISTRIBUTING = [*PROPOSING, *SOURCES, *ACTING, *SHOWING]
