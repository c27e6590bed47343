"""Runs the pipeline once, on the notebook's own data where that is at hand."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

os.environ["MPLBACKEND"] = "Agg"  # before anything imports pyplot: no test opens a window

from training_loop import steps
from training_loop.config import Config
from training_loop.pipeline import Results, run

DATA_ROOT = Path(os.environ.get("TRAINING_LOOP_DATA_ROOT", Path(__file__).parents[2])).resolve()


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
    config = config.model_copy(update={"figures_dir": out / "figures"})
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(out)
        for name in ["hyper_parameters", "data", "train_2", "how_it_went"]:
            patch.setattr(steps, name, recorded(getattr(steps, name), name, called))
        return run(config)
