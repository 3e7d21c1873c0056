"""How much of each structure's accounts is attributed to resources, and what is left."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.ui import figures
from chambre.lib import accounting, disclosure
from chambre.lib.charts import ChartPair, Part, Stack, Stacked, draw_pair, permille
from chambre.rooms.lens.queries import looking
from chambre.rooms.lens.queries.looking import Cover, View
from chambre.rooms.lens.views.reading import language
from chambre.rooms.lens.views.wording import class_term, class_words


def context(request: HttpRequest, view: View) -> dict[str, Any]:
    """Coverage by structure, by class, and account by account."""
    if view.resource is not None:
        about = looking.books_about(view)
        kept = [each for each in view.structures if each.book.pk in about]
        view = View(kept, view.resource, view.first, view.last)
    found = looking.coverage(view)
    names = {pk: book.structure.name for pk, book in view.books.items()}
    by_book: dict[int, Cover] = {}
    for (book, _account), cover in found.items():
        by_book[book] = by_book.get(book, Cover()).plus(cover)
    wanted = request.GET.get("structure", "")
    detailed = [
        pk
        for pk, book in view.books.items()
        if wanted == book.structure.slug or (not wanted and len(view.books) == 1)
    ]
    return {
        "chart": _chart(view, [(names[pk], cover) for pk, cover in by_book.items()]),
        "covers": [
            {
                "name": names[pk],
                "slug": view.books[pk].structure.slug,
                "cover": cover,
                "share": _share(cover),
                "classes": _classes(view, pk, found),
                "accounts": _accounts(view, pk, found) if pk in detailed else [],
            }
            for pk, cover in sorted(by_book.items(), key=lambda pair: names[pair[0]].casefold())
        ],
    }


def _share(cover: Cover) -> str:
    """How much is attributed, in percent."""
    return _percent(permille([cover.attributed], cover.size)[0]) if cover.size else "–"


def _percent(tenths: int) -> str:
    """A share in tenths of a percent, as people read it."""
    whole, rest = divmod(tenths, 10)
    mark = "," if figures.is_french() else "."
    text = f"{whole}{mark}{rest}" if rest else str(whole)
    return f"{text}{figures.NBSP}%" if figures.is_french() else f"{text}%"


def _chart(view: View, rows: list[tuple[str, Cover]]) -> ChartPair:
    if view.resource is not None:
        parts = [Part(view.resource.name), Part(_("other resources"), 5)]
    else:
        parts = [Part(_("attributed to resources"))]
    parts.append(Part(_("left to the structure"), rest=True))
    stacks = []
    for name, cover in rows:
        taken = [cover.mine, cover.others] if view.resource is not None else [cover.attributed]
        stacks.append(Stack(name, [*taken, cover.left]))
    return draw_pair(
        Stacked(
            title=_("How much is attributed"),
            description=_("The amounts of all movements of the period, by structure."),
            empty=_("Nothing recorded in this period"),
            header=(_("Structure"), _("Part"), _("Amount"), _("Share")),
            parts=parts,
            stacks=stacks,
            format=figures.money,
            format_share=_percent,
        ),
        prefix="cover",
    )


def _classes(view: View, book: int, found: dict[tuple[int, str], Cover]) -> list[dict[str, Any]]:
    """Coverage of one structure by class of account."""
    sums: dict[str, Cover] = {}
    for (pk, account), cover in found.items():
        if pk == book:
            code = disclosure.public_class(account)
            sums[code] = sums.get(code, Cover()).plus(cover)
    return [
        {
            "words": class_words(code),
            "term": class_term(code),
            "cover": sums[code],
            "share": _share(sums[code]),
            "left": _left(view, book, f"{code}*"),
        }
        for code in sorted(sums, key=disclosure.class_order)
    ]


def _accounts(view: View, book: int, found: dict[tuple[int, str], Cover]) -> list[dict[str, Any]]:
    """Coverage of one structure account by account, what is least covered first."""
    kind = view.books[book].chart
    rows = [(account, cover) for (pk, account), cover in found.items() if pk == book]
    return [
        {
            "code": account,
            "label": accounting.account_label(account, kind, view.first, language()),
            "cover": cover,
            "share": _share(cover),
            "left": _left(view, book, account),
        }
        for account, cover in sorted(rows, key=lambda row: (-row[1].left, row[0]))
    ]


def _left(view: View, book: int, account: str) -> str:
    """Where the lines are that are left."""
    query = {
        "first": view.first.isoformat(),
        "last": view.last.isoformat(),
        "structure": view.books[book].structure.slug,
        "resource": "-",
        "account": account,
        "standing": "1",
    }
    return f"{reverse('lens:lines')}?{urlencode(query)}"
