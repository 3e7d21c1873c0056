"""All nineteen actions through the database, one by one: exact positions before and after."""

from pathlib import Path

import pytest

from chambre.ledger import api as ledger
from chambre.ledger.models import Event, Position, StockItem, Trace
from chambre.lib.valueflows import ACTIONS

pytestmark = pytest.mark.django_db


class Stock:
    """Apples of the workshop, and short ways to act on them."""

    def __init__(self, world):
        self.world, self.by = world, world.by
        self.a, self.b = world.atelier, world.verger
        self.kind = ledger.specify(
            chamber=world.chamber, slug="pommes", name="Pommes", unit="GRM", by=self.by
        )
        self.n = 0
        self.item = self.made(self.act("raise", new_resource=self.new("Pommes"), quantity=100))

    def new(self, name="", **more):
        return ledger.NewStock(name=name, specification=self.kind, **more)

    def box(self):
        """A crate, one identified object."""
        new = ledger.NewStock(name="Caisse", unit="PCE", serialized=True)
        return self.made(self.act("raise", new_resource=new, quantity=1, unit="PCE"))

    def process(self, based_on=""):
        return ledger.open_process(
            chamber=self.world.chamber, name="P", based_on=based_on, by=self.by
        )

    def act(self, action, **said):
        self.n += 1
        said.setdefault("provider", self.a)
        if "quantity" in said:
            said.setdefault("unit", "GRM")
        said.setdefault("key", f"e{self.n}")
        return ledger.record_event(action=action, by=self.by, **said)

    @staticmethod
    def made(event):
        return StockItem.objects.get(pk=event.to_resource_id or event.resource_id)

    def where(self, item=None):
        """accountable, custodian, place, inside, quantity of every position of a stock."""
        rows = Position.objects.filter(item=item or self.item)
        return sorted(
            (r.accountable.slug, r.custodian.slug, r.place, r.within_kind, r.quantity) for r in rows
        )


@pytest.fixture
def stock(world):
    yield Stock(world)
    assert ledger.rebuild_positions() == {}
    problems = []
    assert ledger.verify_events(lambda *each: problems.append(each)) == Event.objects.count()
    assert problems == []


HERE = [("atelier", "atelier", "", "", 100)]


def test_raise_and_lower(stock):
    assert stock.where() == HERE
    stock.act("lower", resource=stock.item, quantity=30)
    assert stock.where() == [("atelier", "atelier", "", "", 70)]


def test_produce_and_consume(stock):
    stock.act("produce", resource=stock.item, quantity=5, output_of=stock.process("pressage"))
    assert stock.where() == [("atelier", "atelier", "", "", 105)]
    stock.item.refresh_from_db()
    assert stock.item.stage == "pressage"
    stock.act("consume", resource=stock.item, quantity=105)
    assert stock.where() == []


@pytest.mark.parametrize("action", ["use", "cite"])
def test_use_and_cite_move_nothing(stock, action):
    stock.act(action, resource=stock.item, quantity=10, input_of=stock.process())
    assert stock.where() == HERE


def test_work_is_counted_in_minutes(stock):
    event = stock.act("work", effort=90, concerns=stock.world.press, input_of=stock.process())
    assert (event.effort, event.quantity, event.concerns) == (90, None, stock.world.press)
    assert list(ledger.events_of(stock.world.press)) == [event]
    assert stock.where() == HERE


def test_deliver_service_moves_nothing(stock):
    event = stock.act("deliverService", receiver=stock.b, quantity=1, unit="PCE")
    assert (event.resource, event.receiver) == (None, stock.b)
    assert stock.where() == HERE


def test_pickup_and_dropoff(stock):
    trip = stock.process()
    stock.act("pickup", resource=stock.item, quantity=40, input_of=trip)
    assert stock.where() == [
        ("atelier", "atelier", "", "", 60), ("atelier", "atelier", "", "transport", 40),
    ]  # fmt: skip
    assert ledger.on_hand(stock.item, stock.a) == 60
    assert ledger.accounted(stock.item, stock.a) == 100
    stock.act("dropoff", resource=stock.item, quantity=40, output_of=trip, to_location="halle")
    assert stock.where() == [
        ("atelier", "atelier", "", "", 60), ("atelier", "atelier", "halle", "", 40),
    ]  # fmt: skip


def test_accept_and_modify(stock):
    wash = stock.process("lavage")
    stock.act("accept", resource=stock.item, quantity=100, input_of=wash)
    assert stock.where() == [("atelier", "atelier", "", "work", 100)]
    stock.act(
        "modify", resource=stock.item, quantity=98, output_of=wash, rest="lower", state="propre"
    )
    assert stock.where() == [("atelier", "atelier", "", "", 98)]
    stock.item.refresh_from_db()
    assert (stock.item.stage, stock.item.state) == ("lavage", "propre")


