"""Forms of the pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.epcis.models import CaptureJob


class SendForm(forms.Form):
    """A document that is sent in by hand."""

    document = forms.FileField(
        label=_("EPCIS document (JSON)"),
        help_text=_("An EPCISDocument or EPCISQueryDocument of EPCIS 2.0."),
        max_length=200,
    )
    behaviour = forms.ChoiceField(
        label=_("If an event is wrong"),
        choices=[
            (CaptureJob.Behaviour.ROLLBACK, _("record nothing of the document")),
            (CaptureJob.Behaviour.PROCEED, _("record the others")),
        ],
        widget=forms.RadioSelect,
        initial=CaptureJob.Behaviour.ROLLBACK,
    )
