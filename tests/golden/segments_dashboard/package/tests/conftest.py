"""Runs the pipeline once, on the notebook's own data where that is at hand."""

import contextlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

os.environ["MPLBACKEND"] = "Agg"  # before anything imports pyplot: no test opens a window

from segments_dashboard import steps
from segments_dashboard.config import Config
from segments_dashboard.console import show_messages
from segments_dashboard.pipeline import Results, run

DATA_ROOT = Path(
    os.environ.get("SEGMENTS_DASHBOARD_DATA_ROOT", Path(__file__).parents[2])
).resolve()


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
    if not (DATA_ROOT / "segments_dashboard.ipynb").exists():
        pytest.skip("needs the notebook's folder; set SEGMENTS_DASHBOARD_DATA_ROOT")
    out = tmp_path_factory.mktemp("run")
    config = config.model_copy(update={"figures_dir": out / "figures"})
    show_messages()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
        patch.chdir(DATA_ROOT)
        for name in [
            "customer_segments_for_the_store_dashboard",
            "orders_to_customers",
            "cluster",
            "who_they_are",
            "export",
        ]:
            patch.setattr(steps, name, recorded(getattr(steps, name), name, called))
        try:
            return run(config)
        except FileNotFoundError as error:
            pytest.skip(f"an input of the notebook is not there: {error}")
