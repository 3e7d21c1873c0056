"""Who may do what in the lens.

A structure's books are its treasurer's business and the chamber administrator's; the rules of
attribution belong to those who answer for every structure that they touch.
"""

from __future__ import annotations

from typing import Any

import rules

from chambre.registry.rules import is_administrator, is_treasurer_of_structure


@rules.predicate
def answers_for_each(user: Any, structures: Any) -> bool:
    """Treasurer of every structure in a list (of an empty one: nobody); without one, of any."""
    if structures is None:
        return bool(is_treasurer_of_structure(user, None))
    return bool(structures) and all(is_treasurer_of_structure(user, each) for each in structures)


_treasurer = is_administrator | is_treasurer_of_structure

rules.add_perm("lens.read_books", _treasurer)
rules.add_perm("lens.import_fec", _treasurer)
rules.add_perm("lens.export_fec", _treasurer)
rules.add_perm("lens.disclose", _treasurer)
rules.add_perm("lens.attribute_line", _treasurer)
rules.add_perm("lens.change_rules", is_administrator | answers_for_each)
rules.add_perm("lens.check_fec", rules.always_allow)
