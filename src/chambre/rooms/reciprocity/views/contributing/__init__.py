"""Pages of contributions below ``/contributions/``, of budgets below ``/budgets-contributifs/``."""

from chambre.rooms.reciprocity.views.contributing.budgets import BUDGETS
from chambre.rooms.reciprocity.views.contributing.circle import CIRCLE
from chambre.rooms.reciprocity.views.contributing.overruns import OVERRUNS
from chambre.rooms.reciprocity.views.contributing.recording import RECORDING
from chambre.rooms.reciprocity.views.contributing.showing import SHOWING
from chambre.rooms.reciprocity.views.contributing.statements import STATEMENTS

CONTRIBUTING = [*RECORDING, *STATEMENTS, *CIRCLE, *SHOWING, *BUDGETS, *OVERRUNS]
