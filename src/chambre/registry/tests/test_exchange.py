"""Taking the register out and bringing it in: nothing is lost, nothing happens twice."""

import contextlib
import csv
import io
import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, TooLarge
from chambre.core.models import AuditEntry
from chambre.registry import api
from chambre.registry import record as schema
from chambre.registry.errors import AlreadyApplied, UnreadableFile
from chambre.registry.exchange import linked_in, tabular
from chambre.registry.exchange.entries import Entry
from chambre.registry.exchange.linked import Writer
from chambre.registry.models import Agent, RegisterImport, Resource, ResourceRevision
from chambre.registry.services import imports
from chambre.registry.tests.conftest import agent_of
from chambre.registry.tests.samples import FULL
from chambre.registry.versions import latest_record

BASE = "https://chambre.test"


def make_full(system):
    """A resource with something in every field, assessed, a commons."""
    api.create_resource(slug="pays", name="Pays", by=system)
    made = api.create_resource(slug="tout", name="=Tout", part_of="pays", by=system, fields=FULL)
    api.assess(
        resource=made, principle=2, answer=3, comment="-oui\nvraiment",
        evidence_kind="text", evidence="Art. 3", by=system,
    )  # fmt: skip
    return api.change_standing(resource=made, standing="commons", reason="AG", by=system)


@pytest.fixture
def full(system, nectar):
    """The full resource, in this register."""
    return make_full(system)


def out(form, by, **options):
    return api.export_register(form=form, by=by, base=BASE, **options)


def bring(content, by, name="registre"):
    return api.apply_import(row=api.preview_import(name=name, content=content, by=by), by=by).report


class _Undo(Exception):
    """Takes back what was made, as if it had been made elsewhere."""


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "jsonld"])
class TestRoundTrip:
    def test_bringing_in_what_was_taken_out_changes_nothing(self, form, full, system):
        before = list(ResourceRevision.objects.values_list("resource__slug", "number"))

        report = bring(out(form, system), system)

        lines = [(line["slug"], line["action"], line["problems"]) for line in report["lines"]]
        assert all(action == "same" for _slug, action, _problems in lines), lines
        assert list(ResourceRevision.objects.values_list("resource__slug", "number")) == before

    def test_another_register_gets_everything(self, form, nectar, system):
        with contextlib.suppress(_Undo), transaction.atomic():
            make_full(system)
            content = out(form, system)
            records = {slug: latest_record(api.resource(slug)) for slug in ("tout", "pays")}
            raise _Undo
        assert not Resource.objects.exists()

        report = bring(content, system)

        assert (report["created"], report["refused"]) == (2, 0), report
        for slug, record in records.items():
            again = latest_record(api.resource(slug))
            # JSON-LD says where the record was first written.
            uri = f"{BASE}/ressources/{slug}/" if form == "jsonld" else ""
            assert again == {**record, "uri": uri}

    def test_one_resource_by_itself(self, form, full, system):
        content = out(form, system, slug="tout")
        api.change_resource(resource=full, summary="Changé", edition="", by=system)

        report = bring(content, system)

        (line,) = report["lines"]
        assert (line["slug"], line["action"], line["fields"]) == (
            "tout",
            "change",
            ["summary", "edition"],
        )
        assert latest_record(full)["summary"] == FULL["summary"]
        assert full.revisions.first().action == "imported"
        assert bring(content, system)["same"] == 1

    def test_people_are_not_taken_out_and_stay_where_they_are(
        self, form, verger, stranger, steward, administrator, facilitator, anonymous
    ):
        slug = agent_of(stranger).slug
        api.change_resource(resource=verger, owner=slug, reason="don", by=administrator)
        content = out(form, anonymous)
        assert slug.encode() not in content
        assert b"zoe" not in content.lower()

        report = bring(content, administrator)

        assert (report["same"], report["refused"]) == (len(report["lines"]), 0)
        verger.refresh_from_db()
        assert verger.owner.slug == slug


words = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12)
lines = words.map(lambda text: " ".join(text.split()))
texts = st.lists(lines, max_size=3).map(lambda parts: "\n".join(parts).strip())
records = st.fixed_dictionaries(
    {
        "name": lines.filter(bool),
        "summary": lines,
        "description": texts,
        "risks": texts,
        "keywords": st.lists(lines.filter(bool), max_size=4, unique=True),
        "themes": st.lists(lines.filter(bool), max_size=2, unique=True),
        "members_count": st.none() | st.integers(0, 10**9 - 1),
        "links": st.lists(
            st.fixed_dictionaries(
                {
                    "relation": st.just("data"),
                    "url": st.just("https://exemple.test/a;b"),
                    "title": lines,
                }
            ),
            max_size=3,
        ),
        "bodies": st.lists(
            st.fixed_dictionaries(
                {"name": lines.filter(bool), "composition": texts, "decides": texts,
                 "url": st.just("")}
            ),
            max_size=2,
        ),
    }
)  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(records, min_size=1, max_size=3))
def test_csv_gives_back_whatever_was_written(listed):
    fields = {name: field.empty for name, field in schema.fields().items()}
    head = {"slug": "x", "uid": "", "uri": "", "chamber": "c", "standing": "candidate"}
    entries = [
        Entry("resource", number, {**head, **fields, "assessments": [], **record})
        for number, record in enumerate(listed, 1)
    ]

    back = tabular.read(tabular.write(entries, "resource"))

    for entry, record in zip(back, listed, strict=True):
        got = {name: entry.values[name] for name in record}
        got["members_count"] = int(got["members_count"]) if got["members_count"] else None
        assert got == record


@settings(max_examples=100)
@given(record=records)
def test_jsonld_gives_back_whatever_was_written(record):
    fields = {name: field.empty for name, field in schema.fields().items()}
    values = {
        "slug": "x", "uid": "5e0a3c1e-0000-4000-8000-000000000000", "uri": "", "chamber": "c",
        "standing": "candidate", **fields, "assessments": [], **record,
    }  # fmt: skip
    document = json.dumps({"@context": {}, **Writer(BASE).resource(values, {})}).encode()

    (entry,) = linked_in.read(document)

    got = {name: entry.values[name] for name in record}
    if got["members_count"] == "":
        got["members_count"] = None
    assert got == record
    assert entry.notes == []


