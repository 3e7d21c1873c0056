"""A return point: nothing is lost, nothing is said or paid twice, whatever is pulled out."""

import queue

import pytest

from chambre.lib.devices import Store, slip_digest
from chambre.lib.devices.carrying import Event
from chambre.lib.devices.point import Point, Setting
from chambre.lib.devices.printing import Printer, as_escpos


class Carrier:
    """Answers what it likes, when the test says so."""

    def __init__(self):
        self.sent = []

    def start(self):
        pass

    def send(self, messages):
        self.sent.append([message for _kind, message in messages])
        return True

    def stop(self):
        pass


class Scene:
    """A return point with a carrier, a screen and a roll of paper."""

    def __init__(self, folder, **setting):
        self.folder, self.setting = folder, setting
        self.shown = []
        self.setting.setdefault("patience", 5.0)
        self.start()

    def start(self):
        """Start (again), as after a pulled plug."""
        self.events = queue.SimpleQueue()
        self.carrier = Carrier()
        self.store = Store(self.folder / "ring.db", "borne-1")
        self.point = Point(
            Setting("borne-1", **{"language": "en", **self.setting}),
            self.store,
            self.carrier,
            self.events,
            self.shown.append,
            Printer(self.folder / "paper"),
        )
        self.point._grace = 0.0  # nobody waits for the first contact

    def pull_the_plug(self):
        self.store.close()
        self.start()

    def hear(self, name, data=""):
        self.events.put(Event(name, data))
        self.point.step(0)

    def link(self, there=True):
        self.hear("link", "" if there else "gone")

    def scan(self, *lines):
        for line in lines:
            self.hear("line", line)

    def answer(self, message, **answer):
        told = {"ok": True, "outcome": "refunded", "refund": 200, **answer}
        self.hear("answer", {"boot": message["boot"], "seq": message["seq"], **told})

    @property
    def paper(self):
        path = self.folder / "paper"
        return path.read_text().split("-" * 32 + "\n")[:-1] if path.exists() else []


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path)


def test_in_touch_an_object_is_paid_back_at_once(scene):
    scene.link()
    scene.scan("A")
    [[sent]] = scene.carrier.sent
    scene.answer(sent)

    assert (sent["op"], sent["codes"], sent["means"]) == ("return", ["A"], "receipt")
    assert sent["t"] <= sent["clk"]["now"]
    [receipt] = scene.paper
    assert receipt.startswith("Receipt\nPaid back: €2.00.\n")
    assert slip_digest(receipt.strip().split("\n")[-1]) == sent["held"][0]
    assert scene.store.waiting_count() == 0


def test_what_is_scanned_in_the_first_moment_waits_for_the_first_contact(scene):
    scene.point._grace = float("inf")
    scene.scan("A")
    scene.hear("end")
    assert scene.store.waiting_count() == 0

    scene.link()
    assert [one["codes"] for one in scene.carrier.sent[0]] == [["A"]]
    assert scene.paper == []


def test_out_of_touch_a_receipt_is_handed_out_and_the_object_is_sent_later(scene):
    scene.scan("A", "B")
    assert scene.carrier.sent == []
    assert len(scene.paper) == 2
    assert "To be checked" in scene.paper[0]

    scene.link()
    [[first, second]] = scene.carrier.sent
    assert (first["codes"], second["codes"], first["seq"], second["seq"]) == (["A"], ["B"], 1, 2)
    scene.answer(first)
    scene.answer(second, outcome="already", refund=0, words="It was brought back already.")
    assert len(scene.paper) == 2  # nobody waits there any more

    good, bad = (one.strip().split("\n")[-1] for one in scene.paper)
    scene.scan(good, bad)
    assert scene.shown[-2].endswith("is worth €2.00, at a counter.")
    assert scene.shown[-1].endswith("nothing is paid. It was brought back already.")


def test_a_pulled_plug_loses_nothing_and_prints_nothing_twice(scene):
    scene.scan("A")
    scene.link()
    [[before]] = scene.carrier.sent
    scene.pull_the_plug()
    scene.point.run(lambda: True)
    scene.link()
    [[after]] = scene.carrier.sent

    assert (after["boot"], after["seq"], after["t"]) == (before["boot"], before["seq"], before["t"])
    assert len(scene.paper) == 1


def test_a_receipt_that_did_not_come_out_comes_out_at_the_next_start(scene):
    scene.store.add("scan", {"op": "return", "codes": ["A"]}, slip="0" * 16)
    scene.pull_the_plug()
    scene.point.run(lambda: True)

    assert len(scene.paper) == 1
    assert "0000-0000-0000-0000" in scene.paper[0]


def test_what_was_promised_in_cash_is_paid_once_at_this_point(tmp_path):
    scene = Scene(tmp_path, means="cash", patience=-1.0)
    scene.link()
    scene.scan("A")  # patience is over at once: a receipt
    [[sent]] = scene.carrier.sent
    code = scene.paper[0].strip().split("\n")[-1]
    assert (sent["means"], "held" in sent) == ("cash", False)

    scene.scan(code)
    assert "not decided yet" in scene.shown[-1]
    scene.answer(sent)
    scene.scan(code, code)
    assert [line.rpartition(": ")[2] for line in scene.shown[-2:-1]] == ["pay €2.00 now."]
    assert scene.shown[-1].endswith("was paid already.")


def test_what_comes_first_is_answered_first(scene):
    scene.scan(":issue", "A", "B", ":return", "A", ":issue", "A")
    scene.link()
    [[one, two]] = scene.carrier.sent
    assert (one["op"], one["codes"], two["codes"]) == ("issue", ["A"], ["B"])

    scene.answer(one, outcome="issued")
    scene.answer(two, outcome="issued")
    [third] = scene.carrier.sent[-1]
    assert (third["op"], third["codes"]) == ("return", ["A"])
    scene.answer(third)
    [fourth] = scene.carrier.sent[-1]
    assert (fourth["op"], fourth["codes"]) == ("issue", ["A"])


def test_a_batch_is_one_act(scene):
    scene.link()
    scene.scan(":batch", "A", "B", ":damaged", ":end")
    [[sent]] = scene.carrier.sent

    assert (sent["codes"], sent["cond"]) == (["A", "B"], "damaged")
    scene.scan("C")
    assert "cond" not in scene.carrier.sent[-1][0]


def test_a_house_that_does_not_know_the_device_is_left_in_peace_for_a_while(scene):
    scene.link()
    scene.scan("A")
    [[sent]] = scene.carrier.sent
    scene.answer(
        sent, ok=False, final=False, words="This device was revoked.", code="unknown-device"
    )

    scene.scan("B")
    assert len(scene.carrier.sent) == 1
    assert scene.store.waiting_count() == 2
    assert "The house does not take it: This device was revoked." in scene.shown


def test_a_printer_that_is_away_prints_at_the_next_start(scene, tmp_path):
    (tmp_path / "paper").mkdir()
    scene.scan("A")
    (tmp_path / "paper").rmdir()
    scene.pull_the_plug()
    scene.point.run(lambda: True)

    assert len(scene.paper) == 1


def test_printers_are_told_the_euro_and_the_code():
    said = as_escpos(["Reçu", "2,00 €"], "7K3M-0000")

    assert said.startswith(b"\x1b@\x1bt\x13")
    assert b"2,00 \xd5" in said
    assert b"\x0c\x001P07K3M-0000" in said
    assert said.endswith(b"\x1dV\x42\x00")
