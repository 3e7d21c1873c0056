"""The lens: the accounts of any number of structures, read by shared resource.

It brings in FEC files, lets people say which lines concern which resource, and gives one balance
sheet and one income statement per resource across all structures, reconciled with their own.
"""
