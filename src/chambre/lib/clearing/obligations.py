"""What is owed, what was set off of it, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from chambre.lib.clearing.flow import MOST
from chambre.lib.refusal import Refusal


class ClearingRefusal(Refusal):
    """Obligations that cannot be set off as asked; nothing was computed."""

    texts: ClassVar = {
        "amount": (
            "Obligation “{id}” has the amount {amount}: write whole cents, more than zero.",
            "L’obligation « {id} » a pour montant {amount} : écrivez des centimes entiers, plus que zéro.",
        ),
        "self": (
            "In obligation “{id}”, “{member}” owes to itself: nobody does.",
            "Dans l’obligation « {id} », « {member} » se doit à soi-même : cela n’existe pas.",
        ),
        "nobody": (
            "Obligation “{id}” does not say who owes and to whom.",
            "L’obligation « {id} » ne dit pas qui doit, et à qui.",
        ),
        "twice": (
            "There are two obligations “{id}”: each has a name of its own.",
            "Il y a deux obligations « {id} » : chacune porte son propre nom.",
        ),
        "too-much": (
            "These obligations are more than {most} cents together: set them off in parts.",
            "Ces obligations dépassent ensemble {most} centimes : compensez-les en plusieurs fois.",
        ),
        "ring": (
            "A ring has at least 2 members, not {count}.",
            "Un anneau compte au moins 2 membres, pas {count}.",
        ),
        "liquidity": (
            "What is lent is whole cents, zero or more, at most {most}: not {amount}.",
            "Ce qui est prêté s’écrit en centimes entiers, zéro ou plus, au plus {most} : pas {amount}.",
        ),
        "both": (
            "To share evenly goes neither with rings of a few members nor with a pot: leave one out.",
            "Le partage égal ne va ni avec de petits anneaux, ni avec un pot : ôtez l’un des deux.",
        ),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Obligation:
    """Somebody owes somebody an amount.

    Attributes:
        id: Its name; no other obligation has it.
        debtor: Who owes.
        creditor: Whom they owe.
        amount: Cents, more than zero.
    """

    id: str
    debtor: str
    creditor: str
    amount: int


@dataclass(frozen=True, slots=True)
class SetOff:
    """What was set off of one obligation, and what is left of it, in cents."""

    id: str
    cleared: int
    left: int


@dataclass(frozen=True, slots=True)
class MemberRing:
    """Each member owes the next one, the last one the first: ``amount`` cents of each were set off."""

    members: tuple[str, ...]
    amount: int


@dataclass(frozen=True, slots=True)
class Loan:
    """Cents that the pot lends a member, or that a member leaves with the pot."""

    member: str
    amount: int


@dataclass(frozen=True, slots=True)
class Pot:
    """What a pot did. All of it comes back: ``lent`` and ``returned`` have the same sum.

    Attributes:
        name: The member that stands for the pot in rings.
        lent: To whom; they owe it to the pot instead of their creditors.
        returned: From whom; the pot owes it to them instead of their debtors.
        more: Cents that were set off only thanks to the pot.
    """

    name: str
    lent: tuple[Loan, ...]
    returned: tuple[Loan, ...]
    more: int


@dataclass(frozen=True, slots=True)
class PotSize:
    """What a pot of so many cents would lend, and what would be set off only thanks to it."""

    liquidity: int
    lent: int
    more: int


@dataclass(frozen=True, slots=True)
class Result:
    """A clearing.

    Attributes:
        total: Cents of all obligations.
        cleared: Cents set off.
        bound: Cents that nothing could exceed under the same conditions; the same as
            ``cleared`` when that is proved to be the maximum.
        obligations: One for each obligation, in the order of their names.
        rings: They add up to what was cleared.
        pot: What the pot did, when there was one.
    """

    total: int
    cleared: int
    bound: int
    obligations: tuple[SetOff, ...]
    rings: tuple[MemberRing, ...]
    pot: Pot | None = None

    @property
    def exact(self) -> bool:
        """Whether it is proved that no more could be set off."""
        return self.cleared == self.bound

    def as_data(self) -> dict[str, Any]:
        """As JSON: ``total``, ``cleared``, ``bound``, ``obligations``, ``rings``, perhaps ``pot``."""
        data: dict[str, Any] = {
            "total": self.total,
            "cleared": self.cleared,
            "bound": self.bound,
            "obligations": [
                {"id": each.id, "cleared": each.cleared, "left": each.left}
                for each in self.obligations
            ],
            "rings": [
                {"members": list(ring.members), "amount": ring.amount} for ring in self.rings
            ],
        }
        if self.pot is not None:
            data["pot"] = {
                "name": self.pot.name,
                "lent": [{"member": loan.member, "amount": loan.amount} for loan in self.pot.lent],
                "returned": [
                    {"member": loan.member, "amount": loan.amount} for loan in self.pot.returned
                ],
                "more": self.pot.more,
            }
        return data


def check(obligations: Sequence[Obligation]) -> None:
    """Refuse what cannot be set off.

    Raises:
        ClearingRefusal: An amount that is not whole cents above zero, a debt to oneself, a name
            twice, nobody, or more in all than can be counted exactly (2⁶⁰ cents).
    """
    seen: set[str] = set()
    for each in obligations:
        if type(each.amount) is not int or each.amount <= 0:
            raise ClearingRefusal("amount", id=each.id, amount=each.amount)
        if not each.debtor or not each.creditor:
            raise ClearingRefusal("nobody", id=each.id)
        if each.debtor == each.creditor:
            raise ClearingRefusal("self", id=each.id, member=each.debtor)
        if each.id in seen:
            raise ClearingRefusal("twice", id=each.id)
        seen.add(each.id)
    if sum(each.amount for each in obligations) > MOST:
        raise ClearingRefusal("too-much", most=MOST)


def net_positions(pairs: Iterable[tuple[str, str, int]]) -> dict[str, int]:
    """What each is owed in all, less what they owe, in cents: (debtor, creditor, amount) each."""
    net: dict[str, int] = {}
    for debtor, creditor, amount in pairs:
        net[debtor] = net.get(debtor, 0) - amount
        net[creditor] = net.get(creditor, 0) + amount
    return net
