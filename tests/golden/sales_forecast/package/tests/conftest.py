"""Runs the pipeline once, on the notebook's own data where that is at hand."""

import contextlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

os.environ["MPLBACKEND"] = "Agg"  # before anything imports pyplot: no test opens a window

from sales_forecast import steps
from sales_forecast.config import Config
from sales_forecast.console import show_messages
from sales_forecast.pipeline import Results, run

DATA_ROOT = Path(os.environ.get("SALES_FORECAST_DATA_ROOT", Path(__file__).parents[2])).resolve()


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
def said() -> io.StringIO:
    """What the run of `results` printed."""
    return io.StringIO()


@pytest.fixture(scope="session")
def printed(results: Results, said: io.StringIO) -> list[str]:
    """The same, line by line."""
    return said.getvalue().splitlines()


@pytest.fixture(scope="session")
def results(
    tmp_path_factory: pytest.TempPathFactory, called: list[str], said: io.StringIO
) -> Results:
    """The results of one run; skipped where what the notebook needs is not there."""
    config = Config()
    inputs = {
        "daily_sales_path": DATA_ROOT / config.daily_sales_path,
    }
    missing = [str(path) for path in inputs.values() if not path.exists()]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}; set SALES_FORECAST_DATA_ROOT")
    out = tmp_path_factory.mktemp("run")
    config = config.model_copy(
        update={
            **inputs,
            "baking_plan_path": out / config.baking_plan_path.name,
            "figures_dir": out / "figures",
        }
    )
    show_messages()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
        patch.chdir(out)
        for name in ["load_daily", "make_best", "make_profile_and_plan"]:
            patch.setattr(steps, name, recorded(getattr(steps, name), name, called))
        return run(config)
