"""A community: its figures, rules, members, decisions; leaving."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, NotFound
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.credit.forms import (
    BoundsForm,
    EurosForm,
    JoinForm,
    LeaveForm,
    LossForm,
    RulesForm,
)
from chambre.rooms.credit.models import Community, Decision, Leaving, Membership
from chambre.rooms.credit.queries.communities import RULE_NAMES, members_of, rules_of
from chambre.rooms.credit.queries.pots import kept_apart
from chambre.rooms.credit.queries.standing import figures_of
from chambre.rooms.credit.services import deciding
from chambre.rooms.credit.services import leaving as leaving_service
from chambre.rooms.credit.services.communities import RulesIn, join
from chambre.rooms.credit.views.beginning import not_begun
from chambre.rooms.credit.views.charts import spread_chart
from chambre.rooms.credit.views.frame import (
    community_for,
    done,
    key_of,
    own_account,
    person_asking,
    tried,
)
from chambre.treasury.models import CreditAccount, Payout


def _speaker(by: Actor, members: list[Membership]) -> CreditAccount | None:
    """The account with which somebody speaks: a person's own before a structure's."""
    active = [row.account for row in members if row.state == Membership.State.ACTIVE]
    own = [row for row in active if by.user is not None and row.agent.user_id == by.user.pk]
    if own:
        return own[0]
    others = (row for row in active if row.agent.kind != Agent.Kind.PERSON)
    return next((row for row in others if by.may("credit.use_account", row)), None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, slug: str, unit: str) -> HttpResponse:
    """A community: how it stands, what it decided, what is being decided, who takes part."""
    by = person_asking(request)
    row = community_for(by, slug, unit)
    members = list(members_of(row))
    speaker = _speaker(by, members)
    manages = by.may("credit.manage", row)
    form, status = JoinForm(agents=_could_join(row)) if manages else None, 200
    if request.method == "POST":
        if "decision" in request.POST:
            _speak(request, row, speaker, by)
            return redirect("credit:group", slug=slug, unit=unit)
        if "leaving" in request.POST and speaker is not None:
            _propose_loss(request, row, speaker, by)
            return redirect("credit:group", slug=slug, unit=unit)
        status = 422
        form = JoinForm(request.POST, agents=_could_join(row)) if manages else None
        if form is not None and form.is_valid():
            agent = form.cleaned_data["agent"]
            done(request, lambda: join(community=row, agent=agent, by=by), _("They take part."))
            return redirect("credit:group", slug=slug, unit=unit)
    decisions: list[Any] = list(
        row.decisions.select_related("account__agent").prefetch_related("voices")[:20]
    )
    for each in decisions:
        voices = list(each.voices.all())
        each.yes = sum(voice.yes for voice in voices)
        each.no = len(voices) - each.yes
        each.spoken = speaker is not None and speaker.pk in {v.account_id for v in voices}
    apart = kept_apart(row)
    context = {
        "community": row, "unit": unit, "rules": rules_of(row), "members": members,
        "figures": figures_of(row, members), "manages": manages,
        "pot": row.common.held - sum(apart), "fund": apart.fund,
        "chart": spread_chart(members, unit, names=True), "decisions": decisions,
        "losses": _losses(row) if any(each.state == "leaving" for each in members) else [],
        "loss": LossForm(account=row.common) if speaker else None,
        "speaker": speaker, "form": form, "months": row.demurrage.all()[:12],
        "begin": not_begun(row.chamber) if manages else [],
        "partners": row.partners.select_related("chamber", "account"), "key": key_of(request),
    }  # fmt: skip
    return render(request, "credit/group.html", context, status=status)


def _losses(row: Community) -> Any:
    """Who leaves by a loss that the members share, and still owes."""
    rows = Leaving.objects.filter(
        membership__community=row, way="shared", state="open", membership__account__held__lt=0
    )
    return rows.select_related("membership__account__agent")


def _propose_loss(request: HttpRequest, row: Community, speaker: CreditAccount, by: Actor) -> None:
    wanted = request.POST.get("leaving", "")
    found = _losses(row).filter(pk=int(wanted)).first() if wanted.isdecimal() else None
    form = LossForm(request.POST, account=speaker)
    if found is None:
        raise NotFound
    if form.is_valid():
        data, key = form.cleaned_data, f"form:{key_of(request)}"
        done(
            request,
            lambda: deciding.propose_loss(speaker=speaker, leaving=found, key=key, by=by, **data),
            _("It is proposed."),
        )


def _could_join(row: Community) -> Any:
    taken = Membership.objects.filter(community=row).exclude(state="left")
    rows = Agent.objects.filter(chamber=row.chamber_id)
    return rows.exclude(pk__in=taken.values("account__agent")).order_by("name")


def _speak(request: HttpRequest, row: Community, speaker: CreditAccount | None, by: Actor) -> None:
    wanted = request.POST.get("decision", "")
    decision = row.decisions.filter(pk=int(wanted)).first() if wanted.isdecimal() else None
    if decision is None or speaker is None:
        raise NotFound
    yes = request.POST.get("voice") == "yes"
    done(
        request,
        lambda: deciding.speak(decision=decision, speaker=speaker, yes=yes, by=by),
        _("Your word is noted."),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, slug: str, unit: str, what: str) -> HttpResponse:
    """Propose other rules, or other limits for one member."""
    by = person_asking(request)
    row = community_for(by, slug, unit)
    speaker = _speaker(by, list(members_of(row)))
    if speaker is None:
        raise Forbidden(permission="credit.use_account")
    data, rules = request.POST or None, rules_of(row)
    form: Any
    if what == "regles":
        initial = {name: getattr(rules, name) for name in RULE_NAMES}
        form = RulesForm(data, account=speaker, initial=initial)
    elif what == "limites":
        members = members_of(row).filter(state="active")
        form = BoundsForm(data, account=speaker, members=members)
    else:
        raise NotFound
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and tried(form, lambda: _proposed(request, form, speaker, by)):
            return redirect("credit:group", slug=slug, unit=unit)
    context = {"community": row, "unit": unit, "form": form, "what": what, "rules": rules,
               "key": key_of(request)}  # fmt: skip
    return render(request, "credit/propose.html", context, status=status)


def _proposed(request: HttpRequest, form: Any, speaker: CreditAccount, by: Actor) -> Decision:
    data = dict(form.cleaned_data)
    facts: dict[str, Any] = {
        "speaker": speaker, "words": data.pop("words"), "by": by,
        "key": f"form:{key_of(request)}",
    }  # fmt: skip
    if "member" in data:
        account = data.pop("member").account
        return deciding.propose_bounds(account=account, **data, **facts)
    return deciding.propose_rules(rules=RulesIn(**data), **facts)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, number: int) -> HttpResponse:
    """Leave: choose a way, go its steps down to zero, or stay after all."""
    by = person_asking(request)
    row = own_account(by, number)
    member = Membership.objects.select_related("community__chamber").get(account=row)
    rules = rules_of(member.community)
    current = member.leavings.order_by("-id").first()
    if member.state == Membership.State.ACTIVE:
        current = None
    form = LeaveForm(request.POST or None, account=row, ways=rules.ways)
    status = 200
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act in ("settle", "stay") and current is not None:
            iban = request.POST.get("iban", "")[:42].replace("\0", "")
            step = leaving_service.stay
            if act == "settle":
                step = partial(leaving_service.settle, iban=iban)
            done(request, lambda: step(leaving=current, by=by), _("Noted."))
            return redirect("credit:leave", number=number)
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            if tried(form, lambda: leaving_service.begin(account=row, by=by, **data)):
                return redirect("credit:leave", number=number)
    row.refresh_from_db()
    context = {
        "account": row, "unit": row.unit, "member": member, "form": form, "leaving": current,
        "euros": _euros(row, current), "paid_out": _paid_out(current), "today": registry.today(),
    }  # fmt: skip
    return render(request, "credit/leave.html", context, status=status)


def _euros(row: CreditAccount, current: Leaving | None) -> EurosForm | None:
    """Asks where euros go, when the next step is to pay them out."""
    if current is None or current.way != "euros" or current.payment or row.held <= 0:
        return None
    return EurosForm(account=row)


def _paid_out(current: Leaving | None) -> bool:
    """Whether the euros that are on their way go to who leaves."""
    return current is not None and Payout.objects.filter(code=current.payment).exists()


GROUP = [
    path("credit/groupe/<slug:slug>/<slug:unit>/", group, name="group"),
    path("credit/groupe/<slug:slug>/<slug:unit>/proposer/<slug:what>/", propose, name="propose"),
    path("credit/compte/<int:number>/partir/", leave, name="leave"),
]
