"""Runs the pipeline once, on the notebook's own data where that is at hand."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

os.environ["MPLBACKEND"] = "Agg"  # before anything imports pyplot: no test opens a window

from messy_order import steps
from messy_order.config import Config
from messy_order.pipeline import Results, run

DATA_ROOT = Path(os.environ.get("MESSY_ORDER_DATA_ROOT", Path(__file__).parents[2])).resolve()


def recorded(step: Callable[..., Any], name: str, called: list[str]) -> Callable[..., Any]:
    """`step`, which also notes that it was called."""

    def call(*args: Any, **kwargs: Any) -> Any:
        called.append(name)
        return step(*args, **kwargs)

    return call


@pytest.fixture(scope="session")
def called() -> list[str]:
    """The steps that the run of `results` called, in order."""
    return []


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory, called: list[str]) -> Results:
    """The results of one run; skipped where what the notebook needs is not there."""
    config = Config()
    inputs = {
        "trips_path": DATA_ROOT / config.trips_path,
    }
    missing = [str(path) for path in inputs.values() if not path.exists()]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}; set MESSY_ORDER_DATA_ROOT")
    out = tmp_path_factory.mktemp("run")
    config = config.model_copy(update={**inputs, "margin_path": out / config.margin_path.name})
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(out)
        for name in ["courier_trips", "cost_2"]:
            patch.setattr(steps, name, recorded(getattr(steps, name), name, called))
        return run(config)
