"""The tables of the shop."""

from chambre.rooms.shop.models.cycles import Cycle, Distribution, Offer, PickupPlace, Round, Slot
from chambre.rooms.shop.models.moving import Arrival, ImportedOrder
from chambre.rooms.shop.models.orders import (
    Adjustment,
    Order,
    OrderEvent,
    OrderLine,
    OrderPayment,
)
from chambre.rooms.shop.models.people import AccountMove, Customer
from chambre.rooms.shop.models.products import Category, Photo, Product, Variant
from chambre.rooms.shop.models.shops import Producer, Shop
from chambre.rooms.shop.models.stock import Stock, StockMove

__all__ = [
    "AccountMove",
    "Adjustment",
    "Arrival",
    "Category",
    "Customer",
    "Cycle",
    "Distribution",
    "ImportedOrder",
    "Offer",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OrderPayment",
    "Photo",
    "PickupPlace",
    "Producer",
    "Product",
    "Round",
    "Shop",
    "Slot",
    "Stock",
    "StockMove",
    "Variant",
]
