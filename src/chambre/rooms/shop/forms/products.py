"""Forms of products, their variants, producers, places and the shop itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chambre.core.ui.forms import AmountField
from chambre.lib import dfc
from chambre.registry.models import Agent, Resource
from chambre.rooms.shop.forms.keeping import NotingForm
from chambre.rooms.shop.models import Category, PickupPlace, Producer, Product, Shop, Variant
from chambre.treasury.models import CashDrawer

ALLERGENS = (
    ("gluten", _("gluten")),
    ("crustaceans", _("crustaceans")),
    ("eggs", _("eggs")),
    ("fish", _("fish")),
    ("peanuts", _("peanuts")),
    ("soy", _("soya")),
    ("milk", _("milk")),
    ("nuts", _("nuts")),
    ("celery", _("celery")),
    ("mustard", _("mustard")),
    ("sesame", _("sesame")),
    ("sulphites", _("sulphites")),
    ("lupin", _("lupin")),
    ("molluscs", _("molluscs")),
)
"""The substances of annex II of Regulation (EU) No 1169/2011, by their codes."""
RATES = ((550, "5,5 %"), (1000, "10 %"), (2000, "20 %"), (210, "2,1 %"), (0, "0 %"))
MONTHS = (
    (1, _("January")), (2, _("February")), (3, _("March")), (4, _("April")), (5, _("May")),
    (6, _("June")), (7, _("July")), (8, _("August")), (9, _("September")), (10, _("October")),
    (11, _("November")), (12, _("December")),
)  # fmt: skip
LAST_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def food_types() -> list[tuple[str, Any]]:
    """The types of food that other platforms know, in groups, in the reader's language."""
    language = get_language() or "fr"
    inside: dict[str, list[tuple[str, str]]] = {}
    for term in dfc.PRODUCT_TYPES.values():
        inside.setdefault(_top(term), []).append((term.name, term.label(language)))
    groups = [
        (dfc.PRODUCT_TYPES[name].label(language), sorted(rows, key=lambda row: row[1].casefold()))
        for name, rows in inside.items()
    ]
    return [("", _("none")), *sorted(groups)]


def _top(term: dfc.Term) -> str:
    while term.broader:
        term = dfc.PRODUCT_TYPES[term.broader]
    return term.name


