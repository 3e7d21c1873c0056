"""The credit room (S5): units of account of a chamber, which are always zero together.

Members pay one another in credit or in hours, within limits that they agreed to. What is held and moved
is the treasury's; how far somebody may go, how balances swing and how somebody leaves is this room's.
"""
