"""Runs the pipeline once, on the notebook's own data where that is at hand."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

os.environ["MPLBACKEND"] = "Agg"  # before anything imports pyplot: no test opens a window

from leaked_token import steps
from leaked_token.config import Config
from leaked_token.pipeline import Results, run

DATA_ROOT = Path(os.environ.get("LEAKED_TOKEN_DATA_ROOT", Path(__file__).parents[2])).resolve()


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
    unset = [
        name
        for name in ["GITHUB_TOKEN", "HUGGINGFACE_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_KEY"]
        if not os.environ.get(name)
    ]
    if unset:
        pytest.skip(f"needs {', '.join(unset)}")
    config = Config()
    if not (DATA_ROOT / "leaked_token.ipynb").exists():
        pytest.skip("needs the notebook's folder; set LEAKED_TOKEN_DATA_ROOT")
    out = tmp_path_factory.mktemp("run")
    config = config.model_copy(update={"open_issues_path": out / config.open_issues_path.name})
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(DATA_ROOT)
        for name in ["open_issues_of_our_three_repositories", "nightly_copy"]:
            patch.setattr(steps, name, recorded(getattr(steps, name), name, called))
        try:
            return run(config)
        except FileNotFoundError as error:
            pytest.skip(f"an input of the notebook is not there: {error}")
