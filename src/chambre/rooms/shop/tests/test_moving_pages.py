"""The pages on which a shop moves in and out: looked at first, then brought in, told line by line."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chambre.core.jobs import execute
from chambre.core.models import Job, StoredFile
from chambre.registry import api as registry
from chambre.rooms.shop.models import Arrival, Customer, ImportedOrder, Product
from chambre.rooms.shop.tests.conftest import SYSTEM, Farm
from chambre.rooms.shop.tests.moving_support import FRENCH, cells
from chambre.rooms.shop.views.moving import coming

MOST_QUERIES = 15


@pytest.fixture
def keeper(farm: Farm, make_user: Any, client: Any) -> Any:
    """Somebody who keeps the shop's money, signed in."""
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=farm.structure, by=SYSTEM)
    client.force_login(user)
    return client


def page(name: str, *args: Any) -> str:
    return reverse(f"shop:{name}", args=["jardin", *args])


def send(client: Any, content: str = FRENCH, **more: Any) -> Any:
    file = SimpleUploadedFile("produits.csv", content.encode(), content_type="text/csv")
    return client.post(page("coming"), {"file": file, "default_vat": "20", **more})


def test_a_file_is_looked_at_and_then_brought_in_once(keeper):
    sent = send(keeper)
    row = Arrival.objects.get()
    shown = keeper.get(page("arrival", row.pk)).content.decode()

    assert (sent.status_code, sent["Location"]) == (302, page("arrival", row.pk))
    assert "Carottes en botte" in shown
    assert "« douze »" in shown.replace("\u00a0", " ")
    assert not Product.objects.exists()

    brought = keeper.post(page("bring", row.pk))
    again = keeper.post(page("bring", row.pk))

    assert (brought.status_code, again.status_code) == (302, 302)
    assert Product.objects.count() == 7
    row.refresh_from_db()
    assert (row.state, row.report["products"], len(row.report["skipped"])) == ("done", 7, 3)
    assert keeper.get(page("arrival", row.pk)).status_code == 200
    send(keeper)
    second = Arrival.objects.order_by("id").last()
    assert (second.report["products"], second.report["updated"]) == (0, 0)


def test_the_manager_sees_the_rates_and_changes_them(keeper):
    send(keeper)
    row = Arrival.objects.get()
    form = keeper.get(page("arrival", row.pk)).context["form"]
    named = {each["class"]: f"rate{number}" for number, each in enumerate(form.classes.values())}
    rates = {name: form.fields[field].initial for name, field in named.items()}

    answer = keeper.post(
        page("arrival", row.pk),
        {"default_vat": "10", named["reduced"]: "2.1", named["zero"]: "0",
         named["taux-livre"]: "5.5"},
    )  # fmt: skip
    keeper.post(page("bring", row.pk))

    assert rates == {"reduced": "5.5", "zero": "0", "taux-livre": "20"}
    assert answer.status_code == 302
    vat = {product.name: product.vat for product in Product.objects.all()}
    assert (vat["Carottes en botte"], vat["Le livre"], vat["Panier d’été"]) == (210, 550, 1000)


def test_what_is_no_product_file_is_said_so_and_not_kept(keeper):
    answer = send(keeper, "a,b\n1,2\n")

    assert answer.status_code == 422
    assert not Arrival.objects.exists()


def test_much_is_done_in_the_background(keeper, monkeypatch):
    monkeypatch.setattr(coming, "AT_ONCE", 10)

    looked = send(keeper)
    first = Job.objects.get()
    row = Arrival.objects.get()
    waiting = keeper.get(page("arrival", row.pk))
    execute(str(first.pk))
    brought = keeper.post(page("bring", row.pk))
    second = Job.objects.exclude(pk=first.pk).get()
    execute(str(second.pk))

    assert (looked["Location"], brought["Location"]) == (
        reverse("core:job", args=[first.pk]), reverse("core:job", args=[second.pk]),
    )  # fmt: skip
    assert waiting.status_code == 200
    second.refresh_from_db()
    assert (second.state, second.report["facts"]["products"]) == ("done", 7)
    assert second.report["url"] == page("arrival", row.pk)
    assert [each["line"] for each in second.report["refused"]] == [11, 12, 13]
    assert Product.objects.count() == 7


def test_the_report_is_a_file(keeper):
    send(keeper)

    answer = keeper.get(page("arrival", Arrival.objects.get().pk) + "?format=csv")

    assert answer.status_code == 200
    assert "Carottes en botte" in answer.content.decode("utf-8-sig")


def test_the_products_go_out_as_a_file(keeper):
    send(keeper)
    keeper.post(page("bring", Arrival.objects.get().pk))

    shown, file = keeper.get(page("going")), keeper.get(page("given"))

    assert page("given") in shown.content.decode()
    assert cells(file.content)[0] == cells(FRENCH)[0]
    assert file["Content-Disposition"] == 'attachment; filename="jardin-produits.csv"'


def test_pictures_are_fetched_in_the_background(keeper):
    send(keeper)
    keeper.post(page("bring", Arrival.objects.get().pk))

    answer = keeper.post(page("fetch_pictures"))

    job = Job.objects.get()
    assert (answer["Location"], job.kind) == (reverse("core:job", args=[job.pk]), "shop.pictures")


def test_pages_ask_little(keeper):
    send(keeper)
    row = Arrival.objects.get()
    for address in (page("coming"), page("arrival", row.pk), page("going")):
        with CaptureQueriesContext(connection) as asked:
            assert keeper.get(address).status_code == 200
        assert len(asked) <= MOST_QUERIES, address


def test_it_is_for_those_who_manage_the_shop(farm, client, make_user):
    client.force_login(make_user("passant@exemple.test"))

    for name in ("coming", "going", "given"):
        assert client.get(page(name)).status_code == 403
    assert send(client).status_code == 403
    assert client.post(page("fetch_pictures")).status_code == 403
    assert not StoredFile.objects.exists()


def test_an_order_of_the_former_shop_is_shown_as_it_was_last(farm, keeper):
    customer = Customer.objects.create(shop=farm.shop, email="lou@exemple.test", name="Lou")
    for status in ("processing", "completed"):
        ImportedOrder.objects.create(
            shop=farm.shop, customer=customer, source="woocommerce", external_id="1041",
            number="1041", status=status, currency="EUR", total=400, digest=status, by="test",
        )  # fmt: skip

    shown = keeper.get(page("customer", customer.pk)).content.decode()

    assert ("completed" in shown, "processing" in shown) == (True, False)
