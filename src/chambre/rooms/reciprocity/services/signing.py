"""Signing: who signs shows at that moment that it is they, by a passkey or by a code sent by e-mail."""

from __future__ import annotations

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.core.models import User
from chambre.core.signing import VALID, Codes, answered_just_now
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import Party, Signature, SigningCode
from chambre.rooms.reciprocity.queries.binding import capacity
from chambre.rooms.reciprocity.queries.contracts import offered_version
from chambre.rooms.reciprocity.queries.errors import BadCode, NotForParty, NotNow, OtherWords
from chambre.rooms.reciprocity.services.offering import enter_into_force, lock

CODES = Codes(SigningCode, "reciprocity", BadCode)


def _may(party: Party, by: Actor) -> str:
    """In which capacity somebody signs.

    Raises:
        NotForParty: In none: also a machine with a key, and the command line.
        NotNow: The words are not offered (any more).
    """
    contract = party.version.contract
    found = capacity(by, party, contract)
    if not found:
        raise NotForParty
    if offered_version(contract) != party.version:
        raise NotNow(_("It is not being signed (any more)."))
    return found


def _user(by: Actor) -> User:
    """The person who acts; whoever may sign is one."""
    if by.user is None:
        raise NotForParty
    return by.user


def new_code(*, party: Party, by: Actor) -> str:
    """Make a code for somebody who may sign; whatever they had for this party before is no longer good.

    Raises:
        NotForParty: They may not sign for the party.
        NotNow: The words are not offered (any more).
        TooMany: Too many codes in a short time.
    """
    _may(party, by)
    return CODES.new(party=party, words=party.version.digest, user=_user(by))


def send_code(*, party: Party, by: Actor) -> str:
    """Send a new code to the person's own address, with what it signs; where it went.

    Raises:
        NotForParty: They may not sign for the party.
        NotNow: The words are not offered (any more).
        TooMany: Too many codes in a short time.
    """
    code = new_code(party=party, by=by)
    post_code(code, party=party, by=by)
    return by.user.email if by.user is not None else ""


def post_code(code: str, *, party: Party, by: Actor) -> None:
    """Write the letter with a code: what is signed, for whom, and what to do if it was somebody else."""
    contract = party.version.contract
    subject = _("%(code)s is your code to sign “%(contract)s”") % {
        "code": code, "contract": contract.name,
    }  # fmt: skip
    body = _(
        "Hello,\n\nHere is your code to sign “%(contract)s” for %(party)s:\n\n    %(code)s\n\n"
        "It is good for %(minutes)d minutes, and only for the words with this digest:\n\n"
        "    %(digest)s\n\n"
        "If you did not ask for it, somebody else is signed in as you: sign out everywhere"
        " and tell your Chamber."
    ) % {
        "contract": contract.name, "party": party.agent.name, "code": code,
        "minutes": VALID.seconds // 60, "digest": party.version.digest,
    }  # fmt: skip
    EmailMessage(subject, body, to=[by.user.email if by.user is not None else ""]).send()


def sign_with_code(*, party: Party, digest: str, code: str, by: Actor) -> Signature:
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
        return _sign(party, digest, Signature.Means.CODE, by)


def sign_with_passkey(*, party: Party, digest: str, passkey: object, by: Actor) -> Signature:
    """Sign with a passkey that answered for this at this moment. Signing twice gives the first signature.

    Args:
        party: For whom.
        digest: Of the words that the person was shown.
        passkey: The ``allauth`` authenticator that has just answered a challenge of this session.
        by: The person, whose passkey it must be.

    Raises:
        NotForParty: They may not sign for the party, or it is not their passkey.
        NotNow: The words are not offered (any more).
        OtherWords: Others than those that were shown are offered.
    """
    _may(party, by)
    if not answered_just_now(passkey, by.user):
        raise NotForParty(_("This passkey did not answer for you just now."))
    with transaction.atomic():
        return _sign(party, digest, Signature.Means.PASSKEY, by)


def _sign(party: Party, digest: str, means: str, by: Actor) -> Signature:
    """Write the signature, and what follows from the last one, under the contract's lock."""
    contract = lock(party.version.contract)
    words = _may(party, by)  # as it is now, nobody else acting
    signer = registry.person_of(by.user)  # type: ignore[arg-type]
    if offered_version(contract) != party.version:
        raise NotNow(_("It is not being signed (any more)."))
    if digest != party.version.digest:
        raise OtherWords
    done: Signature | None = party.signatures.filter(signer=signer).first()
    if done is not None:
        return done
    if party.signatures.count() >= party.hands:
        raise NotNow(_("All who must sign for this party have signed."))
    row = Signature.objects.create(
        party=party, signer=signer, digest=digest, means=means, capacity=words,
        at=timezone.now(),
    )  # fmt: skip
    audit(
        by, "reciprocity.contract.signed", contract,
        party=party.agent.slug, digest=digest, means=means,
    )  # fmt: skip
    enter_into_force(contract, party.version, by)
    return row
