"""The exchange room (S2): agreements between many, whose legs the Chamber holds until all of them can go.

Parties say who gives what to whom and under which conditions; each leg is deposited here, then all are
settled in one transaction, or each goes back to whoever gave it. Offers and needs meet here too, directly
or around rings.
"""