class ProductForm(NotingForm):
    """What is said of a product. A season goes from the first day of a month to the last of another."""

    name = forms.CharField(label=_("Name"), max_length=200)
    state = forms.ChoiceField(label=_("State"), choices=Product.State)
    kind = forms.ChoiceField(label=_("Kind"), choices=Product.Kind)
    producer = forms.ModelChoiceField(label=_("Producer"), queryset=Producer.objects.none())
    summary = forms.CharField(label=_("In short"), max_length=500, required=False)
    description = forms.CharField(
        label=_("Description"), max_length=20_000, required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    categories = forms.ModelMultipleChoiceField(
        label=_("Categories"), queryset=Category.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    unit = forms.ChoiceField(label=_("Unit"), choices=Product.Unit)
    pricing = forms.ChoiceField(label=_("Sold"), choices=Product.Pricing)
    vat = forms.TypedChoiceField(label=_("VAT"), choices=RATES, coerce=int)
    resource = forms.ModelChoiceField(
        label=_("What its sales feed"), queryset=Resource.objects.none(), required=False,
        help_text=_("Empty: what the shop feeds."),
    )  # fmt: skip
    origin = forms.CharField(label=_("Origin"), max_length=140, required=False)
    labels = forms.CharField(label=_("Labels (organic…)"), max_length=140, required=False)
    ingredients = forms.CharField(label=_("Ingredients"), max_length=2_000, required=False)
    allergens = forms.MultipleChoiceField(
        label=_("Allergens"), choices=ALLERGENS, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    season_first = forms.TypedChoiceField(
        label=_("In season from the beginning of"), choices=(("", _("all year")), *MONTHS),
        coerce=int, empty_value=None, required=False,
    )  # fmt: skip
    season_last = forms.TypedChoiceField(
        label=_("to the end of"), choices=(("", _("all year")), *MONTHS), coerce=int,
        empty_value=None, required=False,
    )  # fmt: skip
    container = forms.ChoiceField(label=_("Consigned container"), choices=(), required=False)
    containers = forms.IntegerField(
        label=_("Containers for each piece"), min_value=1, max_value=100, initial=1, required=False
    )
    position = forms.IntegerField(
        label=_("Position on the shelf"),
        initial=0,
        required=False,
        min_value=-9_999,
        max_value=9_999,
    )
    dfc_type = forms.ChoiceField(
        label=_("Kind of food, for other platforms"), required=False, choices=food_types,
        help_text=_("In the list of the Data Food Consortium; proposed from the name."),
    )  # fmt: skip

    def __init__(self, *args: Any, shop: Shop, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["producer"].queryset = shop.producers.all()
        fields["producer"].empty_label = None
        fields["categories"].queryset = shop.categories.all()
        fields["resource"].queryset = Resource.objects.order_by("name")
        fields["container"].choices = [("", _("none")), *kinds]
        rate = self.initial.get("vat")
        if rate is not None and rate not in dict(RATES):
            fields["vat"].choices = [*RATES, (rate, f"{rate / 100:g} %")]

    def said(self, product: Product | None = None) -> dict[str, Any]:
        """What the service is told. A season of days stays as it is where its month was left alone."""
        data = dict(self.cleaned_data)
        first, last = data.pop("season_first"), data.pop("season_last")
        data["season_from"] = None if first is None else first * 100 + 1
        data["season_until"] = None if last is None else last * 100 + LAST_DAYS[last - 1]
        for name, month in (("season_from", first), ("season_until", last)):
            before = getattr(product, name, None)
            if before is not None and month == before // 100:
                data[name] = before
        data["allergens"] = ",".join(data["allergens"])
        data["containers"] = data["containers"] or 1
        data["position"] = data["position"] or 0
        return data

    @staticmethod
    def of(product: Product) -> dict[str, Any]:
        """What the form shows of a product."""
        names = (
            "name", "state", "kind", "producer", "summary", "description", "unit", "pricing", "vat",
            "resource", "origin", "labels", "ingredients", "container", "containers", "position",
        )  # fmt: skip
        first, last = product.season_from, product.season_until
        return {
            **{name: getattr(product, name) for name in names},
            "dfc_type": product.dfc_type or dfc.suggest_type(product.name),
            "categories": list(product.categories.all()),
            "allergens": [each for each in product.allergens.split(",") if each],
            "season_first": first // 100 if first else None,
            "season_last": last // 100 if last else None,
        }


class VariantForm(NotingForm):
    """One way in which a product is sold."""

    name = forms.CharField(
        label=_("Name of the variant"), max_length=140, required=False,
        help_text=_("Empty where there is only one."),
    )  # fmt: skip
    price = AmountField(
        label=_("Price, VAT included"), min_value=0,
        help_text=_("Of a piece; of a kilogram for what is sold by weight."),
    )  # fmt: skip
    sku = forms.CharField(label=_("Reference"), max_length=100, required=False)
    estimate = forms.IntegerField(
        label=_("One piece weighs about, in grams"), min_value=1, max_value=1_000_000, required=False,
        help_text=_("For what is sold by weight."),
    )  # fmt: skip
    lowest = AmountField(label=_("Lowest free price"), min_value=0, required=False)
    highest = AmountField(label=_("Highest free price"), min_value=0, required=False)
    step = forms.IntegerField(
        label=_("Ordered in steps of"), min_value=1, max_value=9_999, initial=1
    )
    backorders = forms.ChoiceField(label=_("Beyond the stock"), choices=Variant.Backorders)
    available = forms.BooleanField(label=_("On sale"), required=False, initial=True)

    @staticmethod
    def of(variant: Variant) -> dict[str, Any]:
        """What the form shows of a variant."""
        names = (
            "name", "price", "sku", "estimate", "lowest", "highest", "step", "backorders",
            "available",
        )  # fmt: skip
        return {name: getattr(variant, name) for name in names}


class PhotoForm(NotingForm):
    """A photo of a product."""

    photo = forms.FileField(
        label=_("Photo"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    alt = forms.CharField(label=_("What can be seen on it"), max_length=200, required=False)


class ShelfField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A category, named with those it stands in."""

    names: dict[int, str]

    def label_from_instance(self, obj: Category) -> str:
        """``Vegetables > Roots``."""
        return self.names.get(obj.pk, obj.name)


class CategoryForm(NotingForm):
    """A new category."""

    name = forms.CharField(
        label=_("New category"), max_length=280,
        help_text=_("One inside another: Vegetables > Roots."),
    )  # fmt: skip


class ShelfForm(NotingForm):
    """A category: its name, where it stands."""

    name = forms.CharField(label=_("Name"), max_length=140)
    parent = ShelfField(
        label=_("Inside"), queryset=Category.objects.none(), required=False,
        empty_label=_("no other: on the first rank"),
    )  # fmt: skip
    position = forms.IntegerField(
        label=_("Position"), min_value=-10_000, max_value=10_000,
        help_text=_("Smaller numbers come first; alike, the alphabet decides."),
    )  # fmt: skip


class ProducerForm(NotingForm):
    """Who sells in the shop."""

    name = forms.CharField(label=_("Name"), max_length=140)
    agent = forms.ModelChoiceField(
        label=_("In the register"), queryset=Agent.objects.none(), required=False
    )
    own = forms.BooleanField(
        label=_("The shop buys from them: the sales are the shop's own"), required=False
    )
    share = forms.DecimalField(
        label=_("Share of the shop, in percent"), min_value=0, max_value=100, decimal_places=2,
        required=False, initial=0,
    )  # fmt: skip
    place = forms.CharField(label=_("Where they are"), max_length=120, required=False)
    description = forms.CharField(
        label=_("Description"), max_length=5_000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def commission(self) -> int:
        """The shop's share in hundredths of a percent."""
        return int((self.cleaned_data.get("share") or 0) * 100)


class DegreesField(forms.DecimalField):
    """Degrees as a person types them, as millionths of a degree."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(
            min_value=-most, max_value=most, decimal_places=6, required=False, localize=True,
            **kwargs,
        )  # fmt: skip

    def clean(self, value: Any) -> Any:
        """Typed degrees into millionths; None: unknown."""
        degrees = super().clean(value)
        return None if degrees is None else int(degrees.scaleb(6))

    def prepare_value(self, value: Any) -> Any:
        """Millionths as degrees; what was typed stays as it was typed."""
        return Decimal(value).scaleb(-6) if isinstance(value, int) else value


class PlaceForm(NotingForm):
    """Where orders are fetched."""

    name = forms.CharField(label=_("Name of the place"), max_length=140)
    kind = forms.ChoiceField(label=_("Kind"), choices=PickupPlace.Kind)
    address = forms.CharField(label=_("Address"), max_length=254, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=16, required=False)
    city = forms.CharField(label=_("Town"), max_length=70, required=False)
    latitude = DegreesField(label=_("Latitude"), most=90, help_text=_("For the map: 50,6292"))
    longitude = DegreesField(label=_("Longitude"), most=180)
    instructions = forms.CharField(
        label=_("How to find it"), max_length=2_000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    container_place = forms.ChoiceField(
        label=_("Place of the deposit scheme"), choices=(), required=False,
        help_text=_("Where consigned containers go out and come back."),
    )  # fmt: skip
    drawer = forms.ModelChoiceField(
        label=_("Cash drawer"), queryset=CashDrawer.objects.none(), required=False
    )
    is_open = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, shop: Shop, kept: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["drawer"].queryset = CashDrawer.objects.filter(book=shop.book).order_by("name")
        fields["container_place"].choices = [("", _("none")), *kept]


class ShopForm(NotingForm):
    """What a shop says of itself, and how it is paid."""

    name = forms.CharField(label=_("Name of the shop"), max_length=140)
    lede = forms.CharField(label=_("In one sentence"), max_length=254, required=False)
    description = forms.CharField(
        label=_("Description"), max_length=20_000, required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    terms = forms.CharField(
        label=_("Terms of sale"), max_length=50_000, required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )  # fmt: skip
    email = forms.EmailField(label=_("E-mail address"), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=32, required=False)
    resource = forms.ModelChoiceField(
        label=_("What its sales feed"), queryset=Resource.objects.none(), required=False
    )
    pay_ahead = forms.BooleanField(
        label=_("Orders can be paid when they are placed"), required=False
    )
    pay_at_pickup = forms.BooleanField(
        label=_("Orders can be paid when they are fetched"), required=False
    )
    by_card = forms.BooleanField(label=_("Card payments are offered"), required=False)
    hold_minutes = forms.IntegerField(
        label=_("Minutes that goods are kept for an order that is not paid"), min_value=5,
        max_value=100_000,
    )  # fmt: skip
    is_open = forms.BooleanField(label=_("The shop is open"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource"].queryset = Resource.objects.order_by("name")  # type: ignore[attr-defined]

    @staticmethod
    def of(shop: Shop) -> dict[str, Any]:
        """What the form shows of a shop."""
        return {name: getattr(shop, name) for name in ShopForm.base_fields}


class StockForm(NotingForm):
    """Stock that is counted, comes in, or is lost."""

    kind = forms.ChoiceField(
        label=_("What happens"),
        choices=(
            ("count", _("counted: so many are there")),
            ("in", _("came in")),
            ("loss", _("spoiled or lost")),
        ),
    )
    quantity = forms.IntegerField(label=_("Pieces"), min_value=0, max_value=1_000_000)
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)
