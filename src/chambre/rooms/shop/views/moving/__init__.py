"""A shop for other platforms, and the pages on which it moves in and out."""

from chambre.rooms.shop.views.moving.coming import COMING
from chambre.rooms.shop.views.moving.linked import LINKED
from chambre.rooms.shop.views.moving.visiting import VISITING

MOVING = [*LINKED, *VISITING, *COMING]
