"""Functions that the notebook already had."""

from typing import Any

import pandas as pd


def mae(forecast: Any, actual: Any) -> Any:
    both = pd.concat([forecast, actual], axis=1).dropna()
    return (both.iloc[:, 0] - both.iloc[:, 1]).abs().mean()
