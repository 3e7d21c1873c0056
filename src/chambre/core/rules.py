"""Who may see and stop background work, read files, choose letters, and look after the machine."""

from __future__ import annotations

from typing import Any

import rules

from chambre.core.models import Job, StoredFile, User


@rules.predicate
def is_machine_administrator(user: Any) -> bool:
    """The person looks after this machine."""
    return isinstance(user, User) and user.is_active and user.is_admin


@rules.predicate
def started_it(user: Any, job: Job | None) -> bool:
    """The person asked for this work."""
    return isinstance(user, User) and job is not None and job.user_id == user.pk


@rules.predicate
def brought_it(user: Any, file: StoredFile | None) -> bool:
    """The person brought this file in."""
    return isinstance(user, User) and file is not None and file.user_id == user.pk


@rules.predicate
def is_oneself(user: Any, other: User | None) -> bool:
    """It is about the person who asks."""
    return isinstance(user, User) and other is not None and other.pk == user.pk


rules.add_perm("core.administer", is_machine_administrator)
rules.add_perm("core.see_jobs", rules.is_authenticated)
rules.add_perm("core.see_job", started_it | is_machine_administrator)
rules.add_perm("core.cancel_job", started_it | is_machine_administrator)
rules.add_perm("core.see_all_jobs", is_machine_administrator)
rules.add_perm("core.read_file", brought_it | is_machine_administrator)
rules.add_perm("core.manage_tokens", is_machine_administrator)
rules.add_perm("core.choose_letters", is_oneself)
