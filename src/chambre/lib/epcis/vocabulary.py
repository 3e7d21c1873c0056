"""Words of the Core Business Vocabulary 2.0, and their three ways of being written.

``receiving`` (bare, in EPCIS JSON) · ``urn:epcglobal:cbv:bizstep:receiving`` (EPCIS 1.2 and XML) ·
``https://ref.gs1.org/cbv/BizStep-receiving`` (web vocabulary). EPCIS JSON admits standard words only
bare; words of one's own are URIs outside GS1's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BIZ_STEPS: frozenset[str] = _words(
    """
    accepting arriving assembling collecting commissioning consigning
    creating_class_instance cycle_counting decommissioning departing destroying
    disassembling dispensing encoding entering_exiting holding inspecting installing killing
    loading other packing picking receiving removing repackaging repairing replacing
    reserving retail_selling shipping staging_outbound stock_taking stocking storing
    transporting unloading unpacking void_shipping sensor_reporting sampling
    """
)
"""Business steps (CBV 2.0, section 7.1)."""
DISPOSITIONS: frozenset[str] = _words(
    """
    active container_closed damaged destroyed dispensed disposed encoded expired in_progress
    in_transit inactive no_pedigree_match non_sellable_other partially_dispensed recalled
    reserved retail_sold returned sellable_accessible sellable_not_accessible stolen unknown
    available completeness_verified completeness_inferred conformant container_open
    mismatch_instance mismatch_class mismatch_quantity needs_replacement non_conformant
    unavailable
    """
)
"""Dispositions (section 7.2)."""
TRANSACTION_TYPES: frozenset[str] = _words(
    """
    bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt
    """
)
"""Types of business transactions (section 7.3)."""
PARTY_TYPES: frozenset[str] = _words(
    """
    owning_party possessing_party location
    """
)
"""Types of sources and destinations (section 7.4)."""
ERROR_REASONS: frozenset[str] = _words(
    """
    did_not_occur incorrect_data
    """
)
"""Reasons of error declarations (section 7.5)."""
COMPONENTS: frozenset[str] = _words(
    """
    x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle easting
    northing latitude longitude altitude
    """
)
"""Components of a measurement (section 7.6)."""
MEASUREMENTS: frozenset[str] = _words(
    """
    AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Radioactivity Altitude
    AmountOfSubstance AmountOfSubstancePerUnitVolume Angle AngularAcceleration
    AngularMomentum AngularVelocity Area Capacitance Conductance Conductivity Count Density
    Dimensionless DoseEquivalent DoseEquivalentRate DynamicViscosity ElectricCharge
    ElectricCurrent ElectricCurrentDensity ElectricFieldStrength Energy Exposure Force
    Frequency Illuminance Inductance Irradiance KinematicViscosity Length LinearMomentum
    Luminance LuminousFlux LuminousIntensity MagneticFlux MagneticFluxDensity
    MagneticVectorPotential Mass MassConcentration MassFlowRate MassPerAreaTime
    MemoryCapacity MolalityOfSolute MolarEnergy MolarMass MolarVolume Power Pressure
    RadiantFlux RadiantIntensity RelativeHumidity Resistance Resistivity SolidAngle
    SpecificVolume Speed SurfaceDensity SurfaceTension Temperature Time Torque Voltage
    Volume VolumeFlowRate VolumeFraction VolumetricFlux Wavenumber
    """
)
"""Types of measurement of the GS1 web vocabulary."""
ALERTS: frozenset[str] = _words(
    """
    ALARM_CONDITION ERROR_CONDITION
    """
)
"""Alerts of sensors of the GS1 web vocabulary."""
ACTIONS: frozenset[str] = frozenset({"ADD", "OBSERVE", "DELETE"})
"""What an event does to the things it names (EPCIS 2.0, section 7.3.2)."""
EVENT_TYPES = (
    "ObjectEvent",
    "AggregationEvent",
    "TransactionEvent",
    "TransformationEvent",
    "AssociationEvent",
)
"""The five types of events; others are named by a URI of their own."""

CBV = "https://ref.gs1.org/cbv/"
VOC = "https://gs1.org/voc/"
URN = "urn:epcglobal:cbv:"


@dataclass(frozen=True, slots=True)
class WordList:
    """A list of standard words and how its words are written as URIs.

    Attributes:
        words: The bare words.
        web: What stands before a word in the web vocabulary.
        urn: What stands before it as a URN; empty where there is no such form.
    """

    words: frozenset[str]
    web: str
    urn: str = ""


BIZ_STEP = WordList(BIZ_STEPS, f"{CBV}BizStep-", f"{URN}bizstep:")
DISPOSITION = WordList(DISPOSITIONS, f"{CBV}Disp-", f"{URN}disp:")
TRANSACTION_TYPE = WordList(TRANSACTION_TYPES, f"{CBV}BTT-", f"{URN}btt:")
PARTY_TYPE = WordList(PARTY_TYPES, f"{CBV}SDT-", f"{URN}sdt:")
ERROR_REASON = WordList(ERROR_REASONS, f"{CBV}ER-", f"{URN}er:")
COMPONENT = WordList(COMPONENTS, f"{CBV}Comp-", f"{URN}comp:")
MEASUREMENT = WordList(MEASUREMENTS, VOC)
ALERT = WordList(ALERTS, VOC)
WORD_LISTS = (
    BIZ_STEP,
    DISPOSITION,
    TRANSACTION_TYPE,
    PARTY_TYPE,
    ERROR_REASON,
    COMPONENT,
    MEASUREMENT,
    ALERT,
)
"""Every list."""


def _readings(lists: Iterable[WordList]) -> dict[str, tuple[WordList, str]]:
    found: dict[str, tuple[WordList, str]] = {}
    for one in lists:
        for word in one.words:
            found[one.web + word] = (one, word)
            if one.web.startswith(CBV):
                found[f"cbv:{one.web[len(CBV) :]}{word}"] = (one, word)
                found[f"https://ns.gs1.org/cbv/{one.web[len(CBV) :]}{word}"] = (one, word)
            else:
                found[f"gs1:{word}"] = (one, word)
                found[f"https://www.gs1.org/voc/{word}"] = (one, word)
            if one.urn:
                found[one.urn + word] = (one, word)
    return found


WRITTEN_OUT: Mapping[str, tuple[WordList, str]] = MappingProxyType(_readings(WORD_LISTS))
"""Every standard word written as a URI or a CURIE → its list and the bare word."""


def bare(text: str) -> str:
    """A standard word without its URI; anything else as it is."""
    found = WRITTEN_OUT.get(text)
    return found[1] if found else text


def web(text: str, words: WordList) -> str:
    """A standard word of a list as a URI of the web vocabulary; anything else as it is."""
    if text in words.words:
        return words.web + text
    found = WRITTEN_OUT.get(text)
    return found[0].web + found[1] if found else text


def urn(text: str, words: WordList) -> str:
    """A standard word of a list as a URN; anything else, or one that has none, as it is."""
    word = bare(text)
    return words.urn + word if words.urn and word in words.words else text
