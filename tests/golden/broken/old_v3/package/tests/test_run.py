"""The run is what `graduation.json` says."""

import json
from pathlib import Path

from old_v3.pipeline import Results

ROOT = Path(__file__).parents[1]


def test_run_calls_every_step_in_order(results: Results, called: list[str]) -> None:
    steps = json.loads((ROOT / "graduation.json").read_text(encoding="utf-8"))["steps"]
    assert called == [step["function"] for step in steps]