def test_combine_and_separate(stock):
    box = stock.box()
    stock.act("combine", resource=stock.item, quantity=25, to_resource=box)
    assert stock.where() == [
        ("atelier", "atelier", "", "", 75), ("atelier", "atelier", "", "container", 25),
    ]  # fmt: skip
    stock.act("separate", resource=stock.item, quantity=25)
    assert stock.where() == HERE


def test_a_crate_takes_its_contents_along(stock):
    box = stock.box()
    stock.act("combine", resource=stock.item, quantity=25, to_resource=box)
    stock.act("transferCustody", resource=box, receiver=stock.b, quantity=1, unit="PCE")
    assert stock.where(box) == [("atelier", "verger", "", "", 1)]
    assert stock.where() == [
        ("atelier", "atelier", "", "", 75), ("atelier", "verger", "", "container", 25),
    ]  # fmt: skip


def test_transfer_of_a_stock_makes_the_receivers_own(stock):
    event = stock.act("transfer", resource=stock.item, receiver=stock.b, quantity=40)
    theirs = event.to_resource
    assert stock.where() == [("atelier", "atelier", "", "", 60)]
    assert stock.where(theirs) == [("verger", "verger", "", "", 40)]
    assert (theirs.name, theirs.specification, theirs.unit) == ("Pommes", stock.kind, "GRM")

    again = stock.act("transfer", resource=stock.item, receiver=stock.b, quantity=10)

    assert again.to_resource == theirs
    assert stock.where(theirs) == [("verger", "verger", "", "", 50)]


def test_transfer_of_an_object_keeps_it(stock):
    box = stock.box()
    stock.act("transfer", resource=box, receiver=stock.b, quantity=1, unit="PCE")
    assert stock.where(box) == [("verger", "verger", "", "", 1)]


def test_transfer_to_a_customer_leaves(stock):
    stock.act(
        "transfer", resource=stock.item, receiver=stock.b, quantity=40, receiver_tracked=False
    )
    assert stock.where() == [("atelier", "atelier", "", "", 60)]
    assert StockItem.objects.filter(accountable=stock.b).count() == 0


def test_transfer_custody_is_a_loan(stock):
    stock.act("transferCustody", resource=stock.item, receiver=stock.b, quantity=40)
    assert stock.where() == [
        ("atelier", "atelier", "", "", 60), ("atelier", "verger", "", "", 40),
    ]  # fmt: skip
    stock.act(
        "transferCustody", resource=stock.item, provider=stock.b, receiver=stock.a, quantity=40
    )
    assert stock.where() == HERE


def test_transfer_all_rights_leaves_it_where_it_is(stock):
    event = stock.act("transferAllRights", resource=stock.item, receiver=stock.b, quantity=40)
    assert stock.where() == [("atelier", "atelier", "", "", 60)]
    assert stock.where(event.to_resource) == [("verger", "atelier", "", "", 40)]


def test_move(stock):
    stock.act("move", resource=stock.item, quantity=30, to_location="cave")
    assert stock.where() == [
        ("atelier", "atelier", "", "", 70), ("atelier", "atelier", "cave", "", 30),
    ]  # fmt: skip


def test_copy_takes_nothing_from_the_original(stock):
    event = stock.act(
        "copy", resource=stock.item, receiver=stock.b, quantity=1, new_resource=stock.new("Copie")
    )
    assert stock.where() == HERE
    assert stock.where(event.to_resource) == [("verger", "verger", "", "", 1)]


def test_every_action_is_tested_here():
    text = Path(__file__).read_text(encoding="utf-8")
    missing = [name for name in ACTIONS if f'"{name}"' not in text]
    assert len(ACTIONS) == 19
    assert missing == []


@pytest.mark.parametrize(
    "said",
    [
        {"action": "lower", "quantity": 101}, {"action": "consume", "quantity": 101},
        {"action": "transfer", "quantity": 101, "receiver": "b"},
        {"action": "transferCustody", "quantity": 101, "receiver": "b"},
        {"action": "transfer", "provider": "b", "receiver": "a", "quantity": 1},
        {"action": "lower", "quantity": 1, "unit": "LTR"}, {"action": "pass", "quantity": 1},
        {"action": "lower", "quantity": 0}, {"action": "lower", "quantity": -5},
    ],
    ids=repr,
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_written(stock, said):
    said = {
        name: getattr(stock, value) if value in ("a", "b") else value
        for name, value in said.items()
    }

    with pytest.raises(ledger.EventRefused):
        stock.act(said.pop("action"), resource=stock.item, **said)

    assert stock.where() == HERE
    assert (Event.objects.count(), Trace.objects.count(), StockItem.objects.count()) == (1, 1, 1)
