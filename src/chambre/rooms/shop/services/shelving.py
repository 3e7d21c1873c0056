"""Categories of a shop: its shelves, some inside others. Their addresses stay when they get another name."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.rooms.shop.models import Category, Shop
from chambre.rooms.shop.queries.errors import NameTaken, NotNow
from chambre.rooms.shop.services.names import clean_name, free_slug


@transaction.atomic
def category(*, shop: Shop, path: Sequence[str], by: Actor) -> Category:
    """The category at a path of names; what is missing of it is made.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: An empty path.
    """
    authorize(by, "shop.manage", shop)
    found: Category | None = None
    for name in path:
        clean = clean_name(name)
        known = Category.objects.filter(shop=shop, parent=found, name=clean).first()
        if known is None:
            known = Category.objects.create(
                shop=shop, parent=found, name=clean, slug=free_slug(clean, shop.categories, 80)
            )
        found = known
    if found is None:
        raise Invalid(_("Give it a name."), fields={"name": [_("Give it a name.")]})
    return found


@transaction.atomic
def change_category(
    *, row: Category, name: str, parent: Category | None, position: int, by: Actor
) -> Category:
    """Give a category another name, another place, or put it into another one.

    Products stay on it, and its address stays. What WooCommerce gets shows the new path.

    Args:
        row: Which one.
        name: Its name.
        parent: Where it stands in; None: on the first rank.
        position: Smaller ones come first; alike, the name decides.
        by: Who says so.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: No name, a category of another shop, or one that stands in this one.
        NameTaken: Another one of that name stands there.
    """
    authorize(by, "shop.manage", row.shop)
    # Two moves at once could put each of two categories into the other.
    Shop.objects.select_for_update(of=("self",), no_key=True).get(pk=row.shop_id)
    clean = clean_name(name)
    if parent is not None and (parent.shop_id != row.shop_id or parent.pk in inside(row)):
        message = _("A category cannot stand inside itself.")
        raise Invalid(message, fields={"parent": [message]})
    same = Category.objects.filter(shop=row.shop_id, parent=parent, name=clean)
    if same.exclude(pk=row.pk).exists():
        message = _("“%(slug)s” is taken.") % {"slug": clean}
        raise NameTaken(message, fields={"name": [message]})
    row.name, row.parent, row.position = clean, parent, position
    row.save(update_fields=["name", "parent", "position"])
    audit(by, "shop.category.changed", row)
    return row


@transaction.atomic
def remove_category(*, row: Category, by: Actor) -> None:
    """Take away a category on which nothing stands.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        NotNow: There are products on it, or categories in it.
    """
    authorize(by, "shop.manage", row.shop)
    Shop.objects.select_for_update(of=("self",), no_key=True).get(pk=row.shop_id)
    if row.products.exists() or row.children.exists():
        raise NotNow(_("Something stands on it: put that elsewhere first."))
    audit(by, "shop.category.removed", row, name=row.name)
    row.delete()


def inside(row: Category) -> set[int]:
    """The ids of a category and of all that stand in it."""
    parents = dict(Category.objects.filter(shop=row.shop_id).values_list("pk", "parent"))
    found = {row.pk}
    while more := {pk for pk, above in parents.items() if above in found} - found:
        found |= more
    return found