@pytest.mark.django_db
class TestImport:
    def test_the_preview_promises_and_does_nothing(self, administrator, nectar):
        content = b"slug;name\r\nverger;Verger\r\nbad slug;X\r\n"

        row = api.preview_import(name="r.csv", content=content, by=administrator)

        assert [row.report[n] for n in ("created", "changed", "same", "refused")] == [1, 0, 0, 1]
        assert not Resource.objects.exists()
        assert not AuditEntry.objects.filter(action="registry.resource.created").exists()
        done = api.apply_import(row=row, by=administrator)
        assert [line["action"] for line in done.report["lines"]] == ["create", "refused"]
        assert [r.slug for r in Resource.objects.all()] == ["verger"]

    def test_it_is_applied_once(self, administrator):
        row = api.preview_import(name="r.csv", content=b"slug;name\nv;V\n", by=administrator)
        api.apply_import(row=row, by=administrator)

        with pytest.raises(AlreadyApplied):
            api.apply_import(row=row, by=administrator)
        assert ResourceRevision.objects.count() == 1

    def test_each_refused_line_says_why_and_the_others_come_in(self, administrator, verger):
        content = (
            "slug,name,kind,members_count,owner,places/1/name,places/1/latitude\n"
            "a,Un,land,12,nectar,Brest,48.39\n"
            "b,Deux,spaceship,,,,\n"
            "c,Trois,land,douze,,,\n"
            "d,Quatre,,,inconnu,,\n"
            "e,Cinq,land,,,Brest,100\n"
            ",Six,land,,,,\n"
            "verger,Verger d’en haut,land,,,,\n"
            "f,Sept,land,1,,,,trop\n"
        ).encode()

        report = bring(content, administrator)

        assert [(line["line"], line["slug"], line["action"]) for line in report["lines"]] == [
            (2, "a", "create"), (3, "b", "refused"), (4, "c", "refused"), (5, "d", "refused"),
            (6, "e", "refused"), (7, "six", "create"), (8, "verger", "change"),
            (9, "f", "refused"),
        ]  # fmt: skip
        said = {line["slug"]: line["problems"] for line in report["lines"] if line["problems"]}
        assert [text.split(":")[0] for texts in said.values() for text in texts][:4] == [
            "kind", "members_count", "owner", "places/1/latitude",
        ]  # fmt: skip
        assert sorted(Resource.objects.values_list("slug", flat=True)) == ["a", "six", "verger"]

    def test_wholes_come_before_their_parts(self, administrator):
        content = b"slug;name;part_of\nfruit;F;arbre\narbre;A;verger\nverger;V;\n"

        assert bring(content, administrator)["created"] == 3
        assert api.resource("fruit").part_of.part_of.slug == "verger"

    def test_parts_that_go_round_in_a_ring_are_refused(self, administrator):
        content = b"slug;name;part_of\na;A;b\nb;B;a\n"

        report = bring(content, administrator)

        assert report["refused"] == 2
        assert not Resource.objects.exists()

    def test_cp1252_and_commas_are_understood(self, administrator):
        bring("slug,name\nete,Été à la ferme – œuvre\n".encode("cp1252"), administrator)

        assert api.resource("ete").name == "Été à la ferme – œuvre"

    def test_structures_are_brought_in_by_their_numbers(self, administrator, nectar):
        content = (
            "slug;name;siren;place\nautre-nom;Nectar d’Iroise;732 829 320;Trébaol\n"
            "faux;Faux;732829321;\nnectar;Quelqu’un d’autre;404833048;\nmael;M;;\n"
        ).encode()
        api.create_person(email="mael@exemple.test", name="Mael", by=administrator)

        report = bring(content, administrator)

        assert [(line["slug"], line["action"]) for line in report["lines"]] == [
            ("nectar", "change"), ("faux", "refused"), ("nectar", "refused"), ("mael", "refused"),
        ]  # fmt: skip
        nectar.refresh_from_db()
        assert (nectar.name, nectar.place) == ("Nectar d’Iroise", "Trébaol")

    def test_another_establishment_of_a_known_siren_is_new_and_said_so(self, administrator, nectar):
        content = b"slug;name;siren;siret\n;Nectar sud;732829320;73282932000074\n"

        first = bring(content, administrator)["lines"][0]
        again = bring(content, administrator)["lines"][0]

        assert (first["slug"], first["action"]) == ("nectar-sud", "create")
        assert [note.split(":")[-1].strip(" .") for note in first["notes"]] == ["nectar"]
        assert (again["slug"], again["action"], again["notes"]) == ("nectar-sud", "same", [])

    def test_structures_go_out_and_come_back(self, administrator, nectar, system):
        content = out("csv", system, about="agent")
        nectar_id = nectar.pk
        api.change_agent(agent=nectar, place="Ailleurs", by=system)

        report = bring(content, administrator)

        assert [(line["slug"], line["action"]) for line in report["lines"]] == [
            ("chambre-des-communs-de-trebaol", "same"), ("nectar", "change"),
        ]  # fmt: skip
        assert Agent.objects.get(pk=nectar_id).place == ""

    def test_only_administrators_bring_a_standing_in(self, facilitator, administrator):
        content = b"slug;name;standing\nv;V;commons\n"

        first = bring(content, facilitator)
        assert api.resource("v").standing == "candidate"
        assert len(first["lines"][0]["notes"]) == 1

        assert bring(content, administrator)["changed"] == 1
        assert api.resource("v").standing == "commons"

    def test_who_may_import(self, member, steward, treasurer, stranger, anonymous):
        for by in (member, steward, treasurer, stranger, anonymous):
            with pytest.raises(Forbidden):
                api.preview_import(name="r.csv", content=b"slug;name\nv;V\n", by=by)
        assert not RegisterImport.objects.exists()
        row = api.preview_import(name="r.csv", content=b"slug;name\nv;V\n", by=Actor.system())
        with pytest.raises(Forbidden):
            api.apply_import(row=row, by=member)
        assert not Resource.objects.filter(slug="v").exists()

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"slug;name\n",
            b"\x00\x01\x02",
            b"nothing;useful\n1;2\n",
            b"slug;name;slug\na;b;c\n",
            b"slug;name;moon\na;b;c\n",
            b"slug;name;places/0/name\na;b;c\n",
            b"slug;name;places/1/id\na;b;c\n",
            b'slug;name\n"a;b\n',
            b"{",
            b"[]",
            b"{}}",
            b"[" * 5000,
            b'{"@graph": ' * 60 + b"[]" + b"}" * 60,
            b'{"a": NaN}',
            b'{"@type": "dcat:Catalog"}',
            "é".encode("utf-16"),
        ],
    )
    def test_what_is_no_register(self, administrator, content):
        with pytest.raises(UnreadableFile):
            api.preview_import(name="x", content=content, by=administrator)
        assert not RegisterImport.objects.exists()

    def test_too_large_a_file(self, administrator, monkeypatch):
        monkeypatch.setattr(imports, "MAX_BYTES", 10)
        with pytest.raises(TooLarge):
            api.preview_import(name="x", content=b"slug;name\nv;V\n", by=administrator)

    @pytest.mark.parametrize(
        "node",
        [
            {"chambre:slug": 5, "schema:name": ["x", {}]},
            {"chambre:slug": {"@value": []}, "schema:name": {"a": 1}},
            {"schema:name": "X", "schema:location": ["Brest", 3, None, {"schema:name": [1]}]},
            {"schema:name": "X", "dct:license": "https://creativecommons.org/licenses/by/4.0/"},
            {"schema:name": "X", "vf:primaryAccountable": [[[]]]},
            {"schema:name": "X", "dct:identifier": [{}], "chambre:assessments": [3, {"a": 1}]},
            {"schema:name": "X", "chambre:standing": {}, "dcat:keyword": {"@value": "mot"}},
            {"schema:name": "X", "dct:isPartOf": {"@id": {"x": 1}}},
            {"@id": ["x"], "schema:name": "X", "@type": [1, None]},
            {"@id": "x", "schema:name": "X", "chambre:wishes": [{"schema:name": "T"}]},
        ],
    )
    def test_odd_jsonld_is_read_or_refused_but_never_breaks(self, administrator, node):
        content = json.dumps({"@graph": [node]}).encode()

        report = bring(content, administrator)

        assert len(report["lines"]) == 1
        assert report["created"] + report["refused"] == 1


