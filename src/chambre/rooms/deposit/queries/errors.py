"""What the deposit room refuses, each with its code."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.core.errors import Conflict, Invalid, NotFound


class NoScheme(NotFound):
    """There is no scheme of that short name."""

    code = "deposit.no-scheme"


class NoPlace(NotFound):
    """There is no place of that short name."""

    code = "deposit.no-place"


class NoType(NotFound):
    """There is no type of that short name."""

    code = "deposit.no-type"


class NoObject(NotFound):
    """No object has that code."""

    code = "deposit.no-object"


class NoTariff(Conflict):
    """Nothing says yet what a deposit is."""

    code = "deposit.no-tariff"
    default_message = _("No deposit is decided yet for this type on this day.")


class NoMeans(Conflict):
    """Money cannot go or come this way; nothing was done."""

    code = "deposit.no-means"


class NotNow(Conflict):
    """The object does not stand where this can happen to it."""

    code = "deposit.not-now"


class NameTaken(Invalid):
    """Another one has this short name."""

    code = "deposit.name-taken"
