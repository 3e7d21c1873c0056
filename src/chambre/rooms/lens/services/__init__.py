"""What the lens writes: imports, attributions, answers to suggestions, disclosures."""

from chambre.rooms.lens.services.attribution import (
    MOST_BY_HAND,
    RulesChanged,
    apply_rules,
    attribute_by_hand,
    attribute_new,
    authorize_change,
    current_rules,
    preview,
    rules_of,
)
from chambre.rooms.lens.services.checking import check_fec
from chambre.rooms.lens.services.disclosure import disclose
from chambre.rooms.lens.services.documents import keep_paths
from chambre.rooms.lens.services.drafting import (
    Working,
    check_rules,
    discard_draft,
    drop_rule,
    move_rule,
    put_rule,
    put_rules,
    rebase_draft,
    working_rules,
)
from chambre.rooms.lens.services.exporting import export_fec, year_of
from chambre.rooms.lens.services.figures import AttributionReport, RuleReport
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
from chambre.rooms.lens.services.suggesting import (
    Answer,
    Proposal,
    Suggestions,
    answer_suggestion,
    suggest,
    suggestions,
)
from chambre.rooms.lens.services.surveying import (
    HAND,
    LIVE_LINES,
    Decider,
    LeftGroup,
    NotCounted,
    Survey,
    count_survey,
    current_version,
    deciding_now,
)
from chambre.rooms.lens.services.trying import Comparison, RuleTrial, compare_rules, try_rule

__all__ = [
    "HAND",
    "LIVE_LINES",
    "MOST_BY_HAND",
    "AlreadyImported",
    "Answer",
    "AttributionReport",
    "Comparison",
    "Decider",
    "FecRefused",
    "Given",
    "ImportOutcome",
    "LeftGroup",
    "NotCounted",
    "Proposal",
    "RuleReport",
    "RuleTrial",
    "RulesChanged",
    "Suggestions",
    "Survey",
    "Working",
    "YearAlreadyImported",
    "YearsDiffer",
    "after_import",
    "answer_suggestion",
    "apply_rules",
    "attribute_by_hand",
    "attribute_new",
    "authorize_change",
    "check_fec",
    "check_rules",
    "compare_rules",
    "count_survey",
    "current_rules",
    "current_version",
    "deciding_now",
    "discard_draft",
    "disclose",
    "drop_rule",
    "export_fec",
    "import_fec",
    "import_several",
    "keep_paths",
    "move_rule",
    "preview",
    "put_rule",
    "put_rules",
    "rebase_draft",
    "rules_of",
    "suggest",
    "suggestions",
    "try_rule",
    "working_rules",
    "year_of",
]
