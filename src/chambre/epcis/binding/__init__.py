"""The REST binding of EPCIS 2.0 below ``/epcis/``: the paths, headers and errors of the standard.

Its official OpenAPI description is the contract; :mod:`.frame` holds what all paths share.
"""
