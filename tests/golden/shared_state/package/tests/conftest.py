"""Runs the pipeline once, on the notebook's own data where that is at hand."""

import contextlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

os.environ["MPLBACKEND"] = "Agg"  # before anything imports pyplot: no test opens a window

from shared_state import steps
from shared_state.config import Config
from shared_state.console import show_messages
from shared_state.pipeline import Results, run

DATA_ROOT = Path(os.environ.get("SHARED_STATE_DATA_ROOT", Path(__file__).parents[2])).resolve()


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
        "movements_path": DATA_ROOT / config.movements_path,
    }
    missing = [str(path) for path in inputs.values() if not path.exists()]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}; set SHARED_STATE_DATA_ROOT")
    if not (DATA_ROOT / "shared_state.ipynb").exists():
        pytest.skip("needs the notebook's folder; set SHARED_STATE_DATA_ROOT")
    config = config.model_copy(
        update={
            **inputs,
        }
    )
    show_messages()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
        patch.chdir(DATA_ROOT)
        for name in ["stock_room_replay", "replay", "worth_2", "shortfalls_2", "reorder"]:
            patch.setattr(steps, name, recorded(getattr(steps, name), name, called))
        try:
            return run(config)
        except FileNotFoundError as error:
            pytest.skip(f"an input of the notebook is not there: {error}")
