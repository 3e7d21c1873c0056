"""Phones: a printed label in front of a camera, scans without a network, pages that labels open."""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import urlsplit

import pypdfium2
import pytest
from tests.browser.harness import (
    Visitor,
    assert_accessible,
    assert_zooms,
    find_chromium,
    sandbox,
    shoot,
)

from chambre.core.actors import Actor
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Act, Case, Contract, Item, Part
from chambre.rooms.deposit.services import schemes
from chambre.rooms.deposit.services.accountcards import card_of
from chambre.rooms.deposit.services.labelling import label_sheet
from chambre.rooms.deposit.tests.conftest import House

SYSTEM = Actor.system("test")
WIDTH, HEIGHT = 640, 480
RESULT = "[data-result]"


@pytest.fixture
def house(transactional_db):
    made = House()
    schemes.change_place(
        place=made.place, by=SYSTEM, address="12 place du Marché", hours="samedi, 8 h – 13 h",
        latitude=50_292_000, longitude=2_778_000,
    )  # fmt: skip
    schemes.create_place(
        slug="ferme", scheme=made.scheme, name="Ferme des Peupliers", by=SYSTEM, cash=False,
        latitude=50_321_000, longitude=2_811_000,
    )  # fmt: skip
    return made


@pytest.fixture
def steward(house, make_user):
    user = make_user("bruno@exemple.test", name="Bruno")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.structure, by=SYSTEM)
    return user


def jars_out(house, count):
    jars = house.jars(count)
    house.out(*jars)
    return jars


