"""Which lines of a structure's accounts concern which shared resource: rules and their matching.

A rule file is TOML (``docs/howto``)::

    [[rule]]
    name = "ventes de nectar"
    structure = "nectar"          # absent: every structure; a list: any of them
    account = ["701*", "708*"]    # shell patterns; also: auxiliary, journal, piece
    label = "(?i)fraise"          # regular expression (RE2 syntax)
    from = 2022-01-01             # first day; and to = … the last
    shares = { verger = 60, presse = 40 }   # integer weights; "-" is the structure itself

Rules are tried in the order of the file and the first that matches takes the line. Regular
expressions run on RE2, whose time grows with the length of the text only; those that would be
catastrophic elsewhere are refused so that a file means the same everywhere.
"""

from chambre.lib.attribution.changes import RuleChange, concerns, rule_changes, touched
from chambre.lib.attribution.labels import common_expression, normal_label
from chambre.lib.attribution.matching import Candidate, Matcher
from chambre.lib.attribution.patterns import PatternError, check_expression, shell_matcher
from chambre.lib.attribution.rules import (
    ITSELF,
    Problem,
    Rule,
    RuleFileError,
    parse_rules,
    rules_from_data,
    write_rules,
)
from chambre.lib.attribution.shares import split_amount
from chambre.lib.attribution.suggestions import (
    KnownGroup,
    OpenGroup,
    Reason,
    Shares,
    Suggester,
    Suggestion,
    suggest,
)

__all__ = [
    "ITSELF",
    "Candidate",
    "KnownGroup",
    "Matcher",
    "OpenGroup",
    "PatternError",
    "Problem",
    "Reason",
    "Rule",
    "RuleChange",
    "RuleFileError",
    "Shares",
    "Suggester",
    "Suggestion",
    "check_expression",
    "common_expression",
    "concerns",
    "normal_label",
    "parse_rules",
    "rule_changes",
    "rules_from_data",
    "shell_matcher",
    "split_amount",
    "suggest",
    "touched",
    "write_rules",
]
