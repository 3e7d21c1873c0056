"""Which line of a payment gets what: money that comes in, money that goes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .errors import PaymentRefusal
from .folding import Stage, Standing


def fill(amount: int, lines: Sequence[int]) -> tuple[list[int], int]:
    """Spread money that came in over what the lines still wait for.

    Lines that take off (a returned deposit, a discount) are counted first, in full; then the others
    are filled one after the other. So a payment in parts always ends on exactly its lines, and
    everybody can say which line is paid.

    Args:
        amount: What came in, more than zero.
        lines: What each line still waits for, in minor units; negative where it takes off.

    Returns:
        The part of each line, with the line's sign, and what is left over. Their sum is ``amount``.

    Raises:
        PaymentRefusal: ``amount-not-positive``.
    """
    if amount <= 0:
        raise PaymentRefusal("amount-not-positive")
    parts = [min(line, 0) for line in lines]
    rest = amount - sum(parts)
    for index, line in enumerate(lines):
        if line > 0:
            parts[index] = min(line, rest)
            rest -= parts[index]
    return parts, rest


def give_back(
    asked: Mapping[str, int], paid: Mapping[str, int], back: Mapping[str, int], standing: Standing
) -> int:
    """Check a refund line by line; what it comes to.

    Args:
        asked: What is to go back of each line, with the line's sign.
        paid: What came in for each line.
        back: What went back, or is on its way back, of each line.
        standing: The payment's sums; what is in dispute cannot be given back too.

    Returns:
        The amount of the refund, more than zero.

    Raises:
        PaymentRefusal: ``line-unknown``, ``line-over``, ``amount-not-positive`` or
            ``refund-over``.
    """
    for line, amount in asked.items():
        if line not in paid:
            raise PaymentRefusal("line-unknown", line=line)
        most = paid[line] - back.get(line, 0)
        if not min(most, 0) <= amount <= max(most, 0):
            raise PaymentRefusal("line-over", line=line, most=most, asked=amount)
    total = sum(asked.values())
    if total <= 0:
        raise PaymentRefusal("amount-not-positive")
    if total > standing.refundable:
        raise PaymentRefusal("refund-over", most=standing.refundable, asked=total)
    return total


def check_payable(standing: Standing) -> None:
    """Stop here unless somebody can still be asked to pay.

    Raises:
        PaymentRefusal: ``not-payable``.
    """
    if not standing.takes_money:
        raise PaymentRefusal("not-payable", state=standing.state.value)


def check_cancellable(standing: Standing) -> None:
    """Stop here unless the payment can be cancelled: nothing came in, nothing is on its way.

    Raises:
        PaymentRefusal: ``not-cancellable``.
    """
    moving = {Stage.PENDING, Stage.AUTHORISED, Stage.PAID} & set(standing.attempts.values())
    if standing.received or moving:
        raise PaymentRefusal("not-cancellable")
