"""Runs a notebook and the package made of it, each in a process and a copy of the folder of its own, and compares.

It is given {"notebook", "order", "files", "package"} on stdin, stands in the notebook's folder, and prints its verdict as JSON.
The notebook runs twice: what differs between these two runs (times, unseeded draws) proves nothing.
"""

import array
import base64
import contextlib
import hashlib
import importlib
import io
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback

ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
LEFT_ALONE = {".git", ".venv", "venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".ipynb_checkpoints"}
MOST_NUMBERS = 100_000
NEAR = 1e-7
MOST_BYTES = 2_000_000_000
SECONDS = 900
START = "import os; exec(compile(os.environ['MORTARBOARD_VERIFY'], 'verify.py', 'exec'))"


class NotComparable(Exception):
    """A value that means nothing in another process."""


def digest(value):
    """What depends on the value's content only: a text, and its floats apart; None where it can't be compared."""
    numbers = array.array("d")
    try:
        text = repr(content(value, 0, set(), numbers)).encode("utf-8", "replace")
    except Exception:  # whatever the value's own methods raise
        return None
    return [hashlib.sha256(text).hexdigest()[:20], base64.b64encode(numbers.tobytes()).decode()]


def alike(one, other):
    """Whether two digests are of equal values: floats may differ by what another order of adding them up makes."""
    if None in (one, other) or one[0] != other[0]:
        return False
    pairs = zip(*(array.array("d", base64.b64decode(numbers)) for numbers in (one[1], other[1])))
    return len(one[1]) == len(other[1]) and all(near(a, b) for a, b in pairs)


def near(a, b):
    return a == b or (a != a and b != b) or abs(a - b) <= NEAR * max(abs(a), abs(b)) < float("inf")


def number(value, numbers):
    """A float's place in the content; what it is goes to the others, as long as they are not too many."""
    if numbers is None or len(numbers) >= MOST_NUMBERS:
        return repr(value)
    parts = (value.real, value.imag) if isinstance(value, complex) else (value,)
    numbers.extend(float(part) for part in parts)
    return len(parts)


def content(value, depth, seen, numbers):
    """The value as plain tuples and texts, its floats in `numbers`; without these they are texts too."""
    if depth > 12:
        raise NotComparable
    if value is None or isinstance(value, (bool, int, str, bytes)):
        return (type(value).__name__, value)
    if isinstance(value, (float, complex)):
        return (type(value).__name__, number(value, numbers))
    module, name = type(value).__module__.split(".")[0], type(value).__name__
    if id(value) in seen:
        return "again"
    seen = seen | {id(value)}

    def inner(part):
        return content(part, depth + 1, seen, numbers)

    def exact(part):
        return content(part, depth + 1, seen, None)

    if module == "numpy":
        return numpys(value, inner, numbers)
    if module == "pandas":
        return frame(value, inner)
    if isinstance(value, (list, tuple)):
        return (name, [inner(part) for part in value])
    if isinstance(value, dict):
        return (name, [(exact(key), inner(part)) for key, part in value.items()])
    if isinstance(value, (set, frozenset)):
        return (name, sorted(repr(exact(part)) for part in value))
    if hasattr(value, "__next__") or module in {"matplotlib", "seaborn", "IPython", "_io", "threading", "socket", "plotly"}:
        raise NotComparable
    if isinstance(value, type) or callable(value) and hasattr(value, "__name__"):
        return ("callable", value.__name__)
    if isinstance(value, type(sys)):
        return ("module", value.__name__.rsplit(".", 1)[-1])
    state = getattr(value, "__dict__", None)
    if state:
        return (name, [(key, inner(part)) for key, part in sorted(state.items()) if not key.startswith("_cache")])
    text = repr(value)
    if ADDRESS.search(text):
        raise NotComparable
    return (name, text)


def numpys(value, inner, numbers):
    import numpy as np

    if isinstance(value, np.ndarray) and (value.dtype == object or value.dtype.fields):
        return ("array", value.shape, [inner(part) for part in value.ravel().tolist()])
    if isinstance(value, np.ndarray):
        few = numbers is not None and len(numbers) + 2 * value.size <= MOST_NUMBERS
        if value.dtype.kind in "fc" and few:
            wide = value.astype("c16" if value.dtype.kind == "c" else "f8").ravel()
            numbers.extend(wide.view("f8").tolist())
            return ("array", str(value.dtype), value.shape)
        return ("array", str(value.dtype), value.shape, np.ascontiguousarray(value).tobytes())
    if isinstance(value, np.floating):
        return ("numpy", type(value).__name__, number(float(value), numbers))
    text = repr(value)
    if isinstance(value, (np.random.Generator, np.random.RandomState)) or ADDRESS.search(text):
        raise NotComparable
    return ("numpy", text)


def frame(value, inner):
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        columns = [value.iloc[:, at] for at in range(value.shape[1])]
        return ("frame", value.shape, inner(value.index), [inner(column) for column in columns])
    if isinstance(value, pd.Series):
        return ("series", str(value.name), str(value.dtype), inner(value.index), [inner(part) for part in value.tolist()])
    if isinstance(value, pd.Index):
        return ("index", str(value.dtype), [str(part) for part in value])
    text = repr(value)
    if ADDRESS.search(text):
        raise NotComparable
    return ("pandas", text)


class Figures:
    """Counts the figures that are made."""

    def __init__(self):
        self.count = 0
        with contextlib.suppress(ImportError):
            from matplotlib.figure import Figure

            made = Figure.__init__

            def init(figure, *args, **kwargs):
                self.count += 1
                made(figure, *args, **kwargs)

            Figure.__init__ = init


def seed():
    import random

    random.seed(0)
    with contextlib.suppress(ImportError):
        import numpy as np

        np.random.seed(0)


def run_notebook(given):
    """Every name after each cell, what was printed, how many figures were made."""
    from IPython.core.interactiveshell import InteractiveShell

    InteractiveShell.enable_gui = lambda self, gui=None: None
    shell = InteractiveShell.instance(colors="nocolor")
    shell.ast_node_interactivity = "none"
    figures = Figures()
    seed()
    with open(given["notebook"], encoding="utf-8") as file:
        cells = json.load(file)["cells"]
    sys.path.insert(0, os.getcwd())
    hidden, after, said = set(shell.user_ns), {}, io.StringIO()
    for at in given["order"] or range(len(cells)):
        cell = cells[at]
        if cell["cell_type"] != "code":
            continue
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
            ran = shell.run_cell("".join(cell["source"]))
        meant = "raises-exception" in cell.get("metadata", {}).get("tags", [])
        if not ran.success and not meant:
            return {"error": f"cell {at} raises {type(ran.error_in_exec or ran.error_before_exec).__name__}"}
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")
        names = {name: value for name, value in shell.user_ns.items() if name not in hidden and not name.startswith("_")}
        after[str(at)] = {name: digest(value) for name, value in names.items() if name in given["names"]}
    return {"after": after, "said": said.getvalue(), "figures": figures.count}


def named(value, returns):
    if len(returns) == 1:
        return {returns[0]: value}
    return {name: getattr(value, name) for name in returns} if hasattr(value, "_fields") else dict(zip(returns, value))


def run_package(given):
    """What each step returned, what was printed or logged, how many figures were made."""
    root = given["package"]
    with open(os.path.join(root, "graduation.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    sys.path.insert(0, os.path.join(root, "src"))
    said, values, figures = io.StringIO(), [], Figures()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    for step in manifest["steps"]:
        owner = importlib.import_module(step["module"])

        def call(*args, step=step, function=getattr(owner, step["function"]), **kwargs):
            value = function(*args, **kwargs)
            found = {name: digest(part) for name, part in named(value, step["returns"]).items()} if step["returns"] else {}
            values.append({"step": step["function"], "after": step["after_cell"], "names": found})
            return value

        setattr(owner, step["function"], call)
    module, function = manifest["entry"].split(":")
    main = getattr(importlib.import_module(module), function)
    seed()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
            code = main([])
    except BaseException as error:
        return {"error": f"the package raises {type(error).__name__}"}
    if code:
        return {"error": "the package's run ends with an error"}
    return {"values": values, "said": said.getvalue(), "figures": figures.count}


def copied(into):
    """A copy of this folder, without what no notebook reads."""
    total = 0
    for folder, folders, files in os.walk("."):
        folders[:] = [name for name in folders if name not in LEFT_ALONE]
        total += sum(os.path.getsize(os.path.join(folder, name)) for name in files if os.path.exists(os.path.join(folder, name)))
        if total > MOST_BYTES:
            raise OSError("the notebook's folder holds more than 2 GB")
    shutil.copytree(".", into, ignore=lambda _, names: LEFT_ALONE & set(names), symlinks=True)


def in_a_process(how, given, folder):
    copied(folder)
    out = os.path.join(os.path.dirname(folder), how + "-" + os.path.basename(folder) + ".json")
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}
    given = json.dumps({**given, "how": how, "out": out})
    try:
        subprocess.run(
            [sys.executable, "-c", START], input=given, text=True, cwd=folder, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=SECONDS, check=False,
        )
    except subprocess.TimeoutExpired:
        return {"error": f"no end in {SECONDS} seconds"}
    if not os.path.exists(out):
        return {"error": "its process ended early"}
    with open(out, encoding="utf-8") as file:
        return json.load(file)


def compared(first, second, package):
    rows = []
    for step in package["values"]:
        at = str(step["after"])
        for name, found in step["names"].items():
            want = first["after"].get(at, {}).get(name)
            if name not in first["after"].get(at, {}):
                verdict = "different"
            elif want is None or found is None:
                verdict = "not comparable"
            elif want != second["after"].get(at, {}).get(name):
                verdict = "not deterministic"
            else:
                verdict = "equal" if alike(want, found) else "different"
            rows.append({"step": step["step"], "name": name, "verdict": verdict})
    lines = [line.strip() for line in first["said"].splitlines() if line.strip()]
    verdicts = {row["verdict"] for row in rows}
    if not verdicts & {"equal", "different"}:
        return {"verdict": "not verified", "reason": "no value that a step returned can be compared"}
    return {
        "verdict": "different" if "different" in verdicts else "equal",
        "values": rows,
        "lines": [len(lines), sum(line in package["said"] for line in lines)],
        "figures": [first["figures"], package["figures"]],
    }


def verdict(given):
    try:
        importlib.import_module("IPython")
    except ImportError:
        return {"verdict": "not verified", "reason": "that Python has no IPython, which runs the notebook"}
    with tempfile.TemporaryDirectory(prefix="mortarboard-") as top:
        package = os.path.join(top, "package")
        for path, text in given["files"].items():
            os.makedirs(os.path.dirname(os.path.join(package, path)), exist_ok=True)
            with open(os.path.join(package, path), "w", encoding="utf-8", newline="") as file:
                file.write(text)
        names = [name for step in json.loads(given["files"]["graduation.json"])["steps"] for name in step["returns"]]
        asked = {"notebook": given["notebook"], "order": given["order"], "names": names, "package": package}
        runs = []
        for how, folder in (("notebook", "first"), ("notebook", "second"), ("package", "third")):
            run = in_a_process(how, asked, os.path.join(top, folder))
            if "error" in run:
                failed = "different" if how == "package" else "not verified"
                return {"verdict": failed, "reason": f"the run of the {how} fails: {run['error']}"}
            runs.append(run)
        return compared(*runs)


def main():
    given = json.load(sys.stdin)
    how = given.get("how")
    if how is None:
        try:
            result = verdict(given)
        except OSError as error:
            result = {"verdict": "not verified", "reason": str(error)}
        json.dump(result, sys.stdout)
        return
    try:
        result = run_notebook(given) if how == "notebook" else run_package(given)
    except Exception as error:
        result = {"error": f"{type(error).__name__} in {traceback.extract_tb(error.__traceback__)[-1].name}"}
    with open(given["out"], "w", encoding="utf-8") as file:
        json.dump(result, file)


main()
