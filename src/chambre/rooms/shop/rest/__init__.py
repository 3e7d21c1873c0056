"""The shop for machines, under ``/api/shop/``."""

from ninja import Router

from chambre.rooms.shop.rest.baskets import router as baskets_router
from chambre.rooms.shop.rest.customers import router as customers_router
from chambre.rooms.shop.rest.goods import router as goods_router
from chambre.rooms.shop.rest.keeping import router as keeping_router
from chambre.rooms.shop.rest.orders import router as orders_router
from chambre.rooms.shop.rest.shops import router as shops_router
from chambre.rooms.shop.rest.times import router as times_router

router = Router(tags=["shop"])
for part in (
    keeping_router, shops_router, goods_router, times_router, orders_router, customers_router,
    baskets_router,
):  # fmt: skip
    router.add_router("", part)

__all__ = ["router"]
