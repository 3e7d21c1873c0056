"""Beginning on the page; the treasury's own pages leave to the members what they decide."""

import pytest
from django.urls import reverse

from chambre.core.models import AuditEntry
from chambre.registry import api as registry
from chambre.rooms.credit.models import Community
from chambre.rooms.credit.queries.communities import rules_of
from chambre.rooms.credit.tests.conftest import SYSTEM
from chambre.rooms.credit.tests.test_pages import text
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditAccount, CreditMove
from chambre.treasury.services import credit as treasury_credit
from chambre.treasury.services import credit_giving

pytestmark = pytest.mark.django_db
RULES = {
    "floor": "50", "ceiling": "80", "growth_most": "0", "exempt": "0", "mode": "block",
    "growth_percent": "0", "rate": "0", "ways": ["spend", "euros"], "hands": "2", "days": "5",
}  # fmt: skip


@pytest.fixture
def office(chamber, make_user):
    """The chamber's treasurer, who has no account."""
    user = make_user("bruno@exemple.test")
    agent = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=agent, kind="treasurer", scope=chamber, by=SYSTEM)
    return user


@pytest.fixture
def chamber(db):
    return registry.home_chamber()


def test_the_treasurer_begins_on_the_page(chamber, office, client):
    client.force_login(office)
    page = reverse("credit:begin", args=[chamber.slug, "CRD"])
    home = text(client.get(reverse("credit:home")))
    assert page in home, home.split("<main")[1]
    assert "Rien n’a encore commencé" in home
    assert 'value="200,00"' in text(client.get(page))  # what many begin with
    wrong = client.post(page, {**RULES, "hands": "0", "floor": "beaucoup"})
    assert wrong.status_code == 422 and not Community.objects.exists()
    group = reverse("credit:group", args=[chamber.slug, "CRD"])
    assert client.post(page, RULES).url == group
    rules = rules_of(Community.objects.get())
    assert (rules.number, rules.floor, rules.ceiling, rules.ways) == (
        1, 5_000, 8_000, ["euros", "spend"],
    )  # fmt: skip
    assert AuditEntry.objects.filter(action="credit.community.opened").count() == 1
    assert client.post(page, {**RULES, "floor": "1"}).url == group  # it has begun: nothing changes
    assert rules_of(Community.objects.get()).number == 1
    hours = reverse("credit:begin", args=[chamber.slug, "HUR"])
    assert hours in text(client.get(group))
    assert "10 h" in text(client.get(hours))
    data = {**RULES, "floor": "8 h", "ceiling": "8 h 30"}
    assert client.post(hours, data).status_code == 422  # no euros for hours
    client.post(hours, {**data, "ways": ["spend"]})
    assert rules_of(Community.objects.get(unit="HUR")).ceiling == 510


def test_nobody_else_begins(village, client):
    page = reverse("credit:begin", args=[village.chamber.slug, "HUR"])
    client.force_login(village.people["ada"].user)
    assert client.get(page).status_code == 403
    assert client.post(page, RULES).status_code == 403
    assert page not in text(client.get(reverse("credit:group", args=[village.chamber.slug, "CRD"])))
    for slug, unit in ((village.chamber.slug, "EUR"), ("nulle-part", "CRD")):
        assert client.get(reverse("credit:begin", args=[slug, unit])).status_code == 404
    assert Community.objects.count() == 1


def test_the_treasury_limits_and_gives_nothing_beside_the_rules(village, office, client):
    before = AuditEntry.objects.count()
    account, other = village.account("ada"), village.account("cora")
    new = village.person("elsa")
    before = AuditEntry.objects.count()
    facts = {"source": account, "target": other, "amount": 1, "reason": "x", "key": "k"}
    for act in (
        lambda: treasury_credit.agree_limit(account=account, limit=50_000, by=SYSTEM),
        lambda: credit_giving.give_by_hand(day=registry.today(), by=village.by("ada"), **facts),
        lambda: credit_giving.open_by_hand(agent=new, limit=9, by=SYSTEM),
        lambda: credit_giving.close_by_hand(account=account, by=SYSTEM),
    ):
        with pytest.raises(treasury.DecidedElsewhere) as refused:
            act()
        page = reverse("credit:group", args=[village.chamber.slug, "CRD"])
        assert refused.value.data == {"page": page}
    assert AuditEntry.objects.count() == before
    assert village.account("ada").limit == 10_000
    assert village.held() == [0, 0, 0, 0, 0]
    assert not CreditAccount.objects.filter(agent=new).exists()


def test_the_treasurys_pages_say_where_it_is_decided(village, office, client):
    page = reverse("credit:group", args=[village.chamber.slug, "CRD"])
    account = village.account("ada")
    own = reverse("treasury:units_account", args=[account.pk])
    client.force_login(office)
    shown = text(client.get(reverse("treasury:units")))
    assert page in shown and "Ouvrir un compte en unités" not in shown
    assert page in text(client.get(own)) and 'name="limit"' not in text(client.get(own))
    answer = client.post(own, {"limit": "500", "reason": "x"})
    assert answer.status_code == 409 and village.account("ada").limit == 10_000
    client.force_login(village.people["ada"].user)
    shown = text(client.get(reverse("treasury:units")))
    assert page in shown and 'name="target"' not in shown
    give = {"source": account.pk, "target": village.account("cora").code, "amount": "1",
            "reason": "x", "key": "k"}  # fmt: skip
    assert client.post(reverse("treasury:units"), give).status_code == 409
    assert not CreditMove.objects.exists()


def test_where_nothing_has_begun_the_treasury_does_as_before(chamber):
    person = registry.create_person(
        email="lou@exemple.test", name="Lou", by=SYSTEM, chamber=chamber
    )
    row = credit_giving.open_by_hand(agent=person, limit=100, by=SYSTEM)
    treasury_credit.agree_limit(account=row, limit=200, by=SYSTEM)
    credit_giving.close_by_hand(account=row, by=SYSTEM)
    row.refresh_from_db()
    assert (row.limit, row.is_open) == (200, False)


def test_the_pages_of_the_office_ask_little(village, office, client, django_assert_max_num_queries):
    client.force_login(office)
    slug, account = village.chamber.slug, village.account("ada").pk
    for page in (
        reverse("credit:home"),
        reverse("credit:group", args=[slug, "CRD"]),
        reverse("credit:begin", args=[slug, "HUR"]),
        reverse("treasury:units"),
        reverse("treasury:units_account", args=[account]),
    ):
        client.get(page)
        with django_assert_max_num_queries(15):
            assert client.get(page).status_code == 200
