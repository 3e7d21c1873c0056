"""Bank accounts of a structure: what they hold, and every row."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError, NotFound
from chambre.ledger.models import Book
from chambre.treasury.forms.bank import AccountForm, ChangeForm, RowsForm
from chambre.treasury.models import BankAccount, BankFile, BankRow
from chambre.treasury.queries import bank as queries
from chambre.treasury.services import bank as services
from chambre.treasury.views.home import actor_of, readable

PAGE = 50


def account_here(request: HttpRequest, slug: str, account: str) -> BankAccount:
    """A bank account of the structure in the address, whose money the reader answers for.

    Raises:
        Forbidden: They don't.
        NotFound: It has none of that name.
    """
    book = readable(request, slug)
    found = BankAccount.objects.filter(book=book, slug=account).first()
    if found is None:
        raise NotFound
    found.book = book
    return found


def show_errors(form: Any, refusal: ChambreError) -> None:
    """Put a refusal next to the fields that it is about, or above them all."""
    fields = [name for name in refusal.data.get("fields", {}) if name in form.fields]
    for name in fields or [None]:
        form.add_error(name, str(refusal.message))


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """The bank accounts, and whether the ledger says what the bank says."""
    book = readable(request, slug)
    accounts = list(queries.accounts_of(book))
    standings = queries.standings_of(book, accounts)
    rows = [{"account": each, "standing": standings[each.pk]} for each in accounts]
    context = {"structure": book.structure, "rows": rows}
    return render(request, "treasury/bank/index.html", context)


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a bank account."""
    book = readable(request, slug)
    by = actor_of(request)
    authorize(by, "treasury.manage", book)
    form = AccountForm(request.POST or None, initial={"slug": _free_slug(book)})
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_account(book=book, by=by, **form.cleaned_data)
        except ChambreError as refusal:
            show_errors(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("The account is here. Bring its first statement in."))
            return redirect("treasury:bank_import", slug=slug, account=made.slug)
    context = {"structure": book.structure, "form": form}
    return render(request, "treasury/bank/create.html", context, status=status)


def _free_slug(book: Book) -> str:
    """A short name that no account has, to begin with."""
    stem = book.structure.slug[:56]
    used = set(
        BankAccount.objects.filter(slug__startswith=stem).values_list("slug", flat=True)[:1000]
    )
    names = (f"{stem}-{number}" for number in range(1, len(used) + 2))
    return next(name for name in (stem, *names) if name not in used)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, slug: str, account: str) -> HttpResponse:
    """Change what may change of a bank account."""
    found = account_here(request, slug, account)
    by = actor_of(request)
    authorize(by, "treasury.manage", found)
    initial = {name: getattr(found, name) for name in ("name", "bic", "since", "is_open")}
    form = ChangeForm(request.POST or None, initial=initial)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.change_account(account=found, by=by, **form.cleaned_data)
        except ChambreError as refusal:
            show_errors(form, refusal)
            status = refusal.status
        else:
            return redirect("treasury:bank_account", slug=slug, account=account)
    context = {"structure": found.book.structure, "account": found, "form": form}
    return render(request, "treasury/bank/change.html", context, status=status)


@require_safe
def show(request: HttpRequest, slug: str, account: str) -> HttpResponse:
    """One account: balances, and its rows, newest first."""
    found = account_here(request, slug, account)
    form = RowsForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = queries.find_rows(found, **wanted)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    states = services.states_of([row.pk for row in page])
    context = {
        "structure": found.book.structure,
        "account": found,
        "standing": queries.standing_of(found),
        "gaps": queries.gaps_of(found),
        "form": form,
        "page": page,
        "rows": [(row, states.get(row.pk)) for row in page],
        "files": BankFile.objects.filter(account=found)[:6],
        "announced": queries.standing_rows(found).filter(status="pending").count(),
        "filtered": any(wanted.values()),
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "treasury/bank/account.html", context, status=status)


@require_safe
def row(request: HttpRequest, slug: str, account: str, number: int) -> HttpResponse:
    """One row: all that the bank said of it, and what became of it."""
    found = account_here(request, slug, account)
    rows = BankRow.objects.filter(account=found).select_related("statement__file", "replaced")
    one = get_object_or_404(rows, pk=number)
    one.account = found
    replaced = getattr(one, "replaced", None)
    context = {
        "structure": found.book.structure,
        "account": found,
        "row": one,
        "state": services.states_of([one.pk]).get(one.pk),
        "entry": queries.entry_of(one) if one.is_booked else None,
        "replaced": replaced,
        "facts": _facts(one),
    }
    return render(request, "treasury/bank/row.html", context)


_FACTS = (
    "party_name", "party_iban", "party_bic", "ultimate_name", "texts", "info",
    "creditor_reference", "end_to_end_id", "transaction_id", "reference", "account_reference",
    "mandate_id", "creditor_id", "batch_reference", "return_code", "code",
)  # fmt: skip


def _facts(one: BankRow) -> list[tuple[str, str]]:
    """What is known of a row, by the names of its columns, without what is empty or said twice."""
    found = []
    for name in _FACTS:
        value = getattr(one, name)
        if value and not (name == "account_reference" and value == one.reference):
            words = str(BankRow._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            found.append((words[:1].upper() + words[1:], value))
    return found