def film_of(pdf, path):
    """What a camera sees when the first label is held in front of it, as a film of two pictures."""
    page = pypdfium2.PdfDocument(pdf)[0]
    bitmap = page.render(scale=420 / page.get_width(), grayscale=True)
    octets, stride = bytes(bitmap.buffer), bitmap.stride
    left, top = (WIDTH - bitmap.width) // 2, (HEIGHT - bitmap.height) // 2
    rows = [bytearray(b"\x60" * WIDTH) for _row in range(HEIGHT)]
    for y in range(bitmap.height):
        row = octets[y * stride : y * stride + bitmap.width]
        rows[top + y][left : left + bitmap.width] = row
    frame = b"FRAME\n" + b"".join(rows) + b"\x80" * (WIDTH * HEIGHT // 2)
    path.write_bytes(b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % (WIDTH, HEIGHT) + frame * 2)
    return path


def choose(page, place="halle"):
    page.wait_for_selector("#scan[data-ready]")
    page.select_option("#place", place)


def type_code(page, code):
    page.fill("#typed", code)
    page.press("#typed", "Enter")


@pytest.fixture
def camera(chromium, house, live_server, tmp_path):
    """A browser whose camera sees the label of a jar that is out."""
    (jar,) = jars_out(house, 1)
    pdf, _count = label_sheet(type_=house.type, by=SYSTEM, format="50x30", codes=[jar])
    film = film_of(pdf, tmp_path / "label.y4m")
    sees = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    browser = chromium.browser_type.launch(
        executable_path=find_chromium(), args=[*sees, *sandbox()]
    )
    visiting = Visitor(browser, live_server.url, defaultdict(list))
    yield visiting
    visiting.close()
    browser.close()
    assert not visiting.troubles, "\n".join(visiting.troubles)


def test_a_printed_label_before_the_camera_is_paid_back_once(camera, steward):
    page = camera.open("/consigne/scan/", user=steward, width=390)
    choose(page)
    assert not page.evaluate("'BarcodeDetector' in window")  # so the decoder that we ship reads it
    page.click("[data-camera-on]")

    page.wait_for_selector(f"{RESULT} .message-success", timeout=30_000)
    assert "Remboursé – 2,00\xa0€" in page.inner_text(RESULT)
    page.wait_for_timeout(1500)  # it stays in sight, and is not scanned again
    shoot(page, "scan-camera")
    page.click("[data-camera-off]")

    assert Contract.objects.get().state == "closed"
    assert Act.objects.filter(kind="return").count() == 1
    assert not Case.objects.exists()


def test_scans_without_a_network_are_kept_and_sent_once(visitor, house, steward):
    jars = jars_out(house, 3)
    page = visitor.open("/consigne/scan/", user=steward, width=390)
    choose(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone = page.context.new_cdp_session(page)
    errors = phone.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {error["errorId"] for error in errors} <= {"in-incognito"}

    page.context.set_offline(True)
    page.reload()  # the page opens without a network
    choose(page)
    for jar in jars[:2]:
        page.locator(RESULT).evaluate(
            "box => box.replaceChildren()"
        )  # what was said of the last one
        type_code(page, jar)
        page.wait_for_selector(f"{RESULT} .message-warning")
        assert "Gardé sur cet appareil" in page.inner_text(RESULT)
    shoot(page, "scan-offline")
    assert not Act.objects.filter(kind="return").exists()

    # The first answer is lost on its way: the phone asks again with the same keys.
    lost = []

    def lose(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    page.route("**/consigne/scan/actes/*", lose)
    page.context.set_offline(False)
    page.wait_for_function("() => document.querySelectorAll('.scan-answers .waiting').length === 2")
    type_code(page, jars[2])
    page.wait_for_selector(".scan-answers .good >> nth=2", timeout=20_000)

    assert lost == [200]
    assert Act.objects.filter(kind="return").count() == 3
    assert Contract.objects.filter(state="closed").count() == 3
    assert page.inner_text(".scan-answers").count("Remboursé – 2,00\xa0€") == 3
    quiet = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    visitor.troubles[:] = [one for one in visitor.troubles if not any(q in one for q in quiet)]


def test_many_at_once_by_a_scanner_that_types(visitor, house, steward):
    jars = jars_out(house, 3)
    page = visitor.open("/consigne/scan/", user=steward)
    choose(page)
    page.check("[data-batch]")
    page.evaluate("document.activeElement.blur()")
    for jar in jars:
        page.keyboard.type(jar)
        page.keyboard.press("Enter")
    page.wait_for_selector(".scan-list li >> nth=2")
    shoot(page, "scan-batch")
    assert_accessible(page)
    page.click("[data-list-send]")

    page.wait_for_selector(f"{RESULT} .message-success")
    assert "Remboursé – 6,00\xa0€" in page.inner_text(RESULT)
    assert Act.objects.filter(kind="return").count() == 1


def test_a_part_of_the_deposit_is_given_on_a_phone(visitor, house, steward):
    one, other = jars_out(house, 2)
    page = visitor.open("/consigne/scan/", user=steward, width=390)
    choose(page)
    page.click("[data-split] summary")
    page.fill("#part", "0,5x")
    page.fill("#typed", one)
    page.press("#typed", "Enter")
    page.wait_for_selector(f"{RESULT} .message-warning")
    assert Contract.objects.filter(state="open").count() == 2

    page.fill("#part", "0,50")
    shoot(page, "scan-part")
    assert_accessible(page)
    page.fill("#typed", one)
    page.press("#typed", "Enter")
    page.wait_for_selector(f"{RESULT} .message-success:has-text('un don')")
    told = page.inner_text(RESULT).replace("\xa0", " ")
    assert "0,50 € (un don au commun) · 1,50 € (espèces)" in told
    page.fill("#typed", other)
    page.press("#typed", "Enter")
    page.wait_for_selector(f"{RESULT} .message-success:not(:has-text('un don'))")
    assert "Remboursé – 2,00 €" in page.inner_text(RESULT).replace("\xa0", " ")
    assert not page.is_visible("#part")  # it was of one deposit
    ways = Part.objects.filter(amount__gt=0).order_by("pk").values_list("channel", "amount")
    assert list(ways) == [("gift", 50), ("cash", 150), ("cash", 200)]


def test_anybody_sees_what_an_object_is_and_says_where_it_was_left(visitor, house):
    schemes.set_terms(scheme=house.scheme, by=SYSTEM, reason="AG", distance_limit=200)
    (jar,) = jars_out(house, 1)
    page = visitor.open(urlsplit(jar).path, width=390)
    page.click(".deposit-held a.button")
    page.wait_for_selector("#scan[data-ready]")
    assert "Consigne : 2,00" in page.inner_text(RESULT).replace("\xa0", " ")
    page.select_option("#place", "halle")
    page.click(f"{RESULT} button")

    page.wait_for_selector(f"{RESULT} .message-success")
    shoot(page, "scan-anybody")
    assert "Code à garder" in page.inner_text(RESULT)
    assert Contract.objects.get().state == "closed"


def test_pages_fit_and_are_accessible(visitor, house, steward):
    (jar,) = jars_out(house, 1)
    house.back(jar)
    house.out(jar)
    item = Item.objects.get(uri=jar)
    visitor.expected.add(404)
    page = visitor.open(f"/consigne/o/{item.serial}")
    pages = {
        "object": f"/consigne/o/{item.serial}",
        "unknown": "/consigne/o/NOBODY",
        "map": "/consigne/carte/",
        "place": "/consigne/lieux/halle",
        "type": "/consigne/types/bocal",
        "scan": "/consigne/scan/",
    }
    for name, path in pages.items():
        page.goto(path)
        shoot(page, f"deposit-{name}")
        assert_accessible(page)
    page.goto(pages["object"])
    assert_zooms(page)
    dark = visitor.open("/consigne/etiquettes/", theme="dark", user=steward)
    shoot(dark, "deposit-labels")
    assert_accessible(dark)
    plain = visitor.open("/consigne/scan/", scripts=False)
    shoot(plain, "scan-plain")


def test_a_card_that_is_scanned_puts_what_is_taken_on_an_account(visitor, house, steward):
    [jar] = house.jars(1)
    holder = registry.person("bruno@exemple.test")
    page = visitor.open("/consigne/scan/", user=steward, width=390)
    choose(page)
    page.click("[data-mode=issue]")
    type_code(page, f"https://lysse.test/consigne/compte/{card_of(holder)}")
    page.wait_for_selector(f"{RESULT} .message-info")
    assert page.input_value("#account").endswith(card_of(holder))
    shoot(page, "scan-account")
    type_code(page, jar)
    page.wait_for_selector(f"{RESULT} .message-success")
    assert Contract.objects.get().holder == holder
    assert page.input_value("#account") == ""

    page = visitor.open("/consigne/compte/", user=steward, width=390)
    assert page.get_by_role("link", name="Bocal").count() == 1
    assert_accessible(page)
    shoot(page, "account")
