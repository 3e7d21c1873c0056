"""The tables of the shop."""

from chambre.rooms.shop.models.advances import AdvanceVat
from chambre.rooms.shop.models.baskets import BasketDay, BasketPlan, Complement, Crop
from chambre.rooms.shop.models.bidding import BasketPledge, BiddingRound
from chambre.rooms.shop.models.cycles import Cycle, Distribution, Offer, PickupPlace, Round, Slot
from chambre.rooms.shop.models.letters import Letter
from chambre.rooms.shop.models.moving import Arrival, ImportedOrder
from chambre.rooms.shop.models.orders import (
    Adjustment,
    LineCredit,
    Order,
    OrderEvent,
    OrderLine,
    OrderPayment,
)
from chambre.rooms.shop.models.people import AccountMove, Customer
from chambre.rooms.shop.models.products import Category, Photo, Product, Variant
from chambre.rooms.shop.models.reductions import (
    Coupon,
    CouponUse,
    ShiftSignup,
    WorkShift,
    WorkUse,
)
from chambre.rooms.shop.models.shops import Producer, Shop
from chambre.rooms.shop.models.stock import Stock, StockMove
from chambre.rooms.shop.models.subscriptions import (
    Absence,
    BasketOrder,
    Instalment,
    MissedBasket,
    Move,
    PaidByOther,
    SubscribedComplement,
    Subscription,
    SubscriptionEvent,
    SubscriptionPerson,
)
from chambre.rooms.shop.models.suspended import SuspendedFund, SuspendedGift, SuspendedUse

__all__ = [
    "Absence",
    "AccountMove",
    "Adjustment",
    "AdvanceVat",
    "Arrival",
    "BasketDay",
    "BasketOrder",
    "BasketPlan",
    "BasketPledge",
    "BiddingRound",
    "Category",
    "Complement",
    "Coupon",
    "CouponUse",
    "Crop",
    "Customer",
    "Cycle",
    "Distribution",
    "ImportedOrder",
    "Instalment",
    "Letter",
    "LineCredit",
    "MissedBasket",
    "Move",
    "Offer",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OrderPayment",
    "PaidByOther",
    "Photo",
    "PickupPlace",
    "Producer",
    "Product",
    "Round",
    "ShiftSignup",
    "Shop",
    "Slot",
    "Stock",
    "StockMove",
    "SubscribedComplement",
    "Subscription",
    "SubscriptionEvent",
    "SubscriptionPerson",
    "SuspendedFund",
    "SuspendedGift",
    "SuspendedUse",
    "Variant",
    "WorkShift",
    "WorkUse",
]
