"""The pages of the register: read by anybody, written by those who may."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from chambre.registry import api
from chambre.registry import record as schema
from chambre.registry.models import (
    Agent,
    Assessment,
    RegisterImport,
    Resource,
    ResourceRevision,
    Role,
    Wish,
)
from chambre.registry.tests.conftest import agent_of
from chambre.registry.tests.samples import FULL
from chambre.registry.versions import latest_record

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def full(system, nectar):
    """A resource with something in every field."""
    api.create_resource(slug="pays", name="Pays", by=system)
    made = api.create_resource(slug="tout", name="Tout", part_of="pays", by=system, fields=FULL)
    api.assess(resource=made, principle=2, answer=3, evidence_kind="link",
               evidence="https://exemple.test/r", by=system)  # fmt: skip
    api.assess(resource=made, principle=3, answer=1, by=system)
    return api.resource("tout")


def url(name, *args, **query):
    return reverse(f"registry:{name}", args=args, query=query or None)


def page(client, address, by=None, status=200):
    client.logout()
    if by is not None:
        client.force_login(by.user)
    response = client.get(address)
    assert response.status_code == status, (address, response.status_code)
    return response.content.decode()


def send(client, address, data, by, status=302):
    client.logout()
    client.force_login(by.user)
    response = client.post(address, data)
    assert response.status_code == status, response.content.decode()[:3000]
    return response


PUBLIC = [
    ("resources",), ("resource", "tout"), ("resource", "pays"), ("wishes",), ("structures",),
    ("structure", "nectar"), ("chamber",), ("version", "tout", 1), ("version", "tout", 2),
    ("catalogue",), ("resources_csv",), ("structures_csv",), ("resource_jsonld", "tout"),
]  # fmt: skip


@pytest.mark.parametrize("name", PUBLIC)
def test_anybody_reads_the_register(client, full, name):
    assert page(client, url(*name))


@pytest.mark.parametrize("tab", ["record", "principles", "wishes", "history", "people", "none"])
@pytest.mark.parametrize("who", [None, "member", "administrator"])
def test_each_tab_shows_its_part_within_fifteen_queries(
    client, request, full, tab, who, django_assert_max_num_queries
):
    by = request.getfixturevalue(who) if who else None
    client.logout()
    if by:
        client.force_login(by.user)
    with django_assert_max_num_queries(15):
        response = client.get(url("resource", "tout", tab=tab))
    assert response.status_code == 200
    assert b"Tout" in response.content


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_ask_few_questions(
    client, administrator, full, name, django_assert_max_num_queries
):
    client.force_login(administrator.user)
    with django_assert_max_num_queries(15):
        client.get(url(*name))


def test_the_page_of_a_resource_says_all_that_was_said(client, full):
    html = page(client, url("resource", "tout"))

    for text in (
        "Des pommiers d’autrefois", "Nectar d’Iroise", "CC-BY-SA", "Trébaol", "Pays",
        "<li>haies</li>", "https://exemple.test/ag", "Deux médiatrices", "prête la benne",
        'rel="canonical"', "http://testserver/ressources/tout/", "application/ld+json",
    ):  # fmt: skip
        assert text in html, text
    assert "javascript:" not in html


def test_text_of_people_is_never_taken_for_html(client, system, chamber):
    evil = "<script>alert(1)</script>"
    api.create_resource(
        slug="x", name=f"N{evil}", summary=evil, description=f"{evil} [x](javascript:alert(1))",
        keywords=[evil], places=[{"name": evil}], bodies=[{"name": evil, "decides": evil}],
        by=system,
    )  # fmt: skip

    for tab in ("record", "history"):
        html = page(client, url("resource", "x", tab=tab))
        assert "<script>alert" not in html
        assert 'href="javascript' not in html


def test_a_private_person_is_not_named(client, verger, stranger, administrator):
    slug = agent_of(stranger).slug
    api.change_resource(resource=verger, owner=slug, custodian=slug, reason="don", by=administrator)

    for address in (
        url("resource", "verger"), url("resource", "verger", tab="history"),
        url("version", "verger", 2), url("compare", "verger", **{"from": 1, "to": 2}),
        url("resources"), url("catalogue"), url("resources_csv"),
    ):  # fmt: skip
        html = page(client, address)
        assert "Zoe" not in html, address
        assert f">{slug}<" not in html, address
    page(client, url("structure", slug), status=404)


def test_search_and_filters_on_the_page(client, full, verger):
    assert "Verger partagé" in page(client, url("resources", q="VERGERS", kind="land"))
    html = page(client, url("resources", q="nulle part ailleurs"))
    assert "Verger partagé" not in html
    assert "Verger partagé" in page(client, url("resources", keyword="haies"))
    assert page(client, url("resources", kind="spaceship", page="99"))
    part = client.get(url("resources", q="verger"), headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert "Verger partagé".encode() in part.content


def test_an_empty_register_says_how_to_begin(client, member, chamber):
    assert url("resource_new") in page(client, url("resources"), by=member)
    assert url("resource_new") not in page(client, url("resources"))
    page(client, url("wishes"))
    page(client, url("structures", q="rien"))


# --------------------------------------------------------------------------- who may do what

CLOSED = [
    (("resource_new",), {"member", "steward", "treasurer", "facilitator", "administrator"}),
    (("resource_edit", "verger"), {"steward", "facilitator", "administrator"}),
    (("resource_edit", "verger", "rights"), {"steward", "facilitator", "administrator"}),
    (("resource_image_edit", "verger"), {"steward", "facilitator", "administrator"}),
    (("standing", "verger"), {"administrator"}),
    (("wish_new", "verger"), {"steward", "facilitator", "administrator"}),
    (("assess", "verger", 3), {"steward", "facilitator", "administrator"}),
    (("structure_new",), {"facilitator", "administrator"}),
    (("structure_edit", "nectar"), {"treasurer", "facilitator", "administrator"}),
    (("people",), {"facilitator", "administrator"}),
    (("person_new",), {"facilitator", "administrator"}),
    (("role_new",), {"facilitator", "administrator"}),
    (("import_new",), {"facilitator", "administrator"}),
]
EVERYBODY = ["stranger", "member", "steward", "treasurer", "facilitator", "administrator"]


@pytest.mark.parametrize(("name", "may"), CLOSED)
def test_each_closed_page_opens_for_those_who_may(client, request, verger, name, may):
    signed_out = client.get(url(*name))
    assert signed_out.status_code == 302
    assert "/compte/" in signed_out["Location"]
    for who in EVERYBODY:
        by = request.getfixturevalue(who)
        page(client, url(*name), by=by, status=200 if who in may else 403)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (("resource_new",), {"name": "X", "kind": "land"}),
        (("resource_edit", "verger", "identity"), {"name": "X", "version": "1"}),
        (("standing", "verger"), {"standing": "commons", "reason": "x", "version": "1"}),
        (("restore", "verger", 1), {"reason": "x"}),
        (("wish_new", "verger"), {"kind": "need", "category": "time", "title": "T"}),
        (("assess", "verger", 3), {"answer": "3"}),
        (("structure_new",), {"name": "X", "kind": "structure"}),
        (("structure_edit", "nectar"), {"name": "X", "version": "1"}),
        (("person_new",), {"name": "X", "email": "x@exemple.test"}),
        (("role_new",), {"person": "zoe", "kind": "administrator"}),
        (("import_new",), {"file": SimpleUploadedFile("r.csv", b"slug;name\nx;X\n")}),
    ],
)
def test_a_refused_form_changes_nothing(client, verger, stranger, name, data):
    def all_rows():
        return [
            model.objects.count()
            for model in (Agent, Resource, ResourceRevision, Role, Wish, Assessment, RegisterImport)
        ] + list(Agent.objects.values_list("name", flat=True))

    before = all_rows()
    assert client.post(url(*name), data).status_code == 302  # to the sign-in page
    send(client, url(*name), data, by=stranger, status=403)
    assert all_rows() == before


# ------------------------------------------------------------------------------ doing things


def test_a_member_adds_a_resource_and_goes_on_to_its_record(client, member):
    response = send(
        client, url("resource_new"), {"name": "L’Œuvre commune", "kind": "knowledge"}, by=member
    )

    made = Resource.objects.get()
    assert (made.slug, made.kind) == ("loeuvre-commune", "knowledge")
    assert response["Location"] == url("resource_edit", made.slug, "identity")
    page(client, response["Location"], by=member)
    again = send(
        client, url("resource_new"), {"name": "Autre", "slug": made.slug, "kind": "land"},
        by=member, status=409,
    )  # fmt: skip
    assert "Autre" in again.content.decode()  # what was typed stays


def block_data(resource, block, **changes):
    """What a browser sends for a block that is shown as it is."""
    record = latest_record(resource)
    data = {"version": str(resource.version), "reason": ""}
    for field in schema.block(block).fields:
        value = record[field.name]
        if isinstance(field, schema.Rows):
            data[f"{field.name}-count"] = str(len(value) + 1)
            for number, row in enumerate(value):
                for name, cell in row.items():
                    data[f"{field.name}-{number}-{name}"] = "" if cell is None else str(cell)
        elif isinstance(field, schema.Words):
            data[field.name] = "\r\n".join(value)
        elif field.name not in schema.EDITED_APART:
            data[field.name] = "" if value is None else str(value).replace("\n", "\r\n")
    return {**data, **changes}


@pytest.mark.parametrize("block", [one.name for one in schema.BLOCKS if one.name != "wishes"])
def test_sending_a_block_as_it_is_changes_nothing(client, administrator, full, block):
    html = page(client, url("resource_edit", "tout", block), by=administrator)
    assert f"<h1>{schema.block(block).label}</h1>" in html

    send(client, url("resource_edit", "tout", block), block_data(full, block), by=administrator)

    full.refresh_from_db()
    assert full.version == 3


def test_rows_are_added_changed_and_taken_out(client, steward, verger):
    address = url("resource_edit", "verger", "identity")
    data = block_data(
        verger, "identity", **{"places-count": "2", "places-0-name": "Brest",
                               "places-0-latitude": "48,39", "places-1-name": ""}
    )  # fmt: skip
    send(client, address, data, by=steward)
    verger.refresh_from_db()
    assert [place["name"] for place in latest_record(verger)["places"]] == ["Brest"]

    data = block_data(verger, "identity", **{"places-0-remove": "on"})
    send(client, address, {**data, "next": "1"}, by=steward)
    verger.refresh_from_db()
    assert latest_record(verger)["places"] == []


def test_more_rows_without_javascript_keep_what_was_typed(client, steward, verger):
    data = block_data(verger, "identity", **{"places-0-name": "Brest", "summary": "Tapé"})

    html = send(
        client, url("resource_edit", "verger", "identity"), {**data, "more": "places"},
        by=steward, status=200,
    ).content.decode()  # fmt: skip

    assert 'name="places-2-name"' in html
    assert 'value="Brest"' in html
    assert 'value="Tapé"' in html
    verger.refresh_from_db()
    assert verger.version == 1


def test_mistakes_are_shown_beside_their_field_and_nothing_is_kept(client, steward, verger):
    data = block_data(
        verger, "identity", **{"since": "hier", "places-count": "3", "places-0-name": "",
                               "places-1-name": "Brest", "places-1-latitude": "99"}
    )  # fmt: skip

    html = send(
        client, url("resource_edit", "verger", "identity"), data, by=steward, status=422
    ).content.decode()

    assert 'id="id_since_error"' in html
    assert 'id="id_places-1-latitude_error"' in html
    assert 'value="hier"' in html
    verger.refresh_from_db()
    assert verger.version == 1


def test_a_reason_is_asked_for_where_enclosures_begin(client, steward, verger):
    address = url("resource_edit", "verger", "rights")
    data = block_data(verger, "rights", owner="")

    html = send(client, address, data, by=steward, status=422).content.decode()
    assert 'id="id_reason_error"' in html

    send(client, address, {**data, "reason": "vendu à la commune"}, by=steward)
    verger.refresh_from_db()
    assert verger.owner is None


def test_two_who_edit_different_fields_are_joined(client, steward, administrator, verger):
    mine = block_data(verger, "identity", summary="Le mien")
    api.change_resource(resource=verger, nickname="Le leur", version=1, by=administrator)

    response = send(
        client, url("resource_edit", "verger", "identity"), mine, by=steward, status=409
    )

    html = response.content.decode()
    assert 'value="Le mien"' in html
    assert 'value="Le leur"' in html
    assert 'name="version" value="2"' in html
    verger.refresh_from_db()
    assert (verger.version, verger.summary) == (2, "")
    joined = block_data(verger, "identity", summary="Le mien")
    send(client, url("resource_edit", "verger", "identity"), joined, by=steward)
    verger.refresh_from_db()
    assert (verger.summary, verger.nickname) == ("Le mien", "Le leur")


def test_two_who_edit_the_same_field_see_both(client, steward, administrator, verger):
    mine = block_data(verger, "identity", summary="Le mien", keywords="poires")
    api.change_resource(
        resource=verger, summary="Le leur", keywords=["prunes"], version=1, by=administrator
    )

    html = send(
        client, url("resource_edit", "verger", "identity"), mine, by=steward, status=409
    ).content.decode()

    assert '<del class="diff-minus">Le leur</del>' in html
    assert '<ins class="diff-plus">Le mien</ins>' in html
    assert '<del class="diff-minus">prunes</del>' in html
    assert 'value="Le mien"' in html


def test_a_hidden_owner_stays_when_somebody_else_edits(
    client, steward, administrator, stranger, verger
):
    slug = agent_of(stranger).slug
    api.change_resource(resource=verger, owner=slug, reason="don", by=administrator)
    verger.refresh_from_db()
    html = page(client, url("resource_edit", "verger", "rights"), by=steward)
    assert '<option value="~" selected>' in html

    data = block_data(verger, "rights", owner="~", legal_form="Bail")
    send(client, url("resource_edit", "verger", "rights"), data, by=steward)

    verger.refresh_from_db()
    assert (verger.owner.slug, verger.legal_form) == (slug, "Bail")


def test_standing_is_changed_with_its_reason(client, administrator, verger):
    address = url("standing", "verger")
    send(client, address, {"standing": "commons", "reason": "", "version": "1"},
         by=administrator, status=422)  # fmt: skip
    send(client, address, {"standing": "commons", "reason": "AG", "version": "9"},
         by=administrator, status=409)  # fmt: skip
    send(client, address, {"standing": "commons", "reason": "AG", "version": "1"}, by=administrator)

    html = page(client, url("resource", "verger", tab="history"))
    assert "AG" in html
    assert "badge-commons" in html


def test_an_earlier_version_is_seen_compared_and_written_again(client, steward, verger):
    api.change_resource(resource=verger, description="Un deux trois", by=steward)
    api.change_resource(resource=verger, description="Un quatre trois", keywords=[], by=steward)

    html = page(client, url("compare", "verger", **{"from": 2, "to": 3}))
    assert '<del class="diff-minus">deux</del>' in html
    assert '<ins class="diff-plus">quatre</ins>' in html
    assert '<del class="diff-minus">pommes</del>' in html
    page(client, url("compare", "verger", **{"from": "x", "to": 3}), status=404)
    page(client, url("version", "verger", 9), status=404)

    send(client, url("restore", "verger", 2), {"reason": ""}, by=steward)
    verger.refresh_from_db()
    assert verger.version == 3
    send(client, url("restore", "verger", 2), {"reason": "erreur"}, by=steward)
    verger.refresh_from_db()
    assert (verger.version, verger.description) == (4, "Un deux trois")


def test_who_wrote_a_version_is_for_members(client, steward, member, verger):
    api.change_resource(resource=verger, summary="S", by=steward)

    for address in (url("resource", "verger", tab="history"), url("version", "verger", 2)):
        assert "Soizic" in page(client, address, by=member)
        assert "Soizic" not in page(client, address)


def test_needs_are_said_changed_and_closed(client, steward, verger):
    day = (api.today() + dt.timedelta(days=9)).isoformat()
    data = {"kind": "need", "category": "time", "title": "Bras", "expires": day}
    send(client, url("wish_new", "verger"), data, by=steward)
    assert "Bras" in page(client, url("wishes", kind="need", category="time"))
    assert "Bras" not in page(client, url("wishes", kind="offer"))

    send(client, url("wish", "verger", 1), {**data, "title": "Des bras"}, by=steward)
    assert "Des bras" in page(client, url("resource", "verger", tab="wishes"))
    send(client, url("wish", "verger", 1), {**data, "expires": "2001-01-01"}, by=steward,
         status=422)  # fmt: skip
    send(client, url("wish_close", "verger", 1), {"outcome": ""}, by=steward, status=422)
    send(client, url("wish_close", "verger", 1), {"outcome": "venus"}, by=steward)
    assert "Des bras" not in page(client, url("wishes"))
    assert "venus" in page(client, url("resource", "verger", tab="wishes"))
    send(client, url("wish_close", "verger", 1), {"outcome": "x"}, by=steward, status=409)


def test_a_question_is_answered_on_its_page(client, steward, verger):
    address = url("assess", "verger", 5)
    send(client, address, {"answer": "2", "evidence_kind": "link"}, by=steward, status=422)
    send(client, address, {"answer": "2", "evidence_kind": "text", "evidence": "Art. 4"},
         by=steward)  # fmt: skip

    html = page(client, url("resource", "verger", tab="principles"))
    assert "Art. 4" in html
    assert "<svg" in html
    assert Assessment.objects.get().answer == 2
    page(client, url("assess", "verger", 9), by=steward, status=404)


def test_a_picture_is_shown_to_everybody_and_only_pictures_are_kept(client, steward, verger):
    address = url("resource_image_edit", "verger")
    svg = SimpleUploadedFile("x.png", b"<svg onload=alert(1)>", content_type="image/png")
    send(client, address, {"file": svg, "image_alt": "X"}, by=steward, status=422)
    send(client, address, {"file": SimpleUploadedFile("x.png", PNG), "image_alt": ""},
         by=steward, status=422)  # fmt: skip
    big = SimpleUploadedFile("x.png", PNG + b"\0" * (2 * 1024 * 1024))
    send(client, address, {"file": big, "image_alt": "X"}, by=steward, status=413)
    page(client, url("resource_image", "verger"), status=404)

    send(client, address, {"file": SimpleUploadedFile("x.png", PNG), "image_alt": "Pommiers"},
         by=steward)  # fmt: skip

    client.logout()
    response = client.get(url("resource_image", "verger"))
    assert (response["Content-Type"], b"".join(response.streaming_content)) == ("image/png", PNG)
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert 'alt="Pommiers"' in page(client, url("resource", "verger"))
    verger.refresh_from_db()
    assert latest_record(verger)["image"] == str(verger.image_id)


def test_a_structure_is_added_and_changed(client, facilitator, treasurer, nectar):
    data = {"name": "La Presse", "kind": "structure", "siren": "404 833 048"}
    response = send(client, url("structure_new"), data, by=facilitator)
    assert response["Location"] == url("structure", "la-presse")
    html = send(client, url("structure_new"), {**data, "siren": "404833047"}, by=facilitator,
                status=422).content.decode()  # fmt: skip
    assert 'id="id_siren_error"' in html

    mine = {"name": "Nectar", "siren": "732829320", "place": "Brest", "version": "1"}
    send(client, url("structure_edit", "nectar"), mine, by=treasurer)
    late = {"name": "Autre", "siren": "732829320", "version": "1"}
    stale = send(
        client, url("structure_edit", "nectar"), late, by=treasurer, status=409
    ).content.decode()
    assert 'value="Autre"' in stale
    assert 'name="version" value="2"' in stale
    nectar.refresh_from_db()
    assert (nectar.name, nectar.version) == ("Nectar", 2)


def test_roles_are_seen_by_members_given_and_ended(
    client, administrator, member, stranger, chamber
):
    assert "Anne" not in page(client, url("chamber"))
    assert "Anne" not in page(client, url("chamber"), by=stranger)
    assert "Anne" in page(client, url("chamber"), by=member)

    send(client, url("role_new"), {"person": "zoe", "kind": "facilitator"}, by=administrator)
    role = Role.objects.get(kind="facilitator")
    page(client, url("role_end", role.pk), by=member, status=403)
    page(client, url("role_end", role.pk), status=404)
    send(client, url("role_end", role.pk), {"reason": "fin"}, by=administrator)
    role.refresh_from_db()
    assert role.until == api.today()
    last = Role.objects.get(kind="administrator")
    html = send(client, url("role_end", last.pk), {}, by=administrator, status=409)
    assert "error-summary" in html.content.decode()
    last.refresh_from_db()
    assert last.until is None


def test_a_role_that_one_may_not_give_is_not_on_offer(client, facilitator, stranger):
    html = page(client, url("role_new"), by=facilitator)
    assert 'value="member"' in html
    assert 'value="administrator"' not in html

    send(client, url("role_new"), {"person": "zoe", "kind": "administrator"}, by=facilitator,
         status=422)  # fmt: skip
    assert not Role.objects.filter(agent=agent_of(stranger)).exists()


def test_a_steward_gives_roles_for_the_resource(client, steward, member, verger):
    address = url("role_new", resource="verger")
    send(client, address, {"person": "mael", "kind": "steward"}, by=steward, status=422)
    # A steward knows only those who hold an office; Maël becomes treasurer somewhere first.
    assert not Role.objects.filter(kind="steward", agent=agent_of(member)).exists()
    html = page(client, url("resource", "verger", tab="people"), by=steward)
    assert "Soizic" in html


def test_ones_own_page(client, stranger, member):
    assert client.get(url("me")).status_code == 302
    html = page(client, url("me"), by=member)
    assert "Mael" in html
    send(client, url("me"), {"name": "Maël B."}, by=member)
    assert agent_of(member).name == "Maël B."
    role = Role.objects.get(agent=agent_of(member))
    send(client, url("role_end", role.pk), {}, by=member)
    assert "Maël B." in page(client, url("me"), by=member)
    page(client, url("me"), by=stranger)


def test_somebody_who_just_signed_up_has_a_page(client, make_user, chamber):
    user = make_user("neuf@exemple.test")
    client.force_login(user)

    assert client.get(url("me")).status_code == 200
    assert Agent.objects.get(user=user).name == "neuf"


def test_people_are_listed_for_those_who_look_after_them(client, administrator, stranger):
    html = page(client, url("people", q="zoé"), by=administrator)
    assert "zoe@exemple.test" in html
    assert "Anne</th>" not in html
    send(client, url("person_new"), {"name": "Noé", "email": "noe@exemple.test"}, by=administrator)
    assert api.person("noe@exemple.test").name == "Noé"
    send(client, url("person_new"), {"name": "Noé", "email": "noe@exemple.test"},
         by=administrator, status=409)  # fmt: skip


def test_a_register_is_looked_at_then_brought_in(client, facilitator, member):
    file = SimpleUploadedFile("r.csv", b"slug;name\nverger;Verger\nbad slug;X\n")
    response = send(client, url("import_new"), {"file": file}, by=facilitator)
    html = page(client, response["Location"], by=facilitator)
    assert "badge-good" in html
    assert "badge-danger" in html
    assert not Resource.objects.exists()
    page(client, response["Location"], by=member, status=404)

    apply = response["Location"] + "appliquer/"
    send(client, apply, {}, by=member, status=404)
    send(client, apply, {}, by=facilitator)
    send(client, apply, {}, by=facilitator)  # said, and nothing happens twice
    assert Resource.objects.get().version == 1
    broken = SimpleUploadedFile("r.json", b"{")
    send(client, url("import_new"), {"file": broken}, by=facilitator, status=422)


def test_a_long_register_comes_in_in_the_background(client, facilitator, monkeypatch):
    monkeypatch.setattr("chambre.registry.views.exchange.AT_ONCE", 1)
    rows = "".join(f"r{n};R{n}\n" for n in range(5))
    file = io.BytesIO(f"slug;name\n{rows}bad slug;X\n".encode())
    file.name = "r.csv"
    response = send(client, url("import_new"), {"file": file}, by=facilitator)

    job = send(client, response["Location"] + "appliquer/", {}, by=facilitator)

    assert "/travaux/" in job["Location"]
    html = page(client, job["Location"], by=facilitator)
    assert "bad slug" in html
    assert Resource.objects.count() == 5


def test_open_data_may_be_read_from_other_sites(client, full):
    for name in (("catalogue",), ("resource_jsonld", "tout")):
        response = client.get(url(*name))
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Content-Type"].startswith("application/ld+json")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Clear boundaries"), ("fr", "Des limites claires")]
)
def test_pages_speak_both_languages(client, full, language, words):
    response = client.get(
        url("resource", "tout", tab="principles"), headers={"Accept-Language": language}
    )
    assert words in response.content.decode()
