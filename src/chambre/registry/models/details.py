"""What repeats in the record of a resource: places, licences, links, needs and offers.

Rows of one resource are numbered by ``position`` in the order in which people put them.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chambre.registry.models import fields
from chambre.registry.models.resources import Resource


class Detail(models.Model):
    """A numbered row of a resource's record."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="%(class)s_rows")
    position = models.PositiveIntegerField(_("position"))

    class Meta:
        abstract = True
        ordering = ["resource", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "position"], name="%(class)s_position_in_record"
            )
        ]


class Term(Detail):
    """A keyword, theme, challenge or language."""

    class Scheme(models.TextChoices):
        KEYWORD = "keyword", _("keyword")
        THEME = "theme", _("theme")
        CHALLENGE = "challenge", _("challenge that it answers")
        LANGUAGE = "language", _("language")

    scheme = models.CharField(_("kind"), max_length=12, choices=Scheme)
    value = models.CharField(_("word"), max_length=120)
    folded = models.CharField(max_length=160, editable=False, db_index=True)

    def __str__(self) -> str:
        return self.value


class Place(Detail):
    """Where a resource is. A commons of the mind may have none."""

    name = models.CharField(_("place"), max_length=200)
    commune_code = fields.commune_code(_("INSEE code of the commune"))
    postcode = fields.line(_("postcode"), 10)
    address = fields.line(_("address"))
    # Millionths of a degree (WGS 84), integers: 48 390 000 is 48.39° north.
    latitude = models.IntegerField(_("latitude"), null=True, blank=True)
    longitude = models.IntegerField(_("longitude"), null=True, blank=True)
    folded = models.CharField(max_length=260, editable=False, db_index=True)

    def __str__(self) -> str:
        return self.name


class Licence(Detail):
    """A licence, with its version, of something in the resource."""

    class Covers(models.TextChoices):
        CONTENT = "content", _("texts and images")
        SOFTWARE = "software", _("software")
        HARDWARE = "hardware", _("plans and hardware")
        DATA = "data", _("data")
        USE = "use", _("use of a place or thing")
        OTHER = "other", _("something else")

    name = models.CharField(
        _("licence"),
        max_length=60,
        help_text=_("Its usual short name, for example CC-BY-SA, AGPL, CERN-OHL-S, ODbL."),
    )
    version = fields.line(_("version"), 20)
    covers = fields.choice(_("what it covers"), Covers)
    url = fields.web_address(_("text of the licence"))
    since = fields.partial_date(_("since"))
    folded = models.CharField(max_length=120, editable=False, db_index=True)

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


class Link(Detail):
    """Something elsewhere: documentation, a repository, data, a similar commons, a fork."""

    class Relation(models.TextChoices):
        WEBSITE = "website", _("website")
        DOCUMENTATION = "documentation", _("documentation")
        REPOSITORY = "repository", _("repository")
        DATA = "data", _("data")
        KIT = "kit", _("kit for doing it elsewhere")
        RULES = "rules", _("its rules")
        CONTRACT = "contract", _("contract")
        VERSION = "version", _("other version")
        SIMILAR = "similar", _("similar commons")
        FORK_OF = "fork-of", _("what it was derived from")
        FORK = "fork", _("derived from it")
        OTHER = "other", _("something else")

    relation = models.CharField(_("what it is"), max_length=16, choices=Relation)
    url = models.URLField(_("address"), max_length=500)
    title = fields.line(_("title"))

    def __str__(self) -> str:
        return self.title or self.url


class Contact(Detail):
    """How the community is reached; public, so never somebody's private address."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("telephone")
        POST = "post", _("postal address")
        WEB = "web", _("web page or chat")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    value = models.CharField(_("address or number"), max_length=300)
    label = fields.line(_("for what"), 120)

    def __str__(self) -> str:
        return self.value


class Body(Detail):
    """A body that decides or watches: assembly, council, stewards' circle, mediators."""

    name = models.CharField(_("body"), max_length=160)
    composition = fields.text(_("who sits in it"))
    decides = fields.text(_("what it decides"))
    url = fields.web_address(_("its rules or minutes"))

    class Meta(Detail.Meta):
        verbose_name_plural = _("bodies")

    def __str__(self) -> str:
        return self.name


