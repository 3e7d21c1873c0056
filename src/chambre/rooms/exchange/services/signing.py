"""Signing: who signs shows at that moment that it is they, by a passkey or by a code sent by e-mail."""

from __future__ import annotations

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.audit import trail_row
from chambre.core.db.rows import insert_all
from chambre.core.models import User
from chambre.core.signing import VALID, Codes, answered_just_now
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import (
    Exchange,
    ExchangeCode,
    ExchangeParty,
    ExchangeSignature,
)
from chambre.rooms.exchange.queries import questions
from chambre.rooms.exchange.queries.errors import BadCode, NotForParty, NotNow, OtherWords
from chambre.rooms.exchange.queries.people import capacity
from chambre.rooms.exchange.services.offering import lock, open_when_signed

CODES = Codes(ExchangeCode, "exchange", BadCode)


def _may(party: ExchangeParty, by: Actor) -> str:
    """In which capacity somebody signs.

    Raises:
        NotForParty: In none: also a machine with a key, and the command line.
        NotNow: The words are not offered (any more).
    """
    found = capacity(by, party.agent)
    if not found or party.role != ExchangeParty.Role.PARTY:
        raise NotForParty
    _check_offered(party.version.exchange, party)
    return found


def _check_offered(exchange: Exchange, party: ExchangeParty) -> None:
    if exchange.state != Exchange.State.SIGNING or exchange.number != party.version.number:
        raise NotNow(_("It is not being signed (any more)."))


def _user(by: Actor) -> User:
    """The person who acts; whoever may sign is one."""
    if by.user is None:
        raise NotForParty
    return by.user


def _signer(party: ExchangeParty, user: User) -> Agent:
    """The person who signs: the party itself, or whoever binds it."""
    return party.agent if party.agent.user_id == user.pk else registry.person_of(user)


def new_code(*, party: ExchangeParty, by: Actor) -> str:
    """Make a code for somebody who may sign; whatever they had for this party before is no longer good.

    Raises:
        NotForParty: They may not sign for the party.
        NotNow: The words are not offered (any more).
        TooMany: Too many codes in a short time.
    """
    _may(party, by)
    return CODES.new(party=party, words=party.version.digest, user=_user(by))


def post_code(code: str, *, party: ExchangeParty, by: Actor) -> None:
    """Write the letter with a code: what is signed, for whom, and what to do if it was somebody else."""
    exchange = party.version.exchange
    subject = _("%(code)s is your code to sign “%(exchange)s”") % {
        "code": code, "exchange": exchange.title,
    }  # fmt: skip
    body = _(
        "Hello,\n\nHere is your code to sign the exchange “%(exchange)s” for %(party)s:\n\n"
        "    %(code)s\n\n"
        "It is good for %(minutes)d minutes, and only for the words with this digest:\n\n"
        "    %(digest)s\n\n"
        "If you did not ask for it, somebody else is signed in as you: sign out everywhere"
        " and tell your Chamber."
    ) % {
        "exchange": exchange.title, "party": party.agent.name, "code": code,
        "minutes": VALID.seconds // 60, "digest": party.version.digest,
    }  # fmt: skip
    EmailMessage(subject, body, to=[by.user.email if by.user is not None else ""]).send()


def sign_with_code(*, party: ExchangeParty, digest: str, code: str, by: Actor) -> ExchangeSignature:
    """Sign with a code that was sent; it is used up by that. Signing twice gives the first signature.

    Args:
        party: For whom.
        digest: Of the words that the person was shown.
        code: As it was typed; spaces do not matter.
        by: The person.

    Raises:
        NotForParty: They may not sign for the party.
        NotNow: The words are not offered (any more).
        OtherWords: Others than those that were shown are offered.
        BadCode: Wrong, used, too old, tried too often.
    """
    _may(party, by)
    row = CODES.check(code, party=party, words=party.version.digest, user=_user(by))
    with transaction.atomic():
        CODES.use(row)
        return sign(party=party, digest=digest, means=ExchangeSignature.Means.CODE, by=by)


def sign_with_passkey(
    *, party: ExchangeParty, digest: str, passkey: object, by: Actor
) -> ExchangeSignature:
    """Sign with a passkey that answered for this at this moment.

    Args:
        party: For whom.
        digest: Of the words that the person was shown.
        passkey: The ``allauth`` authenticator that has just answered a challenge of this session.
        by: The person, whose passkey it must be.

    Raises:
        NotForParty: They may not sign for the party, or it is not their passkey.
        NotNow, OtherWords: As for :func:`sign_with_code`.
    """
    _may(party, by)
    if not answered_just_now(passkey, by.user):
        raise NotForParty(_("This passkey did not answer for you just now."))
    with transaction.atomic():
        return sign(party=party, digest=digest, means=ExchangeSignature.Means.PASSKEY, by=by)


@transaction.atomic
def sign(*, party: ExchangeParty, digest: str, means: str, by: Actor) -> ExchangeSignature:
    """Write the signature of somebody who has shown who they are, and open the exchange with the last one.

    Raises:
        NotForParty, NotNow, OtherWords: As for :func:`sign_with_code`.
    """
    exchange = lock(party.version.exchange)
    words = capacity(by, party.agent)
    if not words or party.role != ExchangeParty.Role.PARTY:
        raise NotForParty
    _check_offered(exchange, party)
    if digest != party.version.digest:
        raise OtherWords
    if known := questions.SIGNATURE(party.pk):
        done: ExchangeSignature = known[0]
        return done
    row = ExchangeSignature(
        party=party, signer=_signer(party, _user(by)), digest=digest, means=means,
        capacity=words[:140], at=timezone.now(),
    )  # fmt: skip
    trail = trail_row(
        by, "exchange.signed", exchange, party=party.agent.slug, digest=digest, means=str(means)
    )
    insert_all(row, trail)
    open_when_signed(exchange, party.version, by)
    return row
