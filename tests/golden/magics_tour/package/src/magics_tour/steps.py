"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from magics_tour.figures import save_figures


class BicycleCountersResults(NamedTuple):
    """What `bicycle_counters` returns."""

    files: Any
    frames: dict[Any, Any]
    n_rows: Any


class BothBanksTogetherResults(NamedTuple):
    """What `both_banks_together` returns."""

    wide: Any
    hourly: Any


class IsOneBankBusierResults(NamedTuple):
    """What `is_one_bank_busier` returns."""

    observed: Any
    hits: Any
    message: str


def bicycle_counters() -> BicycleCountersResults:
    """Bicycle counters (cells 2-4).

    Two counters, one on each bank of the river. Also my cheat sheet for magics, so there are more
    of them than needed.
    """
    files = subprocess.run(
        "ls data",
        shell=True,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ).stdout.splitlines()

    frames = {
        name.removesuffix(".csv"): pd.read_csv(f"data/{name}", parse_dates=["hour"])
        for name in files
    }
    n_rows = sum(len(frame) for frame in frames.values())
    subprocess.run(f'echo "read {n_rows} rows from {len(files)} files"', shell=True, check=False)

    subprocess.run(
        [
            "bash",
            "-c",
            '# quick sanity check of the raw files\nfor f in data/*.csv; do\n    echo "$f: $(tail -n +2 "$f" | wc -l | tr -d \' \') lines, header $(head -n 1 "$f")"\ndone',
        ],
        check=True,
    )
    return BicycleCountersResults(files, frames, n_rows)


def both_banks_together(
    frames: dict[Any, Any], figures_dir: Path | None
) -> BothBanksTogetherResults:
    """Both banks together (cells 7-9)."""
    counts = (
        pd.concat(frames, names=["counter"]).reset_index(level="counter").reset_index(drop=True)
    )
    wide = counts.pivot(index="hour", columns="counter", values="bikes")

    hourly = wide.groupby(wide.index.hour).mean().round(1)

    ax = hourly.plot(figsize=(4.2, 2.4))
    ax.figure.set_dpi(55)
    ax.set_xlabel("hour of the day")
    ax.set_ylabel("bikes")
    save_figures(figures_dir, "both_banks_together-1")
    return BothBanksTogetherResults(wide, hourly)


def is_one_bank_busier(wide: Any) -> IsOneBankBusierResults:
    """Is one bank busier? (cells 11-13).

    A permutation test. It prints a lot, so the cell is captured and only its last line is kept.
    """
    rng = np.random.default_rng(5)
    difference = (wide["counter_north"] - wide["counter_south"]).dropna().to_numpy()
    observed = difference.mean()
    hits = 0
    for i in range(1, 501):
        signs = rng.choice([-1, 1], size=len(difference))
        hits += abs((difference * signs).mean()) >= abs(observed)
        if i % 100 == 0:
            print(f"{i} permutations, p = {(hits + 1) / (i + 1):.3f}")

    message = "done"
    subprocess.run(f"echo {message}", shell=True, check=False)
    return IsOneBankBusierResults(observed, hits, message)
