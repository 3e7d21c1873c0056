"""The shop room (S13): producers sell what they grow, people order, pay, and fetch it.

Sales are booked when goods are handed over, each on the resource that they feed; what was paid before
is an advance; deposits on containers go to their scheme.
"""
