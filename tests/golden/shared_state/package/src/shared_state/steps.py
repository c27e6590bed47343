"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

import logging
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from shared_state.functions import counter

logger = logging.getLogger(__name__)

# Shared between steps as the notebook's cells shared them, because parameters can't show it:
# a function reads it when it is called
stock: Any
# a function rebinds it with `global`
n_deliveries: Any
# a function reads it when it is called
shortfalls: Any
# it is read before its own section binds it
worst: Any
# a function reads it when it is called
threshold: Any
# it is read before its own section binds it
total_to_order: Any


def deliver(item: Any, quantity: Any) -> Any:
    global n_deliveries
    stock[item] = stock.get(item, 0) + quantity
    n_deliveries += 1


def issue(item: Any, quantity: Any) -> Any:
    on_shelf = stock.get(item, 0)
    if quantity > on_shelf:
        shortfalls.append((item, quantity - on_shelf))
        quantity = on_shelf
    stock[item] = on_shelf - quantity


def is_low(item: Any) -> Any:
    return stock[item] < threshold


class StockRoomReplayResults(NamedTuple):
    """What `stock_room_replay` returns."""

    UNIT_PRICE: dict[str, Any]
    movements: pd.DataFrame


class ReorderResults(NamedTuple):
    """What `reorder` returns."""

    relaxed: list[Any]
    strict: list[Any]


def reset_state() -> None:
    """Forget what an earlier run left in this module."""
    for name in (
        "stock",
        "n_deliveries",
        "shortfalls",
        "worst",
        "threshold",
        "total_to_order",
    ):
        globals().pop(name, None)


def stock_room_replay(movements_path: Path) -> StockRoomReplayResults:
    """Stock room replay (cells 1-2).

    Replays the movements of one month to see what the shelf looked like. It grew over a few
    afternoons: several cells share state through globals.
    """
    UNIT_PRICE = {"bolt": 0.12, "bracket": 1.9, "hinge": 2.75, "rail": 14.5}

    movements = pd.read_csv(movements_path)
    return StockRoomReplayResults(UNIT_PRICE, movements)


def replay(movements: pd.DataFrame) -> dict[Any, Any]:
    """Replay (cells 4-5)."""
    global n_deliveries, shortfalls, stock
    stock = {}
    n_deliveries = 0
    shortfalls = []

    for movement in movements.itertuples():
        if movement.kind == "in":
            deliver(movement.item, movement.quantity)
        else:
            issue(movement.item, movement.quantity)

    logger.info("%s deliveries", n_deliveries)
    return stock


def worth_2(UNIT_PRICE: dict[str, Any], tax: float) -> Any:
    """Worth (cells 7-9)."""

    def worth(item: Any) -> Any:
        return stock[item] * UNIT_PRICE[item]

    net_worth = round(sum(worth(item) for item in stock), 2)

    # The auditors want it with tax. Same name, so that the cells below need no change.

    def worth(item: Any) -> Any:
        return stock[item] * UNIT_PRICE[item] * (1 + tax)

    gross_worth = round(sum(worth(item) for item in stock), 2)
    logger.info(f"net {net_worth}, gross {gross_worth}")
    return net_worth


def shortfalls_2() -> None:
    """Shortfalls (cells 11-12)."""
    global worst
    if shortfalls:
        worst = max(shortfalls, key=lambda pair: pair[1])

    logger.info("%s shortfalls", len(shortfalls))
    if shortfalls:
        logger.info("worst: %s short of %s", worst[0], worst[1])


def reorder() -> ReorderResults:
    """Reorder (cells 14-16)."""
    global threshold, total_to_order
    threshold = 40

    relaxed = sorted(filter(is_low, stock))

    # before the holidays we keep more
    threshold = 90
    strict = sorted(filter(is_low, stock))

    tick = counter()
    for item in strict:
        total_to_order = tick(threshold - stock[item])
        deliver(item, threshold - stock[item])

    logger.info(f"ordered {total_to_order} pieces, {n_deliveries} deliveries by now")
    return ReorderResults(relaxed, strict)
