"""The clearing room (S5): what people owe one another, set off around rings without money.

An obligation is private to its two ends and counts once its debtor accepted it. A round sets off as much
as can be without changing what anybody is owed in all; nothing is booked before everybody concerned agreed.
"""
