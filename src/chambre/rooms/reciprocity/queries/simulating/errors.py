"""What cannot be done with economic models."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.core.errors import Conflict, Invalid


class ModelRefused(Invalid):
    """The words make no model; ``data["fields"]["text"]`` holds a line for each mistake.

    ``data["problems"]`` has line, column, field and message of each.
    """

    code = "reciprocity.model-refused"
    default_message = _("This model cannot be kept yet. Nothing of what you wrote is lost.")


class NotSimulated(Invalid):
    """What was asked cannot be computed: too many runs, a contract in another currency."""

    code = "reciprocity.not-simulated"


class VersionMoved(Conflict):
    """Somebody saved another version meanwhile."""

    code = "reciprocity.model-version-moved"
    default_message = _(
        "Somebody saved another version meanwhile. Compare it with yours, then save again."
    )


class NothingInBooks(Conflict):
    """No book that one may read says anything of the resource in a whole year."""

    code = "reciprocity.nothing-in-books"
    default_message = _(
        "The books that you may read say nothing of this resource in the last five whole years."
    )


class PutAway(Conflict):
    """The model was put away."""

    code = "reciprocity.model-put-away"
    default_message = _("This model was put away. Bring it back to change it.")