@pytest.mark.django_db
class TestJsonLd:
    def test_a_catalogue_says_what_it_is(self, full, anonymous, chamber):
        document = json.loads(out("jsonld", anonymous))

        assert document["@type"] == "dcat:Catalog"
        assert document["dct:publisher"]["@id"] == f"{BASE}/structures/{chamber.slug}/"
        node = {node["chambre:slug"]: node for node in document["dcat:resource"]}["tout"]
        assert node["@id"] == f"{BASE}/ressources/tout/"
        assert node["dct:identifier"] == f"urn:uuid:{full.uid}"
        assert node["dct:isPartOf"]["@id"] == f"{BASE}/ressources/pays/"
        assert node["vf:primaryAccountable"] == {
            "@id": f"{BASE}/structures/nectar/",
            "chambre:slug": "nectar",
            "schema:name": "Nectar d’Iroise",
        }
        assert node["dct:license"][0]["schema:version"] == "4.0"
        assert node["dct:title"] == "=Tout"
        agents = {node["chambre:slug"] for node in document["chambre:agents"]}
        assert agents == {"nectar", chamber.slug}

    def test_every_prefix_that_is_used_is_declared(self, full, anonymous):
        document = json.loads(out("jsonld", anonymous))

        def keys(value):
            if isinstance(value, dict):
                for key, each in value.items():
                    yield key
                    yield from keys(each)
            elif isinstance(value, list):
                for each in value:
                    yield from keys(each)

        context = document.pop("@context")
        used = {key.partition(":")[0] for key in keys(document) if not key.startswith("@")}
        assert used <= set(context)
        assert all(address.endswith(("#", "/")) for address in context.values())

    def test_other_prefixes_for_the_same_terms(self, administrator):
        content = json.dumps(
            {
                "@context": {
                    "s": "http://schema.org/",
                    "title": "http://purl.org/dc/terms/title",
                    "@vocab": "http://www.w3.org/ns/dcat#",
                },
                "@type": "Catalog",
                "dataset": [
                    {
                        "@id": "https://ailleurs.test/jeu/1",
                        "title": [
                            {"@value": "Trees", "@language": "en"},
                            {"@value": "Arbres de la ville", "@language": "fr"},
                        ],
                        "s:disambiguatingDescription": "Un par un",
                        "keyword": "arbres",
                        "s:unknown": 1,
                    }
                ],
            }
        ).encode()

        report = bring(content, administrator)

        made = api.resource("arbres-de-la-ville")
        assert (made.uri, made.summary) == ("https://ailleurs.test/jeu/1", "Un par un")
        assert latest_record(made)["keywords"] == ["arbres"]
        assert "unknown" in report["lines"][0]["notes"][0]
        assert bring(content, administrator)["same"] == 1  # found again by its address

    def test_somebody_elses_short_name_is_not_taken_over(self, administrator, verger):
        content = json.dumps(
            {
                "@id": "https://ailleurs.test/verger",
                "dct:identifier": "urn:uuid:5e0a3c1e-0000-4000-8000-000000000000",
                "chambre:slug": "verger",
                "schema:name": "Un autre verger",
            }
        ).encode()

        report = bring(content, administrator)

        assert report["refused"] == 1
        verger.refresh_from_db()
        assert (verger.name, verger.version) == ("Verger partagé", 1)


@pytest.mark.django_db
def test_no_cell_of_a_csv_is_a_formula(full, anonymous):
    text = out("csv", anonymous).decode("utf-8-sig")

    cells = [cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row]

    assert any(cell.startswith("'=") for cell in cells)
    for cell in cells:
        assert cell[:1] not in "=+@\t\r" or cell == ""
        assert not cell.startswith("-") or cell.lstrip("-").replace(".", "").isdigit()
