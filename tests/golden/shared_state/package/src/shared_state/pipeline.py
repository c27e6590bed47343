"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from shared_state import steps
from shared_state.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    movements: Any
    stock: Any
    net_worth: Any
    relaxed: Any
    strict: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    steps.reset_state()
    UNIT_PRICE, movements = steps.stock_room_replay(config.movements_path)
    stock = steps.replay(movements)
    net_worth = steps.worth_2(UNIT_PRICE, config.tax)
    steps.shortfalls_2()
    relaxed, strict = steps.reorder()
    return Results(movements, stock, net_worth, relaxed, strict)
