"""What holds without the notebook's data: imports have no effects, and the command line tells its options."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from messy_order.cli import main
from messy_order.config import Config
from messy_order.console import show_messages

ROOT = Path(__file__).parents[1]
MODULES = [
    "messy_order.cli",
    "messy_order.config",
    "messy_order.console",
    "messy_order.contracts",
    "messy_order.functions",
    "messy_order.pipeline",
    "messy_order.steps",
]


def test_importing_it_does_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-c", f"import {', '.join(MODULES)}"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_help_names_every_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    shown = capsys.readouterr().out
    for field in Config.model_fields:
        option = ("-" if len(field) == 1 else "--") + field.replace("_", "-")
        assert option in shown


def test_an_unknown_option_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        main(["--no-such-option", "1"])
    assert end.value.code == 2


def test_messages_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    show_messages()
    show_messages()
    logging.getLogger("messy_order.steps").info("%s of 100%%", 3)
    assert capsys.readouterr().out == "3 of 100%\n"
