"""The demonstration: an invented chamber in an invented town, brought in as real ones are.

Valmère, its structures and its people do not exist. Two years of books are generated from a fixed
seed as FEC files, imported through the same door as any file, attributed by a rule file, and
sealed.
"""

from chambre.project.demo.load import load, people

__all__ = ["load", "people"]
