"""Writing the record of a resource, block by block."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError, Forbidden, NotFound
from chambre.registry import api, queries
from chambre.registry import record as schema
from chambre.registry.display import Difference, differences
from chambre.registry.errors import StaleVersion
from chambre.registry.exchange.entries import hidden_people, masked
from chambre.registry.forms import (
    BlockForm,
    Choices,
    ImageForm,
    NewResourceForm,
    RowsForm,
    StandingForm,
    show_mistakes,
)
from chambre.registry.models import Resource
from chambre.registry.versions import record_of
from chambre.registry.views.common import actor_of, names_in, readable_record, sent, sent_files
from chambre.registry.views.resources import whole_resource

EDITED = [block for block in schema.BLOCKS if block.name != "wishes"]


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Bring a resource in: its name first, the rest block by block."""
    by = actor_of(request)
    authorize(by, "registry.create_resource", api.home_chamber())
    form = NewResourceForm(sent(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        slug = values.pop("slug") or queries.new_slug(Resource, values["name"], "ressource")
        try:
            made = api.create_resource(slug=slug, by=by, **values)
        except ChambreError as error:
            _keep(error)
            show_mistakes(error, form)
            status = error.status
        else:
            messages.success(request, _("It is in the register. Now say more about it."))
            return redirect("registry:resource_edit", slug=made.slug, block="identity")
    elif request.method == "POST":
        status = 422
    return render(request, "registry/resource_new.html", {"form": form}, status=status)


def _keep(error: ChambreError) -> None:
    """Somebody without the right is told so on a page of its own."""
    if isinstance(error, Forbidden):
        raise error


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str, block: str = "identity") -> HttpResponse:
    """Change one block of the record. What somebody else changed meanwhile is shown, not lost."""
    resource = whole_resource(slug)
    by = actor_of(request)
    authorize(by, "registry.change_resource", resource)
    wanted = next((one for one in EDITED if one.name == block), None)
    if wanted is None:
        raise NotFound
    editor = _Editor(request, resource, wanted)
    if request.method == "POST" and "more" not in request.POST:
        try:
            if editor.save():
                messages.success(request, _("Kept."))
                return redirect(_after(resource, wanted, request))
        except StaleVersion:
            editor.merge()
    return render(request, "registry/resource_edit.html", editor.context(), status=editor.status)


def _after(resource: Resource, block: schema.Block, request: HttpRequest) -> str:
    """Where to go once a block is kept: to the next one, if that was asked for."""
    if "next" in request.POST:
        following = EDITED[EDITED.index(block) + 1 :]
        if following:
            return reverse("registry:resource_edit", args=[resource.slug, following[0].name])
    return reverse("registry:resource", args=[resource.slug])


class _Editor:
    """The form of one block, its lists, and what became of sending it."""

    def __init__(self, request: HttpRequest, resource: Resource, block: schema.Block) -> None:
        self.request = request
        self.resource = resource
        self.block = block
        self.by = actor_of(request)
        self.status = 200
        self.stale = False
        self.conflicts: list[Difference] = []
        self.record = {**readable_record(request, resource), "version": resource.version}
        data = request.POST if request.method == "POST" else None
        self._build(data, self.record)

    def _build(self, data: Any, record: dict[str, Any]) -> None:
        choices = Choices(self.by, self.resource)
        more = 2 if data is not None and "more" in data else 0
        self.form = BlockForm(
            None if more else data, block=self.block, record=record, choices=choices,
            **({"initial": data.dict()} if more else {}),
        )  # fmt: skip
        self.lists = [
            RowsForm(one, record[one.name], data, more)
            for one in self.block.fields
            if isinstance(one, schema.Rows)
        ]

    def values(self) -> dict[str, Any]:
        """What was sent, by field name."""
        return {**self.form.values(), **{one.name: one.values() for one in self.lists}}

    def save(self) -> bool:
        """Ask the service; whether it was kept.

        Raises:
            StaleVersion: Somebody else changed the record meanwhile.
        """
        readable = [self.form.is_valid(), *[one.is_valid() for one in self.lists]]
        if not all(readable):
            self.status = 422
            return False
        try:
            api.change_resource(
                resource=self.resource,
                version=self.form.cleaned_data["version"],
                reason=self.form.cleaned_data["reason"],
                fields=self.values(),
                by=self.by,
            )
        except (StaleVersion, Forbidden):
            raise
        except ChambreError as error:
            self.status = error.status
            show_mistakes(error, self.form, self.lists)
            return False
        return True

    def merge(self) -> None:
        """Take what only one of the two changed, and show what both did; the newest version holds.

        Nothing is written: the person looks, mends and sends again.
        """
        self.status = 409
        self.stale = True
        mine = self.values()
        seen = self._version(self.form.cleaned_data["version"])
        now = {**readable_record(self.request, self.resource), "version": self.resource.version}
        merged = dict(now)
        both_mine, both_now = {}, {}
        for name, value in mine.items():
            if seen is None or _same(value, seen[name]):
                continue
            merged[name] = value
            if not _same(now[name], seen[name]) and not _same(now[name], value):
                both_mine[name], both_now[name] = value, now[name]
        names = names_in(now, {**now, **both_mine})
        self.conflicts = differences(_typed(both_now), _typed(both_mine), names)
        reason = self.form.cleaned_data["reason"]
        self._build(None, merged)
        self.form.initial["reason"] = reason

    def _version(self, number: int | None) -> dict[str, Any] | None:
        row = self.resource.revisions.filter(number=number or 0).first()
        return masked(record_of(row), hidden_people(self.by)) if row is not None else None

    def context(self) -> dict[str, Any]:
        """What the page shows."""
        return {
            "resource": self.resource,
            "part": self.block,
            "blocks": EDITED,
            "form": self.form,
            "lists": self.lists,
            "stale": self.stale,
            "conflicts": self.conflicts,
            "is_last": self.block == EDITED[-1],
        }


def _typed(record: dict[str, Any]) -> dict[str, Any]:
    """Values as they were typed or kept, in one form, so that they can be compared."""
    return {name: _normal(value) for name, value in record.items()}


def _normal(value: Any) -> Any:
    if isinstance(value, list):
        return [_normal(each) for each in value]
    if isinstance(value, dict):
        return {name: _normal(each) for name, each in value.items()}
    if value is None:
        return ""
    return str(value).replace("\r\n", "\n").strip()


def _same(one: Any, other: Any) -> bool:
    return bool(_normal(one) == _normal(other))


@require_http_methods(["GET", "POST"])
def standing(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that a resource is a candidate, a commons or ordinary; with the reason."""
    resource = whole_resource(slug)
    by = actor_of(request)
    authorize(by, "registry.change_standing", resource)
    initial = {"standing": resource.standing, "version": resource.version}
    form = StandingForm(sent(request), initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            api.change_standing(resource=resource, by=by, **form.cleaned_data)
        except ChambreError as error:
            _keep(error)
            show_mistakes(error, form)
            status = error.status
        else:
            messages.success(request, _("Its standing is changed, and the reason is kept."))
            return redirect("registry:resource", slug=slug)
    elif request.method == "POST":
        status = 422
    context = {"resource": resource, "form": form}
    return render(request, "registry/standing.html", context, status=status)


@require_http_methods(["GET", "POST"])
def image(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a resource a picture."""
    resource = whole_resource(slug)
    by = actor_of(request)
    authorize(by, "registry.change_resource", resource)
    form = ImageForm(*sent_files(request), initial={"image_alt": resource.image_alt})
    status = 200
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            api.set_image(
                resource=queries.resource(slug),
                source=upload,
                name=upload.name,
                alt=form.cleaned_data["image_alt"],
                by=by,
            )
        except ChambreError as error:
            _keep(error)
            show_mistakes(error, form)
            status = error.status
        else:
            messages.success(request, _("Kept."))
            return redirect("registry:resource", slug=slug)
    elif request.method == "POST":
        status = 422
    context = {"resource": resource, "form": form}
    return render(request, "registry/image.html", context, status=status)
