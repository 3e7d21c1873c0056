"""Words of the standard's vocabulary for people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

STEPS: dict[str, Any] = {
    "accepting": _("accepting"),
    "arriving": _("arriving"),
    "assembling": _("assembling"),
    "collecting": _("collecting"),
    "commissioning": _("commissioning"),
    "consigning": _("consigning freight"),
    "creating_class_instance": _("creating a batch"),
    "cycle_counting": _("cycle counting"),
    "decommissioning": _("decommissioning"),
    "departing": _("departing"),
    "destroying": _("destroying"),
    "disassembling": _("disassembling"),
    "dispensing": _("dispensing"),
    "encoding": _("encoding"),
    "entering_exiting": _("entering or leaving"),
    "holding": _("holding"),
    "inspecting": _("inspecting"),
    "installing": _("installing"),
    "killing": _("killing the tag"),
    "loading": _("loading"),
    "other": _("something else"),
    "packing": _("packing"),
    "picking": _("picking"),
    "receiving": _("receiving"),
    "removing": _("removing"),
    "repackaging": _("repackaging"),
    "repairing": _("repairing"),
    "replacing": _("replacing"),
    "reserving": _("reserving"),
    "retail_selling": _("retail selling"),
    "sampling": _("sampling"),
    "sensor_reporting": _("sensor reporting"),
    "shipping": _("shipping"),
    "staging_outbound": _("staging outbound"),
    "stock_taking": _("stock taking"),
    "stocking": _("stocking"),
    "storing": _("storing"),
    "transporting": _("transporting"),
    "unloading": _("unloading"),
    "unpacking": _("unpacking"),
    "void_shipping": _("void shipping"),
}
"""Business steps (CBV 2.0, section 7.1)."""

DISPOSITIONS: dict[str, Any] = {
    "active": _("active"),
    "available": _("available"),
    "completeness_inferred": _("completeness inferred"),
    "completeness_verified": _("completeness verified"),
    "conformant": _("conformant"),
    "container_closed": _("container closed"),
    "container_open": _("container open"),
    "damaged": _("damaged"),
    "destroyed": _("destroyed"),
    "dispensed": _("dispensed"),
    "disposed": _("disposed"),
    "encoded": _("encoded"),
    "expired": _("expired"),
    "in_progress": _("in progress"),
    "in_transit": _("in transit"),
    "inactive": _("inactive"),
    "mismatch_class": _("mismatch class"),
    "mismatch_instance": _("mismatch instance"),
    "mismatch_quantity": _("mismatch quantity"),
    "needs_replacement": _("needs replacement"),
    "no_pedigree_match": _("no pedigree match"),
    "non_conformant": _("non conformant"),
    "non_sellable_other": _("non sellable other"),
    "partially_dispensed": _("partially dispensed"),
    "recalled": _("recalled"),
    "reserved": _("reserved"),
    "retail_sold": _("retail sold"),
    "returned": _("returned"),
    "sellable_accessible": _("sellable accessible"),
    "sellable_not_accessible": _("sellable not accessible"),
    "stolen": _("stolen"),
    "unavailable": _("unavailable"),
    "unknown": _("unknown"),
}
"""Dispositions (CBV 2.0, section 7.2)."""

TYPES: dict[str, Any] = {
    "AggregationEvent": _("put together or taken apart"),
    "AssociationEvent": _("fixed on or taken off"),
    "ObjectEvent": _("seen"),
    "TransactionEvent": _("part of a transaction"),
    "TransformationEvent": _("made into something else"),
}
"""Event types, by what they say of an object."""


OWN: dict[str, Any] = {
    "cleaning": _("washing"),
    "lending": _("lending"),
    "writing_off": _("writing off"),
}
"""Steps of the house that CBV has no word for: the last part of their address."""


def said(vocabulary: dict[str, Any], word: str) -> str:
    """A word for people; of an address of somebody's own its last part."""
    if word in vocabulary:
        return str(vocabulary[word])
    last = word.rstrip("/").rpartition("/")[2].rpartition(":")[2]
    return str(OWN.get(last, "")) or last.replace("_", " ") or word
