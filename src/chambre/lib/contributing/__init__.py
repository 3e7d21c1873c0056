"""What people contribute: recognised by peers, asked for from a budget, shared out when it is too little.

Pure Python, no database: typed values in, typed values out. Amounts are integer cents, times integer
minutes. Nothing here imposes a rate or a share: it counts what people said.
"""
