"""Runs the shell steps of action.yml as a runner would, with the program that is named."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).parents[2]
BIN = pathlib.Path(sys.argv[1]).resolve()
STEPS = {step.get("id"): step for step in yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]}


def run(step: str, inputs: dict[str, str], folder: pathlib.Path) -> tuple[int, dict[str, str], str]:
    """The exit code of a step, its outputs and what it prints."""
    outputs = folder / "outputs"
    outputs.write_text("")
    runner = {"PATH": f"{BIN.parent}:{os.environ['PATH']}", "RUNNER_TEMP": str(folder), "GITHUB_OUTPUT": str(outputs)}
    ran = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[step]["run"]],
        env=runner | inputs, cwd=ROOT, capture_output=True, text=True,
    )
    said = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
    return ran.returncode, said, ran.stdout + ran.stderr


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    assert run("installed", {}, folder)[1] == {"yes": "true"}
    clean = {"PATHS": "sample_notebooks/clean\n", "ARGUMENTS": "", "FAIL": "true"}
    code, said, out = run("check", clean, folder)
    assert (code, said["findings"]) == (0, "false"), out
    messy = {"PATHS": "sample_notebooks/messy_order\nsample_notebooks/clean", "ARGUMENTS": "--select=MB1,MB2\n", "FAIL": "true"}
    code, said, out = run("check", messy, folder)
    assert (code, said["findings"]) == (1, "true"), out
    assert "::error" in out or "::warning" in out, out
    results = json.loads(pathlib.Path(said["sarif-file"]).read_text())["runs"][0]["results"]
    assert results
    assert run("check", messy | {"FAIL": "false"}, folder)[0] == 0
    # what is typed is never run, and never taken for an option
    hostile = {"PATHS": "$(touch hostile)\n`touch hostile`\n--no-config; touch hostile", "ARGUMENTS": "", "FAIL": "false"}
    code, said, out = run("check", hostile, folder)
    assert code == 2 and "sarif-file" not in said, out
    assert not (ROOT / "hostile").exists()
print("the shell steps of action.yml behave")
