"""Runs the pipeline once, on the notebook's own data where that is at hand."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

os.environ["MPLBACKEND"] = "Agg"  # before anything imports pyplot: no test opens a window

from bad_types import steps
from bad_types.config import Config
from bad_types.pipeline import Results, run

DATA_ROOT = Path(os.environ.get("BAD_TYPES_DATA_ROOT", Path(__file__).parents[2])).resolve()


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
    out = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(out)
        for name in ["report_values"]:
            patch.setattr(steps, name, recorded(getattr(steps, name), name, called))
        return run(config)
