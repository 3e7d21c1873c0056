"""The treasury's work in the background: what providers tell, what goes back, what is due; bank rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chambre.core import files
from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, NotFound
from chambre.core.jobs import Report, Run, job
from chambre.core.models import StoredFile
from chambre.core.schedule import every
from chambre.lib.paymentstates import RefundStage
from chambre.treasury.models import (
    Payment,
    PaymentAttempt,
    ProviderAccount,
    ProviderNotice,
    Refund,
)
from chambre.treasury.queries.bank import account_named
from chambre.treasury.services.attempts import NoAnswer, look
from chambre.treasury.services.bank import import_file
from chambre.treasury.services.bank.wording import notice_text, outcome_text
from chambre.treasury.services.invoice_mails import remind_everybody
from chambre.treasury.services.matching import reconcile
from chambre.treasury.services.matching.running import MATCHING
from chambre.treasury.services.notices import handle_notice
from chambre.treasury.services.payments import expire_payment
from chambre.treasury.services.prenotices import send_waiting
from chambre.treasury.services.providertransfers import look_for_transfers
from chambre.treasury.services.refunds import send_refund

log = structlog.get_logger("chambre.treasury")
AT_ONCE = 200
"""How many attempts or refunds one round looks at."""
FORGOTTEN_AFTER = dt.timedelta(days=90)


@job("treasury.notice", title=_("A notice of a payment service"), resumable=True)
def look_into_notice(run: Run, *, notice: int) -> None:
    """Look at what a provider's notice is about."""
    with _waiting_for_an_answer(run):
        handle_notice(notice=ProviderNotice.objects.get(pk=notice), by=Actor.system("treasury"))


@job("treasury.refund", title=_("A refund"), resumable=True)
def give_money_back(run: Run, *, refund: int) -> None:
    """Have a provider give money back."""
    with _waiting_for_an_answer(run):
        send_refund(refund=Refund.objects.get(pk=refund), by=Actor.system("treasury"))


@job(MATCHING, title=_("Bank rows matched"), resumable=True)
def match_in_background(run: Run, *, account: str) -> Report:
    """Match the rows of an account of which there are many; each in a transaction of its own."""
    found = account_named(account, run.by, "treasury.manage")
    outcome = reconcile(found, run.by)
    words = gettext(
        "%(matched)d rows matched, %(proposed)d with proposals, %(unmatched)d with nothing."
    )
    facts = outcome.as_json()
    return Report(
        summary=words % facts,
        facts={name: value for name, value in facts.items() if name != "equal"},
        url=reverse("treasury:matching", args=[found.book.structure.slug]),
    )


@contextmanager
def _waiting_for_an_answer(run: Run) -> Iterator[None]:
    """A provider that is away is no fault of the job: the next round asks again."""
    try:
        yield
    except NoAnswer as away:
        run.note(away.message, "warning")


@every("treasury.look-at-payments", minutes=5)
def look_at_payments() -> None:
    """Look at what nobody told us of: attempts whose notice never came, refunds not sent yet."""
    by = Actor.system("treasury")
    now = timezone.now()
    for attempt in _waiting(now):
        _try("attempt", attempt.pk, lambda attempt=attempt: look(attempt=attempt, by=by))
    refunds = Refund.objects.filter(
        stage=RefundStage.ASKED, means=Refund.Means.PROVIDER, remote=""
    ).order_by("id")
    for row in refunds[:AT_ONCE]:
        _try("refund", row.pk, lambda row=row: send_refund(refund=row, by=by))
    over = Payment.objects.filter(
        expires_at__lte=now, state__in=["created", "pending", "failed"]
    ).exclude(events__kind="expired")
    for payment in over.order_by("id")[:AT_ONCE]:
        _try("payment", payment.pk, lambda payment=payment: expire_payment(payment=payment, by=by))


def _waiting(now: dt.datetime) -> list[PaymentAttempt]:
    rows = PaymentAttempt.objects.filter(look_next__lte=now).select_related("account")
    return list(rows.order_by("look_next")[:AT_ONCE])


def _try(what: str, pk: int, act: object) -> None:
    """One that does not work keeps none of the others from being done."""
    try:
        act()  # type: ignore[operator]
    except ChambreError as error:
        log.warning("treasury.round", what=what, pk=pk, error=error.code)


@every("treasury.look-for-transfers", hours=6)
def look_for_provider_transfers() -> None:
    """Read what providers transfer to the bank accounts; forget what notices said long ago."""
    by = Actor.system("treasury")
    accounts = ProviderAccount.objects.exclude(base="").select_related("book__structure")
    for account in accounts.order_by("id"):
        _try(
            "account",
            account.pk,
            lambda account=account: look_for_transfers(account=account, by=by),
        )
    old = ProviderNotice.objects.filter(at__lt=timezone.now() - FORGOTTEN_AFTER).exclude(body="")
    old.update(body="")


@every("treasury.remind", hours=6)
def remind() -> None:
    """Remind of invoices that are late, where the structure wants it; try again what did not go."""
    remind_everybody()


@every("treasury.notices", minutes=15)
def tell_debtors() -> None:
    """Try notices of collections again that the mail server did not take."""
    send_waiting()


@job("treasury.bank_import", title=_("Bank statement brought in"), resumable=True)
def bring_in(run: Run, *, stored: str, account: str) -> Report:
    """Bring a bank's file into an account; all of it or nothing, and never twice."""
    found = account_named(account, run.by, "treasury.manage")
    file = StoredFile.objects.filter(pk=stored).first()
    if file is None or not files.may_read(run.by, file):
        raise NotFound
    outcome = import_file(
        account=found,
        stored=file,
        by=run.by,
        progress=lambda done, total, _words: run.progress(
            done, total or done, gettext("posting") if total else gettext("reading")
        ),
    )
    slug = found.book.structure.slug
    url = reverse("treasury:bank_account", args=[slug, found.slug])
    if outcome.record is not None:
        url = reverse("treasury:bank_file", args=[slug, found.slug, outcome.record.pk])
    report = Report(summary=outcome_text(outcome), url=url, facts=dict(outcome.as_json()))
    for notice in outcome.notices:
        report.did(notice_text(notice))
    return report
