"""What happened to things: the EPCIS repository.

Every room records here what was done with an object (put in service, lent, brought back, washed,
lost), in the words of EPCIS 2.0 and its vocabulary CBV 2.0, and reads what others recorded. What
others outside the house capture or ask comes in below ``/epcis/``, by the standard's REST binding.
"""
