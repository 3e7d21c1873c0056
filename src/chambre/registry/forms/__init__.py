"""Forms of the register.

A form only collects: what is right and wrong is for the services, and :func:`show_mistakes` puts
what they say next to the field that it is about.
"""

from chambre.registry.forms.blocks import BlockForm, Choices, RowsForm, show_mistakes
from chambre.registry.forms.simple import (
    AgentForm,
    AssessmentForm,
    EndRoleForm,
    ImageForm,
    ImportForm,
    NameForm,
    NewResourceForm,
    OutcomeForm,
    PersonForm,
    ReasonForm,
    RoleForm,
    SearchForm,
    StandingForm,
    WishForm,
)

__all__ = [
    "AgentForm",
    "AssessmentForm",
    "BlockForm",
    "Choices",
    "EndRoleForm",
    "ImageForm",
    "ImportForm",
    "NameForm",
    "NewResourceForm",
    "OutcomeForm",
    "PersonForm",
    "ReasonForm",
    "RoleForm",
    "RowsForm",
    "SearchForm",
    "StandingForm",
    "WishForm",
    "show_mistakes",
]
