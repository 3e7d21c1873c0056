"""The pages of contracts: each opens in few questions to the database, and does what its buttons say."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from django.test import Client
from django.urls import reverse

from chambre.lib import reciprocity
from chambre.lib.reciprocity import templates
from chambre.registry.models import Agent
from chambre.rooms.reciprocity.forms.filling import filled
from chambre.rooms.reciprocity.forms.prefilling import typed_from
from chambre.rooms.reciprocity.models import Amendment, Contract, Mandate, Signature, Turn, Use
from chambre.rooms.reciprocity.services import changing
from chambre.rooms.reciprocity.tests.conftest import Commons, words
from chambre.rooms.reciprocity.tests.test_standing import BREACH

MOST_QUERIES = 15


def address(name: str, *args: Any) -> str:
    return reverse(f"reciprocity:{name}", args=args)


def client_of(agent: Agent | None) -> Client:
    client = Client(headers={"accept-language": "fr"})
    if agent is not None:
        client.force_login(
            Agent.objects.select_related("user").get(pk=agent.pk).user,  # type: ignore[arg-type]
            backend="django.contrib.auth.backends.ModelBackend",
        )
    return client


def test_every_page_opens_in_few_questions(
    commons: Commons, django_assert_max_num_queries: Any
) -> None:
    signed = commons.signed(more=BREACH)
    draft = commons.draft("brouillon")
    offered = commons.offered(slug="propose")
    party = commons.party(offered, commons.school)
    client = client_of(commons.ines)
    client.get(address("contracts"))
    pages = [
        address("contracts"), address("contracts") + "?etat=draft&q=b",
        address("contract_templates"), *(address("contract_template", slug) for slug in templates.slugs()),
        address("contract_new"), address("contract_new") + "?modele=redevance-diffusion",
        address("contract_new") + "?copie=cours", address("contract_upload"),
        address("contract_verify"), address("contract_verify") + f"?empreinte={signed.current.digest}",
        address("contract_powers"),
        *(address("contract", each.slug) for each in (signed, draft, offered)),
        address("contract_version", "cours", 1), address("contract_text", "cours", 1),
        address("contract_paper", "cours", 1), address("contract_settle", "brouillon"),
        address("contract_write", "brouillon"), address("contract_write_text", "brouillon"),
        address("contract_offer", "brouillon"), address("contract_sign", "propose", party.pk),
        address("contract_ask", "cours"), address("contract_uses", "cours"),
        address("contract_watch", "cours"), address("contract_propose", "cours"),
        reverse("registry:resource", args=["cours"]) + "?tab=contracts",
    ]  # fmt: skip
    for page in pages:
        with django_assert_max_num_queries(MOST_QUERIES, info=page):
            answer = client.get(page)
        assert answer.status_code == 200, page


def test_from_a_template_to_a_contract_in_force(commons: Commons) -> None:
    ines, omar = client_of(commons.ines), client_of(commons.omar)
    made = ines.post(
        address("contract_new") + "?modele=redevance-diffusion",
        {"name": "Redevance du cours", "resource": commons.course.pk, "holder": commons.school.pk},
    )
    assert made["Location"] == address("contract_write", "redevance-du-cours")
    contract = Contract.objects.get()
    offer = {
        "act": "offer", "agent": [commons.school.pk, commons.press.pk], "name": ["", ""],
        "hands": ["1", "1"],
    }  # fmt: skip
    assert ines.post(address("contract_offer", contract.slug), offer).status_code == 302

    for client, agent in ((ines, commons.school), (omar, commons.press)):
        party = commons.party(contract, agent)
        page = address("contract_sign", contract.slug, party.pk)
        assert b"sha256:" in client.get(page).content
        client.post(page, {"act": "send"})
        code = re.search(r"^ {4}(\d{6})$", mail.outbox[-1].body, re.MULTILINE)
        assert code
        wrong = client.post(page, {"act": "code", "code": "1", "digest": party.version.digest})
        assert wrong.status_code == 422
        done = client.post(page, {"act": "code", "code": code[1], "digest": party.version.digest})
        assert done.status_code == 302

    contract.refresh_from_db()
    assert contract.state == "in-force"
    assert Signature.objects.count() == 2
    shown = omar.get(address("contract", contract.slug)).content.decode()
    assert "par code envoyé par courriel" in shown
    paper = omar.get(address("contract_paper", contract.slug, 1))
    assert paper.content.startswith(b"%PDF-1.7")


def test_the_form_keeps_every_template_as_it_is() -> None:
    for slug in templates.slugs():
        contract = templates.contract(slug)
        data = reciprocity.as_data(contract)
        kept = {
            word: data[word] for word in ("format", "slug", "source", "lineage") if word in data
        }
        found = filled(typed_from(data), kept)
        assert not found.errors, slug
        assert reciprocity.digest(reciprocity.read_data(found.data)) == reciprocity.digest(contract)


def form_of(page: Any) -> dict[str, Any]:
    """What a browser would send of the form on a page, button apart."""
    from lxml import html

    (form,) = html.fromstring(page.content.decode()).xpath("//form[@id='contract-form']")
    sent: dict[str, Any] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    return sent


def test_the_form_saves_what_it_shows_and_nothing_else(commons: Commons) -> None:
    contract = commons.draft()
    client, page = client_of(commons.ines), address("contract_write", "cours")

    saved = client.post(page, {**form_of(client.get(page)), "act": "save"})

    assert saved.status_code == 302
    contract.refresh_from_db()
    assert contract.current.digest == reciprocity.digest(reciprocity.read(words()))


def test_clauses_are_added_moved_and_removed_without_a_script(commons: Commons) -> None:
    commons.draft()
    client, page = client_of(commons.ines), address("contract_write", "cours")
    shown = client.post(page, {**form_of(client.get(page)), "act": "add:step"})
    sent = form_of(shown) | {
        "step-2-name": ["fonds"], "step-2-how": ["fund"], "step-2-share": ["12,5 %"],
        "counterpart-0-rate": ["62,50"],
    }  # fmt: skip
    shown = client.post(page, {**sent, "act": "fit"})
    assert "step-2-target" in form_of(shown)
    sent = form_of(shown) | {"step-2-to": ["caisse"], "step-2-target": ["1 500,00 €"]}
    sent = form_of(client.post(page, {**sent, "act": "up:step:2"}))
    assert (sent["step-1-name"], sent["step-2-name"]) == (["fonds"], ["entretien"])
    sent = form_of(client.post(page, {**sent, "act": "remove:step:0"}))
    assert Contract.objects.get().number == 1  # nothing was kept so far

    assert client.post(page, {**sent, "act": "save", "remark": "Un fonds"}).status_code == 302

    said = reciprocity.read(Contract.objects.get().current.text)
    assert [step.name for step in said.steps] == ["fonds", "entretien"]
    assert (said.steps[0].target, str(said.steps[0].share)) == (150_000, "1/8")
    assert said.counterparts[0].rate == reciprocity.model.Rate(reciprocity.model.Fraction(6250))


def test_what_is_wrong_stands_beside_its_cell_and_what_was_typed_stays(commons: Commons) -> None:
    commons.draft()
    client, page = client_of(commons.ines), address("contract_write", "cours")
    sent = form_of(client.get(page)) | {
        "step-0-share": ["beaucoup"], "counterpart-0-rate": ["cher"], "step-1-name": [""],
        "term-since": ["32/13/2026"],
    }  # fmt: skip

    refused = client.post(page, {**sent, "act": "save"})

    assert refused.status_code == 422
    text = refused.content.decode()
    for name in ("step-0-share", "counterpart-0-rate", "step-1-name", "term-since"):
        assert f'id="{name}-error"' in text, name
    assert form_of(refused)["step-0-share"] == ["beaucoup"]
    assert form_of(refused)["term-since"] == ["32/13/2026"]
    assert Contract.objects.get().number == 1


def test_the_words_are_refused_with_line_and_column(commons: Commons) -> None:
    commons.draft()
    client, page = client_of(commons.ines), address("contract_write_text", "cours")
    refused = client.post(page, {"text": words().replace('"costs"', '"magie"')})
    assert refused.status_code == 422
    assert "ligne 25, colonne 7" in refused.content.decode()
    assert "magie" in refused.content.decode()
    fine = client.post(page, {"text": words(more='[change]\nby = "majority"')})
    assert fine.status_code == 302
    assert Contract.objects.get().number == 2


def test_somebody_else_neither_reads_a_draft_nor_writes_it(commons: Commons) -> None:
    commons.draft()
    assert client_of(None).get(address("contract", "cours")).status_code == 404
    assert client_of(commons.lou).get(address("contract", "cours")).status_code == 200
    assert client_of(commons.lou).get(address("contract_write", "cours")).status_code == 403
    assert client_of(commons.omar).post(address("contract_offer", "cours")).status_code == 403
    assert Turn.objects.count() == 0


def test_names_of_people_are_for_members(commons: Commons) -> None:
    commons.signed()
    public = client_of(None).get(address("contract", "cours")).content.decode()
    member = client_of(commons.lou).get(address("contract", "cours")).content.decode()
    assert "Omar" not in public
    assert "École des communs" in public
    assert "Omar" in member


def test_the_interview_ends_in_an_answer_with_its_clauses(commons: Commons) -> None:
    commons.signed()
    client = client_of(None)
    page = address("contract_ask", "cours")
    first = client.get(page)
    assert "radio" in first.content.decode()
    question = first.context["question"]
    second = client.get(page, {question.key: "commercial"})
    if "question" in second.context:
        answered = client.get(
            page, {question.key: "commercial", second.context["question"].key: "3"}
        )
    else:
        answered = second
    text = answered.content.decode()
    assert "150,00" in text
    assert "#counterpart-redevance" in text
    assert address("contract_uses", "cours") in text


def test_telling_a_use_and_taking_it_back(commons: Commons) -> None:
    commons.signed()
    client, page = client_of(commons.omar), address("contract_uses", "cours")
    sent = {
        "user": commons.press.pk, "quantity": "2,5", "unit": "diffusion", "day": "2026-11-02",
        "key": "abc", "note": "Radio",
    }  # fmt: skip
    assert client.post(page, sent).status_code == 302
    assert client.post(page, sent).status_code == 302
    use = Use.objects.get()
    back = client.post(address("contract_use_back", "cours", use.pk))
    assert back.status_code == 302
    assert sum(each.quantity for each in Use.objects.all()) == 0
    assert (
        client_of(commons.lou).post(address("contract_use_back", "cours", use.pk)).status_code
        == 403
    )


def test_a_copy_is_verified_by_digest_or_file(commons: Commons) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    contract = commons.signed()
    client, page = client_of(None), address("contract_verify")
    digest = contract.current.digest
    assert "Cours, version 1" in client.get(page, {"empreinte": digest}).content.decode()
    spaced = " ".join(digest.removeprefix("sha256:")[at : at + 8] for at in range(0, 64, 8))
    assert "Cours, version 1" in client.get(page, {"empreinte": spaced}).content.decode()
    for text, told in (
        ("# avec une remarque\n" + words(), "Cours, version 1"),
        (words().replace("5000", "6000"), "ne sont pas connus ici"),
        ("n’importe quoi", "n’est pas un contrat"),
    ):
        sent = client.post(page, {"file": SimpleUploadedFile("c.toml", text.encode())})
        assert told in sent.content.decode()


def test_other_words_of_a_signed_contract_are_written_in_the_form_and_then_proposed(
    commons: Commons,
) -> None:
    contract = commons.signed(more='[change]\nby = "unanimity"')
    omar, page = client_of(commons.omar), address("contract_write", "cours")
    sent = form_of(omar.get(page)) | {"counterpart-0-rate": ["60,00"]}
    shown = omar.post(page, {**sent, "act": "save", "remark": "Le prix monte"})
    assert shown.status_code == 200
    told = shown.content.decode()
    assert "rate = 6000" in told
    assert "Le prix monte" in told
    assert f'action="{address("contract_propose", "cours")}"' in told
    contract.refresh_from_db()
    assert (contract.number, Amendment.objects.count()) == (1, 0)  # nothing changed by itself
    wrong = omar.post(page, {**sent, "counterpart-0-rate": ["soixante"], "act": "save"})
    assert wrong.status_code == 422
    stranger = client_of(commons.person("zoe"))
    assert stranger.get(page).status_code in (403, 404, 409)


def test_a_change_is_proposed_and_decided_on_the_page(commons: Commons) -> None:
    commons.signed(more='[change]\nby = "unanimity"')
    omar, ines = client_of(commons.omar), client_of(commons.ines)
    text = words(more='[change]\nby = "unanimity"').replace("5000", "6000")
    sent = {"reason": "Le prix monte", "until": "2027-01-01", "text": text}
    assert omar.post(address("contract_propose", "cours"), sent).status_code in (302, 422)
    row = Amendment.objects.get()
    assert "60,00" in ines.get(address("contract", "cours")).content.decode()
    for client, agent in ((omar, commons.press), (ines, commons.school)):
        elector = row.electors.get(agent=agent)
        client.post(address("contract_speak", "cours", elector.pk), {"choice": "yes"})
    row.refresh_from_db()
    assert row.state == "accepted"
    assert "Signer pour" in ines.get(address("contract", "cours")).content.decode()
    changing.withdraw(amendment=row, by=commons.by(commons.ines))


def test_powers_are_given_on_a_page(commons: Commons) -> None:
    client, page = client_of(commons.omar), address("contract_powers")
    given = {
        "act": "give", "structure": commons.press.pk, "person": "lou@exemple.test",
        "evidence": "CA du 3 mars",
    }  # fmt: skip
    assert client.post(page, {**given, "person": "qui@exemple.test"}).status_code == 422
    assert client.post(page, {**given, "structure": commons.school.pk}).status_code == 422
    assert client.post(page, given).status_code == 302
    mandate = Mandate.objects.get()
    hands = {"act": "hands", "structure": commons.press.pk, "hands": "2"}
    assert client.post(page, hands).status_code == 302
    assert (
        client_of(commons.ines).post(page, {"act": "end", "mandate": mandate.pk}).status_code == 403
    )
    assert client.post(page, {"act": "end", "mandate": mandate.pk}).status_code == 302


def test_a_breach_is_noted_on_a_page(commons: Commons) -> None:
    commons.signed(more=BREACH)
    page = address("contract_watch", "cours")
    assert client_of(commons.lou).get(page).status_code == 403
    sent = {"act": "breach", "about": commons.press.pk, "reason": "Rien n’est payé"}
    assert client_of(commons.ines).post(page, sent).status_code == 302
    assert Turn.objects.filter(kind="breach", about=commons.press).count() == 1


def test_a_file_is_brought_in(commons: Commons) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client, page = client_of(commons.lou), address("contract_upload")
    bad = client.post(page, {"name": "X", "text": "slug = 3"})
    assert bad.status_code == 422
    assert "ligne 1" in bad.content.decode()
    fine = client.post(
        page, {"name": "X", "file": SimpleUploadedFile("c.toml", words("venu").encode())}
    )
    assert fine["Location"] == address("contract", "venu")
