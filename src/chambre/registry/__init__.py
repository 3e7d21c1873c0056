"""Who and what: agents, chambers and their roles, shared resources and units.

A resource lasts; organisations come and go around it. Its owner and its custodian are two
different answers, and every change of its record is kept.
"""
