"""What the lens writes: imports, attributions, answers to suggestions, disclosures."""

from chambre.rooms.lens.services.attribution import (
    AttributionReport,
    RuleReport,
    apply_rules,
    attribute_by_hand,
    current_rules,
    preview,
)
from chambre.rooms.lens.services.checking import check_fec
from chambre.rooms.lens.services.disclosure import disclose
from chambre.rooms.lens.services.exporting import export_fec, year_of
from chambre.rooms.lens.services.importing import (
    AlreadyImported,
    FecRefused,
    ImportOutcome,
    YearAlreadyImported,
    after_import,
    import_fec,
)

__all__ = [
    "AlreadyImported",
    "AttributionReport",
    "FecRefused",
    "ImportOutcome",
    "RuleReport",
    "YearAlreadyImported",
    "after_import",
    "apply_rules",
    "attribute_by_hand",
    "check_fec",
    "current_rules",
    "disclose",
    "export_fec",
    "import_fec",
    "preview",
    "year_of",
]
