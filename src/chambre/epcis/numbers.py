"""The numbers that stand in the tables for kinds of terms and for places within an event.

Apart from the tables, so that events can be taken apart where there is no Django.
"""

from __future__ import annotations

from enum import IntEnum


class Kind(IntEnum):
    """What a term names; :class:`chambre.epcis.models.Kind` says it in words."""

    EPC = 1
    CLASS = 2
    READ_POINT = 3
    BIZ_LOCATION = 4
    BIZ_STEP = 5
    DISPOSITION = 6
    EVENT_TYPE = 7
    FIELD = 8


class Role(IntEnum):
    """Where in an event an object stands; :data:`FIELDS` names the field."""

    EPC = 1
    CHILD = 2
    PARENT = 3
    INPUT = 4
    OUTPUT = 5
    QUANTITY = 6
    CHILD_QUANTITY = 7
    INPUT_QUANTITY = 8
    OUTPUT_QUANTITY = 9


FIELDS = {
    Role.EPC: "epcList",
    Role.CHILD: "childEPCs",
    Role.PARENT: "parentID",
    Role.INPUT: "inputEPCList",
    Role.OUTPUT: "outputEPCList",
    Role.QUANTITY: "quantityList",
    Role.CHILD_QUANTITY: "childQuantityList",
    Role.INPUT_QUANTITY: "inputQuantityList",
    Role.OUTPUT_QUANTITY: "outputQuantityList",
}
