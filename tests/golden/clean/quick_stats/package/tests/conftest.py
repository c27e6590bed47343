"""Runs the pipeline once, on the notebook's own data where that is at hand."""

import contextlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

os.environ["MPLBACKEND"] = "Agg"  # before anything imports pyplot: no test opens a window

from quick_stats import steps
from quick_stats.config import Config
from quick_stats.console import show_messages
from quick_stats.pipeline import Results, run

DATA_ROOT = Path(os.environ.get("QUICK_STATS_DATA_ROOT", Path(__file__).parents[2])).resolve()


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
    out = tmp_path_factory.mktemp("run")
    show_messages()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
        patch.chdir(out)
        for name in ["make_by_week"]:
            patch.setattr(steps, name, recorded(getattr(steps, name), name, called))
        return run(config)
