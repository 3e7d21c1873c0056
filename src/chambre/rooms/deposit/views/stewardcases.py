"""Pages of cases, partners and rules: what people decide."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core import clock
from chambre.rooms.deposit.forms import (
    ConfirmForm,
    CostsForm,
    DecideForm,
    MonthForm,
    NotingForm,
    TariffForm,
    TermsForm,
    UnclaimedForm,
)
from chambre.rooms.deposit.models import (
    Case,
    CaseDecision,
    CaseVoice,
    Costs,
    ItemType,
    Part,
    PartnerStatement,
    Scheme,
    Tariff,
    Terms,
)
from chambre.rooms.deposit.models import UnclaimedDecision as Unclaimed
from chambre.rooms.deposit.queries.casefacts import latest_of
from chambre.rooms.deposit.queries.finding import scheme_named
from chambre.rooms.deposit.queries.managing import case_of, cases_of, scheme_for, statement_of
from chambre.rooms.deposit.queries.terms import terms_on
from chambre.rooms.deposit.queries.wording import evidence_words
from chambre.rooms.deposit.services import billing, costing, deciding, partners, schemes
from chambre.rooms.deposit.services.asking import Answer
from chambre.rooms.deposit.services.telling import tell_now
from chambre.rooms.deposit.views import listfiles
from chambre.rooms.deposit.views.stewards import actor_of, frame, page_of, sent


@require_safe
def cases(request: HttpRequest, slug: str) -> HttpResponse:
    """The cases of a scheme: those that wait for people first."""
    scheme = scheme_for(slug, actor_of(request))
    state = request.GET.get("state", "open")
    state = state if state in ("open", "decided") else ""
    rows = cases_of(scheme, state).select_related("decision")
    if kind := request.GET.get("format", ""):
        table = listfiles.cases_table(rows)
        return listfiles.listed(kind, "dossiers", _("Cases"), scheme, table)
    page = page_of(request, rows)
    context = frame(request, scheme, page=page, state=state, files=listfiles.FILES)
    return render(request, "deposit/cases.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One case: what was seen, who said what, and the decision."""
    by = actor_of(request)
    scheme = scheme_for(slug, by)
    row = case_of(scheme, number)
    act = request.POST.get("act", "decide")
    pays = not hasattr(row, "decision") and deciding.contract_to_pay(row) is not None
    forms: dict[str, Any] = {
        "decide": DecideForm(request.POST if act == "decide" and request.POST else None, pays=pays),
        "confirm": ConfirmForm(request.POST if act == "confirm" else None, prefix="c"),
        "withdraw": NotingForm(request.POST if act == "withdraw" else None),
    }
    status = 200
    if request.method == "POST" and act in forms:
        told: list[Any] = []
        seen = _number(request.POST.get("seen", ""))
        done, status = sent(forms[act], lambda data: told.append(_decide(row, act, seen, data, by)))
        if done:
            tell_now()
            _say(request, told[0])
            return redirect("deposit:case", slug=slug, number=number)
    return _case_page(request, scheme, row, forms, status)


def _case_page(
    request: HttpRequest, scheme: Scheme, row: Case, forms: dict[str, Any], status: int
) -> HttpResponse:
    """The page of a case, as it stands now: with what a second person would confirm."""
    by = actor_of(request)
    decision = CaseDecision.objects.filter(case=row).first()
    contract = deciding.contract_to_pay(row) if decision is None else None
    voices = list(row.voices.select_related("user", "contract").order_by("pk"))
    for voice in voices:
        voice.way = str(Part.Channel(voice.channel).label) if voice.channel else ""
    latest = latest_of(voices)
    stands = latest if latest and contract and latest.contract in (None, contract) else None
    context = frame(
        request,
        scheme,
        case=row,
        seen=evidence_words(row),
        decision=decision,
        voices=voices,
        latest=latest,
        stands=stands,
        mine=stands is not None and stands.user == by.user,
        kept=contract.amount - stands.amount if stands is not None and contract else 0,
        where=deciding.place_to_pay(row, contract) if contract is not None else None,
        forms=forms,
        may_decide=by.may("deposit.decide", scheme),
    )
    return render(request, "deposit/case.html", context, status=status)


