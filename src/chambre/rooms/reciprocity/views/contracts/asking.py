"""May I use it, for what, and what do I owe? One question at a time, and finding out which words one has."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.errors import TooLarge
from chambre.lib import reciprocity
from chambre.lib.reciprocity import templates
from chambre.lib.reciprocity.interview import interview
from chambre.lib.reciprocity.questions import Question
from chambre.lib.reciprocity.readings import plain_reading
from chambre.registry.api import today
from chambre.rooms.reciprocity.models import Contract
from chambre.rooms.reciprocity.queries.contracts import versions_with_digest
from chambre.rooms.reciprocity.services.using import units_counted
from chambre.rooms.reciprocity.views.contracts.frame import (
    actor_of,
    contract_for,
    frame,
    language,
    said_by,
)

LONGEST_ANSWER = 200
MOST_ANSWERS = 40
LARGEST_FILE = 2_000_000


@require_safe
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """The next question, or what the contract answers; answers are in the address, nothing is kept."""
    contract = contract_for(request, slug)
    said = said_by(contract)
    answers = {
        key: ",".join(values)[:LONGEST_ANSWER].replace("\0", "")
        for key, values in list(request.GET.lists())[:MOST_ANSWERS]
    }
    found = interview(said, answers, language=language(), today=today())
    context = frame(request, contract, said=found)
    if isinstance(found, Question):
        context |= {
            "question": found,
            "before": [(key, value) for key, value in answers.items() if key != found.key],
        }  # fmt: skip
        template = "reciprocity/contracts/ask.html"
    else:
        reading = plain_reading(said, language())
        titles = {clause.anchor: clause.title for clause in reading.clauses()}
        context |= {
            "answer": found,
            "because": [(each, titles.get(each.anchor, "")) for each in found.because],
            "units": units_counted(said),
            "counts": contract.state in (Contract.State.IN_FORCE, Contract.State.SUSPENDED),
        }  # fmt: skip
        template = "reciprocity/contracts/answer.html"
    if request.headers.get("HX-Request"):
        template += "#body"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Which version has this digest, or these words; a file stays with whoever brings it."""
    typed = request.POST.get("digest", request.GET.get("empreinte", ""))[:200].strip().lower()
    digest, wrong = typed.replace(" ", ""), []
    sent = request.FILES.get("file")
    name = ""
    if isinstance(sent, UploadedFile):
        name = str(sent.name)
        if (sent.size or 0) > LARGEST_FILE:
            raise TooLarge(limit=LARGEST_FILE)
        text = sent.read().decode("utf-8-sig", errors="replace")
        try:
            digest = reciprocity.digest(reciprocity.read(text))
        except reciprocity.ContractError as error:
            wrong, digest = [each.message(language()) for each in error.problems[:20]], ""
    if digest and not digest.startswith("sha256:"):
        digest = f"sha256:{digest}"
    rows = list(versions_with_digest(digest, actor_of(request))[:50]) if digest else []
    context = {
        "digest": digest, "typed": typed, "rows": rows, "wrong": wrong, "name": name,
        "asked": bool(digest or wrong),
        "template": next(
            (slug for slug in templates.slugs()
             if digest and reciprocity.digest(templates.contract(slug)) == digest), ""
        ),
    }  # fmt: skip
    return render(request, "reciprocity/contracts/verify.html", context)


ASKING = [
    path("contrats/verifier/", verify, name="contract_verify"),
    path("contrats/<slug:slug>/puis-je/", ask, name="contract_ask"),
]
