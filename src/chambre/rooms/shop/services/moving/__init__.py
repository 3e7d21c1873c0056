"""Moving a shop in from elsewhere, and out again.

* :mod:`.reading`: what a product of WooCommerce is here;
* :mod:`.planning`: what a file would change, compared with what is there;
* :mod:`.bringing`, :mod:`.writing`: bringing it in;
* :mod:`.arrivals`: files that are looked at on a page first;
* :mod:`.giving`: the same file again, with what was changed here;
* :mod:`.pictures`: photos, by address or out of a folder;
* :mod:`.visiting`: customers and orders of a shop that still runs.
"""
