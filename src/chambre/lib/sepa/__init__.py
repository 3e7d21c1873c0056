"""Payments in euros between banks: references, account numbers, QR codes and files for a bank.

``rf`` (ISO 11649), ``epc`` and ``qr`` (EPC069-12), ``accounts`` (IBAN, BIC, ICS), ``charset``
(EPC217-08), ``files`` (pain.001.001.09, pain.008.001.08), ``days`` (TARGET), ``reasons`` (why a
payment came back).
"""

from chambre.lib.sepa.errors import SepaRefusal

__all__ = ["SepaRefusal"]
