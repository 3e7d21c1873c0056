"""What ``chambre doctor`` looks at in the register."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db.models import F, Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chambre.core.doctor import Finding, bad, check, good, warning
from chambre.registry.held import roles_on, today
from chambre.registry.models import Agent, AgentRevision, Resource, ResourceRevision, Role


@check("registry.administrator", gettext_lazy("Administration of the chamber"))
def administrator() -> Finding:
    """Somebody who can sign in looks after the chamber."""
    home = Agent.objects.filter(is_home=True).first()
    if home is None:
        return warning(_("There is no chamber yet."), _("Make it with: chambre init"))
    held = roles_on(today(), place=home, kind=Role.Kind.ADMINISTRATOR)
    count = held.filter(agent__user__is_active=True).count()
    if not count:
        return warning(
            _("Nobody administers the chamber: only the command line can give roles."),
            _("Name somebody with: chambre role grant EMAIL administrator"),
        )
    text = ngettext(
        "%(count)d person administers the chamber.",
        "%(count)d people administer the chamber.",
        count,
    )
    return good(text % {"count": count}, administrators=count)


@check("registry.versions", gettext_lazy("Versions of the records"))
def versions() -> Finding:
    """Each version still has its digest, and each record its newest version."""
    wrong: list[str] = []
    count = 0
    kinds: list[tuple[Any, Any, str]] = [
        (Resource, ResourceRevision, "resource"),
        (Agent, AgentRevision, "agent"),
    ]
    for model, revisions, name in kinds:
        rows = revisions.objects.order_by("pk").values_list(
            f"{name}__slug", "number", "record", "digest"
        )
        for slug, number, record, digest in rows.iterator(chunk_size=500):
            count += 1
            if hashlib.sha256(record.encode()).hexdigest() != digest:
                wrong.append(f"{slug} v{number}")
        newest = model.objects.annotate(newest=Max("revisions__number"))
        behind = newest.exclude(newest=F("version")).values_list("slug", "version")
        wrong += [f"{slug} v{version}" for slug, version in behind]
    if wrong:
        return bad(
            _("These versions are not as they were written: %(which)s.")
            % {"which": ", ".join(wrong[:10])},
            _("Restore a backup, and find out who wrote to the database."),
            wrong=wrong[:100],
        )
    text = ngettext(
        "%(count)d version is as it was written.", "%(count)d versions are as they were written.",
        count,
    )  # fmt: skip
    return good(text % {"count": count}, versions=count)