def _number(text: str) -> int | None:
    """The number of the proposal that the page showed; None: it showed none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _decide(row: Case, act: str, seen: int | None, data: dict[str, Any], by: Any) -> Any:
    if act == "confirm":
        return deciding.confirm(case=row, proposal=seen or 0, words=data["words"], by=by)
    if act == "withdraw":
        return deciding.withdraw(case=row, proposal=seen or 0, by=by)
    outcome, words = data["outcome"], data["words"]
    if outcome not in ("pay", "keep"):
        return deciding.close_case(case=row, outcome=outcome, words=words, by=by)
    amount = 0 if outcome == "keep" else data["amount"]
    means = data["means"] or "cash"
    return deciding.propose(case=row, words=words, by=by, means=means, amount=amount, seen=seen)


def _say(request: HttpRequest, result: Any) -> None:
    if isinstance(result, Answer):
        words = _("The deposit is paid back.") if result.refund else _("The deposit is kept.")
        if result.slip:
            words += " " + _("Code: %(code)s") % {"code": result.slip_code}
        messages.success(request, words)
    elif isinstance(result, CaseVoice) and result.kind == CaseVoice.Kind.WITHDRAWN:
        messages.info(request, _("Your proposal is withdrawn."))
    elif isinstance(result, CaseVoice):
        messages.info(request, _("Your proposal is noted. Another person has to confirm it."))
    else:
        messages.success(request, _("The case is closed."))


@require_http_methods(["GET", "HEAD", "POST"])
def rules_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The rules, the tariff and what becomes of unclaimed deposits, each with its dates."""
    by = actor_of(request)
    scheme = scheme_for(slug, by)
    act = request.POST.get("act", "")
    forms = _rule_forms(request, scheme, act)
    status = 200
    if act in forms:
        done, status = sent(forms[act], lambda data: _set(act, scheme, data, by))
        if done:
            messages.success(request, _("It is decided, and the former rule stays readable."))
            return redirect("deposit:rules", slug=slug)
    context = frame(
        request,
        scheme,
        now=terms_on(scheme.pk, clock.today()),
        terms=Terms.objects.filter(scheme=scheme).order_by("-number"),
        tariffs=Tariff.objects.filter(scheme=scheme).select_related("type"),
        costs=Costs.objects.filter(scheme=scheme).select_related("type"),
        unclaimed=Unclaimed.objects.filter(scheme=scheme),
        forms=forms,
    )
    return render(request, "deposit/rules.html", context, status=status)


def _rule_forms(request: HttpRequest, scheme: Scheme, act: str) -> dict[str, Any]:
    today = clock.today()
    last = terms_on(scheme.pk, today)
    initial = {name: getattr(last, name) for name in schemes.TERMS} | {"since": today}

    def data(name: str) -> Any:
        return request.POST if act == name else None

    forms: dict[str, Any] = {
        "terms": TermsForm(data("terms"), initial=initial, prefix="r"),
        "tariff": TariffForm(data("tariff"), initial={"since": today}, prefix="t"),
        "unclaimed": UnclaimedForm(data("unclaimed"), prefix="u"),
        "costs": CostsForm(data("costs"), initial={"since": today}, prefix="c"),
    }
    for name in ("tariff", "costs"):
        forms[name].fields["type"].queryset = ItemType.objects.filter(scheme=scheme)
    return forms


def _set(act: str, scheme: Scheme, data: dict[str, Any], by: Any) -> None:
    if act == "terms":
        schemes.set_terms(scheme=scheme, by=by, **data)
    elif act == "tariff":
        schemes.set_tariff(scheme=scheme, by=by, type_=data.pop("type"), **data)
    elif act == "costs":
        costing.set_costs(scheme=scheme, by=by, type_=data.pop("type"), **data)
    else:
        schemes.decide_unclaimed(scheme=scheme, by=by, **data)


@require_http_methods(["GET", "HEAD", "POST"])
def partners_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What goes over the accounts of partners, and the statements of their months."""
    by = actor_of(request)
    scheme = scheme_for(slug, by)
    rows = partners.partners_of(scheme)
    today = clock.today()
    form, status = MonthForm(request.POST or None, initial={"year": today.year}), 200
    form.fields["partner"].queryset = partners.partner_rows(scheme)  # type: ignore[attr-defined]
    if request.method == "POST":
        done, status = sent(form, lambda data: partners.settle_month(scheme=scheme, by=by, **data))
        if done:
            messages.success(request, _("The statement is made, and its balance is due."))
            return redirect("deposit:partners", slug=slug)
    months = partners.months_of(scheme, today.replace(day=1), today)
    statements = list(PartnerStatement.objects.filter(scheme=scheme).select_related("partner"))
    papers = billing.papers_of(statements)
    context = frame(
        request,
        scheme,
        months=[(row, months.get(row.pk, partners.Month())) for row in rows],
        statements=[(row, papers.get(row.pk, [])) for row in statements],
        form=form,
        may_settle=by.may("deposit.account", scheme),
    )
    return render(request, "deposit/partners.html", context, status=status)


@require_safe
def partner_paper(request: HttpRequest, slug: str, number: int, paper: str) -> HttpResponse:
    """The invoice or credit note of a statement, as Factur-X."""
    by = actor_of(request)
    row = statement_of(scheme_named(slug), number)
    content = billing.paper(statement=row, number=paper, by=by)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{paper}.pdf"'
    return response


CASES = [
    path("consigne/<slug:slug>/dossiers/", cases, name="cases"),
    path("consigne/<slug:slug>/dossiers/<int:number>/", case, name="case"),
    path("consigne/<slug:slug>/regles/", rules_page, name="rules"),
    path("consigne/<slug:slug>/partenaires/", partners_page, name="partners"),
    path(
        "consigne/<slug:slug>/partenaires/<int:number>/<slug:paper>.pdf",
        partner_paper,
        name="partner_paper",
    ),
]
