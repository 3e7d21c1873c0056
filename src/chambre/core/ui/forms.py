"""How forms look: one template for every field, errors next to it."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Renders forms and fields through the house's templates."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