class Right(Detail):
    """One stick of the bundle of rights (Schlager and Ostrom): who may do what."""

    class Holder(models.TextChoices):
        ANYBODY = "anybody", _("anybody")
        USER = "user", _("users")
        CONTRIBUTOR = "contributor", _("contributors")
        MEMBER = "member", _("members")
        STEWARD = "steward", _("stewards")
        CUSTODIAN = "custodian", _("custodian")
        OWNER = "owner", _("owner")

    class Act(models.TextChoices):
        ACCESS = "access", _("come in, read, use")
        TAKE = "take", _("take from it")
        CONTRIBUTE = "contribute", _("contribute")
        MANAGE = "manage", _("manage, set rules of use")
        EXCLUDE = "exclude", _("decide who is let in")
        SELL = "sell", _("sell, lease or pledge")

    holder = models.CharField(_("holder"), max_length=12, choices=Holder)
    act = models.CharField(_("right"), max_length=12, choices=Act)
    answer = models.CharField(_("answer"), max_length=8, choices=Resource.Answer)
    condition = fields.line(_("on what condition"), 300)

    class Meta(Detail.Meta):
        constraints = [
            *Detail.Meta.constraints,
            models.UniqueConstraint(
                fields=["resource", "holder", "act"], name="right_once_per_holder"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_holder_display()}: {self.get_act_display()}"


class Safeguard(Detail):
    """What stands against capture."""

    class Kind(models.TextChoices):
        LICENCE = "licence", _("licence")
        LOCK = "lock", _("lock on the assets")
        STATUTES = "statutes", _("clause in the statutes")
        DISSOLUTION = "dissolution", _("dissolution clause")
        VETO = "veto", _("somebody with a veto")
        PACT = "pact", _("pact with a public body")
        ALERT = "alert", _("alert")
        OTHER = "other", _("something else")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    description = models.TextField(_("how it protects"))
    holder = fields.line(_("who holds it"))
    url = fields.web_address(_("its text"))

    def __str__(self) -> str:
        return self.get_kind_display()


class Partner(Detail):
    """Who funds it or works with it."""

    class Kind(models.TextChoices):
        FUNDER = "funder", _("funder")
        PARTNER = "partner", _("partner")
        PUBLIC = "public", _("public body")

    kind = models.CharField(_("in what capacity"), max_length=8, choices=Kind)
    name = models.CharField(_("name"), max_length=200)
    note = fields.line(_("what they bring"), 300)
    url = fields.web_address(_("website"))

    def __str__(self) -> str:
        return self.name


class Wish(Detail):
    """A need or an offer, until it expires or is answered. Its ``position`` is never reused."""

    class Kind(models.TextChoices):
        NEED = "need", _("need")
        OFFER = "offer", _("offer")

    class Category(models.TextChoices):
        SKILLS = "skills", _("people and skills")
        TIME = "time", pgettext_lazy("need or offer", "time")
        MONEY = "money", _("money")
        MATERIAL = "material", _("material")
        PLACE = "place", _("place or land")
        KNOWLEDGE = "knowledge", _("knowledge")
        SERVICE = "service", _("service")
        OTHER = "other", _("something else")

    kind = models.CharField(_("need or offer"), max_length=8, choices=Kind)
    category = models.CharField(_("of what"), max_length=12, choices=Category)
    title = models.CharField(_("in one line"), max_length=200)
    description = fields.text(_("description"))
    since = models.DateField(_("since"))
    expires = models.DateField(_("expires on"), null=True, blank=True)
    closed = models.DateField(_("closed on"), null=True, blank=True)
    outcome = fields.line(_("what came of it"), 300)

    class Meta(Detail.Meta):
        verbose_name_plural = _("needs and offers")
        indexes = [models.Index(fields=["kind", "closed", "expires"], name="wish_open")]

    def __str__(self) -> str:
        return self.title
