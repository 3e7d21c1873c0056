"""The REST frame.

An app's ``rest.py`` has ``router``, mounted under its label. Example::

    from chambre.core.rest import SIGNED_IN, problems

    router = Router(tags=["lens"])

    @router.post("/files", response={201: FileOut, **problems(409, 413)}, auth=SIGNED_IN)
    def bring_in(request: HttpRequest, payload: FileIn) -> Status[FileOut]:
        '''Bring a file in.'''
        return Status(201, services.bring_in(..., by=request.actor))

Endpoints call services and raise nothing of their own; every error becomes a problem document.
"""

from chambre.core.rest.auth import ANYBODY, SIGNED_IN
from chambre.core.rest.paging import Page, PageQuery, page_by_day, page_by_id
from chambre.core.rest.problem import FieldError, Problem, problems

__all__ = [
    "ANYBODY",
    "SIGNED_IN",
    "FieldError",
    "JobOut",
    "Page",
    "PageQuery",
    "Problem",
    "page_by_day",
    "page_by_id",
    "problems",
    "router",
]

from chambre.core.rest.endpoints import JobOut, router  # last: it stands on the names above
