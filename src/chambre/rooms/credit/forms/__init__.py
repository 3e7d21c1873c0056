"""Forms of the credit room."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import NotFound
from chambre.core.ui.forms import AmountField, DayField
from chambre.registry.models import Agent
from chambre.rooms.credit.models import Membership, Partner, Rules
from chambre.rooms.credit.queries.communities import RULE_NAMES, account_named
from chambre.rooms.credit.queries.errors import OtherUnit
from chambre.rooms.credit.queries.wording import units
from chambre.treasury.models import CreditAccount

MOST = 99_999_999_999


class HoursField(forms.CharField):
    """Hours and minutes as somebody types them: ``1 h 30``, ``1:30``, ``45 min``; in minutes."""

    def to_python(self, value: Any) -> Any:
        """Text into minutes.

        Raises:
            ValidationError: It is neither.
        """
        if value is None or isinstance(value, int):
            return value
        text = re.sub(r"\s", "", str(value)).lower()
        if not text:
            return None
        found = re.fullmatch(r"(?:(\d{1,5})[h:])?(?:(\d{1,6})(?:min)?)?", text, re.ASCII)
        if found is None:
            raise ValidationError(_("Type hours and minutes such as 1 h 30, or 45 min."))
        return int(found[1] or 0) * 60 + int(found[2] or 0)

    def prepare_value(self, value: Any) -> Any:
        """Minutes as they are typed."""
        return units(value, "HUR") if isinstance(value, int) else value


def amount_field(unit: str, **kwargs: Any) -> forms.Field:
    """A field for units, or for hours and minutes."""
    if unit == "HUR":
        kwargs.setdefault("help_text", _("Hours and minutes: 1 h 30, or 45 min."))
        return HoursField(**kwargs)
    return AmountField(currency=unit, min_value=0, max_value=MOST, **kwargs)


class RoomForm(forms.Form):
    """A form of one account, which can show what a service refused."""

    def __init__(self, *args: Any, account: CreditAccount, **kwargs: Any) -> None:
        self.account = account
        super().__init__(*args, **kwargs)

    def note(self, fields: dict[str, Any], message: str) -> None:
        """Put a refusal beside the fields that it is about."""
        known: list[str | None] = [name for name in fields if name in self.fields]
        for name in known or [None]:
            self.add_error(name, message)


class AmountForm(RoomForm):
    """An amount in the account's unit, before the other fields."""

    def __init__(self, *args: Any, account: CreditAccount, **kwargs: Any) -> None:
        super().__init__(*args, account=account, **kwargs)
        first = {"amount": amount_field(account.unit, label=_("How much"))}
        self.fields = {**first, **self.fields}  # type: ignore[assignment]


class PayForm(AmountForm):
    """Pay another member."""

    target = forms.CharField(
        label=_("To the account number"),
        max_length=9,
        help_text=_("As its holder tells it, for example U000042."),
    )
    price = AmountField(
        label=_("Whole price in euros"),
        required=False,
        min_value=0,
        max_value=MOST,
        help_text=_("Only when you pay the rest in euros."),
    )
    reason = forms.CharField(label=_("What for"), max_length=140)

    def __init__(self, *args: Any, account: CreditAccount, **kwargs: Any) -> None:
        super().__init__(*args, account=account, **kwargs)
        if account.unit == "HUR":
            del self.fields["price"]

    def clean_target(self) -> CreditAccount:
        """The account of that number in the same chamber and unit."""
        try:
            found = account_named(self.account.chamber, self.cleaned_data["target"])
        except NotFound:
            found = None
        if found is not None and found.unit != self.account.unit:
            raise ValidationError(OtherUnit.default_message)
        if found is None:
            raise ValidationError(_("There is no account of this number."))
        return found


class AskForm(AmountForm):
    """Ask for units: the page has a code to be scanned."""

    price = AmountField(
        label=_("Whole price in euros"),
        required=False,
        min_value=0,
        max_value=MOST,
        help_text=_("Only when the rest is paid in euros."),
    )
    reason = forms.CharField(label=_("What for"), max_length=140)

    def __init__(self, *args: Any, account: CreditAccount, **kwargs: Any) -> None:
        super().__init__(*args, account=account, **kwargs)
        if account.unit == "HUR":
            del self.fields["price"]


class TicketForm(AmountForm):
    """Set units aside on a ticket."""

    until = DayField(label=_("Good until"))


class TakeForm(RoomForm):
    """Bring a ticket."""

    text = forms.CharField(
        label=_("What stands on the ticket"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3, "autocapitalize": "off", "spellcheck": "false"}),
        help_text=_("Scan its code, or type the line that begins with CHB1."),
    )


class PartnerChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Another chamber with which trade is agreed."""

    def label_from_instance(self, obj: Any) -> str:
        """The chamber, and how much can still go there."""
        room = max(obj.account.room or 0, 0)
        return f"{obj.chamber.name} – {units(room, obj.account.unit)}"


class PartnerForm(RoomForm):
    """What this side agrees with another chamber."""

    partner = forms.ModelChoiceField(
        label=_("With which Chamber"), queryset=Agent.objects.none(), to_field_name="slug"
    )

    def __init__(self, *args: Any, account: CreditAccount, chambers: Any, **kwargs: Any) -> None:
        super().__init__(*args, account=account, **kwargs)
        self.fields["partner"].queryset = chambers  # type: ignore[attr-defined]
        for name, label in (("owes", _("We may owe them")), ("owed", _("They may owe us"))):
            self.fields[name] = amount_field(account.unit, label=label)


class CrossForm(AmountForm):
    """Pay a member of another chamber."""

    partner = PartnerChoice(label=_("In which Chamber"), queryset=Partner.objects.none())
    target = forms.CharField(label=_("To the account number"), max_length=8)
    reason = forms.CharField(label=_("What for"), max_length=140)

    def __init__(self, *args: Any, partners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = partners  # type: ignore[attr-defined]


class LossForm(RoomForm):
    """Propose that the members bear what somebody who leaves owes."""

    how = forms.ChoiceField(
        label=_("How it is shared"),
        choices=[("equal", _("equally")), ("use", _("by what each received in a year"))],
    )
    words = forms.CharField(label=_("Why"), max_length=500)


class ShareForm(RoomForm):
    """Which share of a price one takes."""

    share = forms.IntegerField(
        label=_("Share of a price that I take in units, in percent"), min_value=0, max_value=100
    )


class EurosForm(RoomForm):
    """Where euros go, when somebody who holds units leaves."""

    iban = forms.CharField(
        label=_("Your account for the euros (IBAN)"), max_length=42, required=False,
        help_text=_("Empty: the only one that you gave the Chamber before."),
    )  # fmt: skip


class LeaveForm(RoomForm):
    """How somebody leaves."""

    way = forms.ChoiceField(label=_("How"))
    until = DayField(label=_("Until"))

    def __init__(self, *args: Any, ways: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(Rules.Way.choices)
        self.fields["way"].choices = [(way, names[way]) for way in ways]  # type: ignore[attr-defined]


class JoinForm(forms.Form):
    """Let somebody take part."""

    agent = forms.ModelChoiceField(
        label=_("Who"), queryset=Agent.objects.none(), to_field_name="slug"
    )

    def __init__(self, *args: Any, agents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agent"].queryset = agents  # type: ignore[attr-defined]


class RulesForm(RoomForm):
    """Other rules, and why."""

    mode = forms.ChoiceField(label=_("Beyond a limit"), choices=Rules.Mode.choices)
    growth_percent = forms.IntegerField(
        label=_("Limits grow by this share of what one received in a month, in percent"),
        min_value=0, max_value=1_000,
    )  # fmt: skip
    rate = forms.IntegerField(
        label=_("Demurrage a month, in hundredths of a percent"),
        min_value=0, max_value=10_000, help_text=_("100 is one percent; 0: none."),
    )  # fmt: skip
    fund_share = forms.IntegerField(
        label=_("For the guarantee fund, of what one receives in a month, in hundredths of a percent"),
        min_value=0, max_value=10_000, help_text=_("100 is one percent; 0: nothing."),
        required=False,
    )  # fmt: skip
    fund_cover = forms.IntegerField(
        label=_("Of a debt that is lost the fund pays, in percent"),
        min_value=0, max_value=100, required=False,
        help_text=_("Members have to agree that it is lost; they share the rest."),
    )  # fmt: skip
    ways = forms.MultipleChoiceField(
        label=_("Ways of leaving"), choices=Rules.Way.choices, widget=forms.CheckboxSelectMultiple
    )
    hands = forms.IntegerField(label=_("Members who must agree"), min_value=1, max_value=99)
    days = forms.IntegerField(label=_("Days to agree"), min_value=1, max_value=365)
    words = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, account: CreditAccount, **kwargs: Any) -> None:
        super().__init__(*args, account=account, **kwargs)
        unit = account.unit
        first = {
            "floor": amount_field(unit, label=_("May go below zero by")),
            "ceiling": amount_field(
                unit, label=_("May hold at most"), required=False
            ),
            "growth_most": amount_field(unit, label=_("Growth at most")),
            "exempt": amount_field(unit, label=_("Kept without demurrage")),
            "fund_flat": amount_field(
                unit, label=_("For the guarantee fund, from everybody each month"), required=False
            ),
            "fund_most": amount_field(
                unit, label=_("The fund pays at most for one who leaves"), required=False
            ),
        }  # fmt: skip
        fields = {**first, **self.fields}
        order = dict.fromkeys([*(name for name in RULE_NAMES if name in fields), *fields])
        self.fields = {name: fields[name] for name in order}  # type: ignore[assignment]
        if unit == "HUR":  # an hour has no price in euros
            ways = [each for each in Rules.Way.choices if each[0] != Rules.Way.EUROS]
            self.fields["ways"].choices = ways  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A guarantee fund is for those who want one: what is left empty there is nothing."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("fund_share", "fund_flat", "fund_cover"):
            if name in data and data[name] is None:
                data[name] = 0
        return data


class BeginForm(RulesForm):
    """The first rules of a community: what many begin with is filled in."""

    def __init__(self, *args: Any, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, account=CreditAccount(unit=unit), **kwargs)
        del self.fields["words"]


class MemberChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A member by the name of the account's holder."""

    def label_from_instance(self, obj: Any) -> str:
        """Whose account it is."""
        return f"{obj.account.agent.name} – {obj.account.code}"


class BoundsForm(RoomForm):
    """Other limits for one member, and why."""

    member = MemberChoice(label=_("For whom"), queryset=Membership.objects.none())
    words = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, account: CreditAccount, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, account=account, **kwargs)
        unit = account.unit
        first = {
            "member": self.fields["member"],
            "floor": amount_field(unit, label=_("May go below zero by"), required=False),
            "ceiling": amount_field(unit, label=_("May hold at most"), required=False),
        }
        self.fields = {**first, **self.fields}  # type: ignore[assignment]
        self.fields["member"].queryset = members  # type: ignore[attr-defined]
