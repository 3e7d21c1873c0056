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
    FecRefused,
    Given,
    ImportOutcome,
    after_import,
    import_fec,
    import_several,
)
from chambre.rooms.lens.services.placing import YearsDiffer
from chambre.rooms.lens.services.replacing import YearAlreadyImported

__all__ = [
    "AttributionReport",
    "FecRefused",
    "Given",
    "ImportOutcome",
    "RuleReport",
    "YearAlreadyImported",
    "YearsDiffer",
    "after_import",
    "apply_rules",
    "attribute_by_hand",
    "check_fec",
    "current_rules",
    "disclose",
    "export_fec",
    "import_fec",
    "import_several",
    "preview",
    "year_of",
]
