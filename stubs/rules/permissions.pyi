from rules import Predicate

permissions: dict[str, Predicate]
