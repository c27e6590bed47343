"""Checks on the data that steps receive, so that bad input fails at once, with its reason."""

import pandas as pd


class ContractError(ValueError):
    """Raised where a step's input lacks what the step reads."""


def require_columns(frame: pd.DataFrame, columns: set[str], *, step: str) -> None:
    """Raise `ContractError` naming the columns that `step` reads and `frame` lacks."""
    missing = sorted(column for column in columns if column not in frame)
    if missing:
        raise ContractError(f"{step}: the input has no column {', '.join(map(repr, missing))}")
