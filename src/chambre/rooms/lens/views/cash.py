"""Cash, links and eliminations of one group, as sheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from chambre.core.ui import figures as shown
from chambre.ledger import api as ledger
from chambre.lib import accounting
from chambre.lib.consolidation import Group
from chambre.rooms.lens.views.balance import Reading, period_name
from chambre.rooms.lens.views.reading import language
from chambre.rooms.lens.views.sheets import LINE, SUBTOTAL, TOTAL, Sheet, SheetColumn, SheetRow

# Cash ----------------------------------------------------------------------------------------


def cash_sheet(reading: Reading) -> Sheet | None:
    """What came in and went out of the bank and the cash box, and why."""
    now, *rest = (each.flow for each in reading.cash)
    before = rest[0] if rest else None
    if not (now.opening or now.closing or now.flows or (before and before.flows)):
        return None
    columns = [
        SheetColumn("receipts", _("Came in"), detail=True),
        SheetColumn("payments", _("Went out"), detail=True),
        SheetColumn("net", period_name(reading.now, stands=False)),
    ]
    if reading.before:
        columns.append(SheetColumn("previous", period_name(reading.before, stands=False)))
    rows = [_stand(_("Money at the beginning"), now.opening, before.opening if before else None)]
    for which in accounting.Activity:
        rows += _activity(reading, which, now, before)
    rows += _remainder(reading, now, before)
    last = _stand(
        _("Money at the end"),
        _cash_at_end(reading.now),
        _cash_at_end(reading.before) if before else None,
    )
    return Sheet(
        "cash",
        _("What came in and went out of the bank and the cash box"),
        tuple(columns),
        rows,
        term=_("Cash flow"),
        totals=[last],
        notes=_cash_notes(reading.cash[0].between),
    )


def _cash_notes(between: int) -> tuple[str, ...]:
    """How to read the cash flow."""
    notes = [
        _(
            "Each movement is named after what stands against it: customers as they pay,"
            " suppliers as they are paid. Money that passes between a resource, the structures"
            " and the other resources is shown as such."
        )
    ]
    if between:
        words = _(
            "What its structures paid each other (%(amount)s) is neither in what came in nor in"
            " what went out."
        )
        notes.append(words % {"amount": shown.money(between)})
    return tuple(notes)


def _cash_at_end(figures: ledger.PeriodFigures | None) -> int:
    """Cash that stands at the end, from the accounts themselves."""
    whole = figures.whole if figures else Group(None)
    return accounting.cash_balance({f.account: f.closing for f in whole.listed()})


def _stand(words: str, now: int, before: int | None) -> SheetRow:
    """A row for the cash that stands on a day."""
    cells = (None, None, now) if before is None else (None, None, now, before)
    return SheetRow((words,), cells, role=TOTAL)


def _activity(
    reading: Reading,
    which: accounting.Activity,
    now: accounting.CashFlow,
    before: accounting.CashFlow | None,
) -> list[SheetRow]:
    """The flows of one activity: its name, its groups, its sum."""
    groups = {flow.group: flow for flow in now.of(which)}
    earlier = {flow.group: flow for flow in before.of(which)} if before else {}
    if not groups and not earlier:
        return []
    spoken = language()
    term, plain = (text.get(spoken) for text in accounting.ACTIVITY_LABELS[which])
    sums = [
        sum(flow.receipts for flow in groups.values()),
        sum(flow.payments for flow in groups.values()),
        now.net(which),
    ]
    rows = [
        SheetRow(
            (plain,),
            (*sums, *([before.net(which)] if before else [])),
            term=term,
            level=1,
            role=SUBTOTAL,
        )
    ]
    for group in sorted({*groups, *earlier}):
        flow = groups.get(group)
        name = _group_name(reading, [each for each in (flow, earlier.get(group)) if each])
        cells = [flow.receipts, flow.payments, flow.net] if flow else [0, 0, 0]
        if before:
            cells.append(earlier[group].net if group in earlier else 0)
        behind = tuple(reading.behind(p.account, p.net) for p in flow.parts) if flow else ()
        rows.append(SheetRow((name,), tuple(cells), "", 2, LINE, behind))
    return rows


def _group_name(reading: Reading, flows: Sequence[accounting.Flow]) -> str:
    """The accounts of a group in words: as closely as all of them allow."""
    if flows[0].group == "18":
        return _("Structures and other resources")
    codes = {accounting.bare(part.account)[:3] for flow in flows for part in flow.parts}
    code = codes.pop() if len(codes) == 1 else flows[0].group
    label = accounting.account_label(code, reading.layout.kind, reading.now.last, language())
    return f"{label} ({code})" if label else code


def _remainder(
    reading: Reading, now: accounting.CashFlow, before: accounting.CashFlow | None
) -> list[SheetRow]:
    """What opening entries say otherwise than the year before, when they do."""
    left = _cash_at_end(reading.now) - now.closing
    past = _cash_at_end(reading.before) - before.closing if before else 0
    if not left and not past:
        return []
    cells = (None, None, left, past) if before else (None, None, left)
    words = _("Opening entries that say otherwise than the year before")
    return [SheetRow((words,), cells, level=1)]


# Links and eliminations ----------------------------------------------------------------------


def link_sheet(reading: Reading, links: Iterable[ledger.LinkBalance]) -> Sheet | None:
    """With whom a resource is still even or not, by name."""
    rows = []
    sums = [0, 0]
    for each in links:
        if each.account.startswith(accounting.MEMO_LINK_ACCOUNT):
            continue
        owed, owes = max(each.amount, 0), max(-each.amount, 0)
        sums[0] += owed
        sums[1] += owes
        structure = reading.scope.books[each.book].structure.name
        other = each.name or _("%(structure)s itself") % {"structure": structure}
        address = reading.address(each.account)
        rows.append(SheetRow((other, structure), (owed, owes), address=address))
    if not rows:
        return None
    net = sums[0] - sums[1]
    balance = (max(net, 0), max(-net, 0))
    words = _("Together")
    left = _("What is left, as it stands in the balance sheet (account %(account)s)") % {
        "account": accounting.LINK_ACCOUNT
    }
    return Sheet(
        "links",
        _("With whom it still has to settle"),
        (SheetColumn("owed", _("They owe it")), SheetColumn("owes", _("It owes them"))),
        rows,
        term=_("Link accounts"),
        names=(("with", _("With whom")), ("book", _("In the books of"))),
        totals=[
            SheetRow((words, ""), (sums[0], sums[1]), role=SUBTOTAL),
            SheetRow((left, ""), balance, role=TOTAL),
        ],
        lede=_(
            "A line that concerns two resources, or a resource and a structure, leaves each of"
            " them even: what one takes over for another is owed to it."
        ),
    )


def elimination_sheet(reading: Reading) -> Sheet | None:
    """What its structures sell to and owe each other about the resource."""
    rows = [
        SheetRow(
            (
                f"{each.account} {reading.labels.get(each.account, '')}".strip(),
                reading.scope.books[each.book].structure.name,
                reading.scope.books[each.partner].structure.name,
            ),
            (each.amount,),
            address=reading.address(each.account),
        )
        for each in reading.now.eliminations
    ]
    if not rows:
        return None
    return Sheet(
        "eliminations",
        _("What its structures sell to and owe each other"),
        (SheetColumn("amount", _("Taken off")),),
        rows,
        term=_("Eliminations"),
        names=(
            ("on", _("Account")),
            ("book", _("In the books of")),
            ("partner", _("With")),
        ),
        lede=_(
            "These amounts are taken off the accounts of the resource: what one of its structures"
            " sells to another is neither received nor spent by it."
        ),
    )
