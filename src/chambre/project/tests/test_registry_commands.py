"""The register at the command line: exact answers, exit statuses, nothing done on refusal."""

import json

import pytest
from click.testing import CliRunner

from chambre.project.cli import root
from chambre.registry import api
from chambre.registry.models import Agent, Resource, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch):
    """Run a command; its exit status and what it printed, read as JSON when it was asked for."""
    monkeypatch.setenv("CHAMBRE_LANGUAGE", "fr")

    def call(*words, status=0):
        result = CliRunner().invoke(root, list(words), prog_name="chambre")
        assert result.exit_code == status, (result.output, result.stderr)
        return json.loads(result.stdout) if "--json" in words else result.stdout

    return call


def test_a_structure_is_made_with_its_book(run):
    made = run(
        "structure", "create", "nectar", "--name", "Nectar", "--siren", "732 829 320",
        "--chart", "associatif", "--json",
    )  # fmt: skip

    assert made == {
        "slug": "nectar", "name": "Nectar", "kind": "structure", "siren": "732829320",
        "siret": "", "rna": "", "legal_form": "", "version": 1, "chart": "associatif",
    }  # fmt: skip
    agent = api.structure("nectar")
    assert (agent.book.chart, agent.chamber) == ("associatif", api.home_chamber())
    assert agent.revisions.get().actor == "command line"


def test_the_chart_is_the_general_one_unless_said(run):
    run("structure", "create", "nectar", "--name", "Nectar")

    assert api.structure("nectar").book.chart == "pcg"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["structure", "create", "nectar", "--name", "Autre"], 1),
        (["structure", "create", "NECTAR", "--name", "Autre"], 1),
        (["structure", "create", "x", "--name", "X", "--siren", "732829321"], 1),
        (["structure", "create", "x", "--name", "X", "--siren", "732829320"], 1),
        (["structure", "create", "x y", "--name", "X"], 1),
        (["structure", "create", "x", "--name", " "], 1),
        (["structure", "create", "x"], 2),
        (["structure", "create", "x", "--name", "X", "--chart", "ifrs"], 2),
        (["resource", "create", "verger", "--name", "Autre"], 1),
        (["resource", "create", "x", "--name", "X", "--owner", "personne"], 1),
        (["resource", "create", "x"], 2),
        (["resource", "create", "x", "--name", "X", "--kind", "spaceship"], 2),
        (["resource", "show", "x"], 1),
        (["resource", "standing", "verger", "commons"], 2),
        (["role", "grant", "x@exemple.test", "member"], 1),
        (["role", "grant", "x@exemple.test", "steward"], 2),
    ],
)
def test_what_is_refused_changes_nothing(run, words, status):
    run("structure", "create", "nectar", "--name", "Nectar", "--siren", "732829320")
    run("resource", "create", "verger", "--name", "Verger")
    before = [*Agent.objects.values_list("slug", "name", "version"),
              *Resource.objects.values_list("slug", "name", "version")]  # fmt: skip

    run(*words, status=status)

    after = [*Agent.objects.values_list("slug", "name", "version"),
             *Resource.objects.values_list("slug", "name", "version")]  # fmt: skip
    assert after == before


def test_a_refusal_says_why_also_to_machines(run):
    refused = run(
        "structure", "create", "x", "--name", "X", "--siren", "732829321", "--json", status=1
    )

    assert refused["code"] == "invalid"
    assert "SIREN" in refused["message"]
    assert list(refused["fields"]) == ["siren"]


def test_a_resource_is_made_with_its_options(run):
    run("structure", "create", "nectar", "--name", "Nectar")
    made = run(
        "resource", "create", "verger", "--name", "Verger partagé", "--kind", "land",
        "--owner", "nectar", "--custodian", "nectar", "--summary", "Des pommes", "--json",
    )  # fmt: skip

    assert made == {
        "slug": "verger", "name": "Verger partagé", "kind": "land", "standing": "candidate",
        "owner": "nectar", "custodian": "nectar", "version": 1,
    }  # fmt: skip
    assert run("resource", "show", "verger", "--json")["summary"] == "Des pommes"
    assert run("resource", "list", "--search", "vergers", "--json")["resources"] == [made]
    assert run("resource", "list", "--search", "rien", "--json") == {"resources": []}


def test_a_record_is_changed_from_a_file(run, tmp_path):
    run("resource", "create", "verger", "--name", "Verger")
    file = tmp_path / "verger.json"
    file.write_text(json.dumps({"keywords": ["pommes"], "stage": "operating"}), encoding="utf-8")

    assert run("resource", "set", "verger", str(file), "--json")["version"] == 2
    file.write_text('{"by": "somebody"}', encoding="utf-8")
    run("resource", "set", "verger", str(file), status=1)
    file.write_text("[1]", encoding="utf-8")
    run("resource", "set", "verger", str(file), status=1)
    assert api.resource("verger").version == 2


def test_standing_is_said_with_its_reason(run):
    run("resource", "create", "verger", "--name", "Verger")

    made = run("resource", "standing", "verger", "commons", "--reason", "AG", "--json")

    assert (made["standing"], made["version"]) == ("commons", 2)
    run("resource", "standing", "verger", "commons", "--reason", "AG", status=1)


def test_roles_are_given_listed_and_ended(run, system):
    api.create_person(email="ada@exemple.test", name="Ada", by=system)
    run("structure", "create", "nectar", "--name", "Nectar")

    given = run("role", "grant", "ada@exemple.test", "treasurer", "--structure", "nectar", "--json")

    assert given == {
        "person": "ada@exemple.test", "role": "treasurer", "structure": "nectar",
        "resource": None, "since": api.today().isoformat(), "until": None,
    }  # fmt: skip
    assert run("role", "list", "--json")["roles"] == [given]
    assert run("role", "list", "--on", "2001-01-01", "--json")["roles"] == []
    run("role", "grant", "ada@exemple.test", "treasurer", "--structure", "nectar", status=1)
    ended = run("role", "end", "ada@exemple.test", "treasurer", "--structure", "nectar", "--json")
    assert ended["until"] == api.today().isoformat()
    run("role", "end", "ada@exemple.test", "treasurer", "--structure", "nectar", status=1)
    run("role", "grant", "ada@exemple.test", "administrator")
    run("role", "end", "ada@exemple.test", "administrator", status=1)
    run("role", "grant", "ada@exemple.test", "member", "--since", "demain", status=2)
    run("role", "grant", "ada@exemple.test", "member", "--structure", "nectar",
        "--resource", "verger", status=2)  # fmt: skip
    assert Role.objects.count() == 2


def test_the_register_goes_out_and_comes_in(run, tmp_path):
    run("structure", "create", "nectar", "--name", "Nectar")
    run("resource", "create", "verger", "--name", "Verger", "--owner", "nectar")
    for form in ("csv", "jsonld"):
        file = tmp_path / f"register.{form}"
        run("register", "export", "--format", form, "--out", str(file))
        report = run("register", "import", str(file), "--json")
        assert (report["created"], report["changed"], report["refused"]) == (0, 0, 0)
    new = tmp_path / "new.csv"
    new.write_text("slug;name\nhaie;Haie\nbad slug;X\n", encoding="utf-8")
    preview = run("register", "import", str(new), "--preview", "--json", status=1)
    assert (preview["created"], preview["refused"]) == (1, 1)
    assert not Resource.objects.filter(slug="haie").exists()
    run("register", "import", str(new), status=1)
    assert Resource.objects.filter(slug="haie").exists()
    new.write_text("{", encoding="utf-8")
    run("register", "import", str(new), status=1)
