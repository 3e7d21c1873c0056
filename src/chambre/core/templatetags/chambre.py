"""Template tags of the house: amounts, dates, icons. Loaded in every template."""

from django import template

register = template.Library()
