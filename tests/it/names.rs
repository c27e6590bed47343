//! What a run from the top misses, by cases: `tests/names/*.txt` hold small notebooks and the names that they miss.
//!
//! `== title` starts a case, `-- name: confidence, …` after it says what must be found and nothing else, `%%%` parts
//! the cells. What Python does decides: each case was run.

use std::path::Path;

use mortarboard::check::{Strictness, check, rule_names};
use mortarboard::finding::Severity;
use mortarboard::select::Selection;

use crate::harness::{Sandbox, code, files_below, notebook};

#[test]
fn names_are_missed_where_python_misses_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/names");
    let mut wrong = Vec::new();
    let mut cases = 0;
    for (file, text) in files_below(&folder) {
        for case in text.split("\n== ").skip(1) {
            let (title, rest) = case.split_once('\n').unwrap();
            let (expected, cells) = match rest.strip_prefix("-- ") {
                Some(rest) => rest.split_once('\n').unwrap(),
                None => ("", rest),
            };
            let found = missed(cells);
            if found != expected {
                wrong.push(format!("{file}: {title}: expected `{expected}`, found `{found}`"));
            }
            cases += 1;
        }
    }
    assert!(cases > 150, "only {cases} cases were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The missing names with the confidence of their findings, sorted.
fn missed(cells: &str) -> String {
    let cells: Vec<_> = cells.trim_end().split("\n%%%\n").map(|cell| code(None, cell)).collect();
    let select = ["MB201", "MB202", "MB203"].map(str::to_owned);
    let strictness = Strictness {
        selection: Selection::resolve(&rule_names(), Some(&select), &[], Severity::Note).unwrap(),
        ..Strictness::default()
    };
    let report = check("case.ipynb", &notebook(&cells).to_string(), &strictness).unwrap();
    let mut names: Vec<String> = report
        .findings
        .iter()
        .map(|finding| format!("{}: {}", finding.subject.as_deref().unwrap(), finding.confidence.name()))
        .collect();
    names.sort();
    names.join(", ")
}

/// The subjects of the findings on names, sorted, with the notebook that each is in.
fn subjects(sandbox: &Sandbox) -> Vec<String> {
    let report = sandbox.json(&["--select", "MB201,MB202,MB203", "."]);
    let findings = report["findings"].as_array().unwrap().iter();
    let mut names: Vec<String> = findings
        .map(|finding| {
            let text = |key: &str| finding[key].as_str().unwrap().to_owned();
            format!("{}: {} {}", text("path"), text("subject"), text("confidence"))
        })
        .collect();
    names.sort();
    names
}

#[test]
fn files_that_a_notebook_runs_or_imports_are_read() {
    let sandbox = Sandbox::new();
    let cells = |cells: &[&str]| notebook(&cells.iter().map(|cell| code(None, cell)).collect::<Vec<_>>());
    sandbox.write("setup.py", "import os\nfrom lib.util import *\nshared = 1\n");
    sandbox.write("lib/__init__.py", "");
    sandbox.write(
        "lib/util.py",
        "tool = 1\n_private = 2\ndef later():\n    global late\n    late = 1\n",
    );
    sandbox.write("open.py", "known = 1\nfrom nowhere import *\n");
    sandbox.write("listed.py", "__all__ = ['a']\na = b = 1\n");
    sandbox.write_notebook("steps/first.ipynb", &cells(&["%run ../setup", "first = 1"]));
    sandbox.write_notebook(
        "run.ipynb",
        &cells(&["%run -i setup.py", "os, tool, shared, late", "missing"]),
    );
    sandbox.write_notebook(
        "import.ipynb",
        &cells(&["from lib.util import *", "tool", "_private, missing"]),
    );
    sandbox.write_notebook(
        "far.ipynb",
        &cells(&["%run steps/first.ipynb", "first, shared", "missing"]),
    );
    sandbox.write_notebook("open.ipynb", &cells(&["%run 'open.py'", "known", "missing"]));
    sandbox.write_notebook("listed.ipynb", &cells(&["from listed import *", "a", "b"]));
    sandbox.write_notebook("gone.ipynb", &cells(&["%run gone.py", "missing"]));
    sandbox.write_notebook("itself.ipynb", &cells(&["%run itself.ipynb", "missing"]));
    sandbox.write_notebook("root.ipynb", &cells(&["%run /etc/hostname", "missing"]));
    assert_eq!(
        subjects(&sandbox),
        [
            "far.ipynb: missing certain",
            "gone.ipynb: missing possible",
            "import.ipynb: _private certain",
            "import.ipynb: missing certain",
            "itself.ipynb: missing possible",
            "listed.ipynb: b certain",
            "open.ipynb: missing possible",
            "root.ipynb: missing possible",
            "run.ipynb: missing certain",
        ]
    );
}

#[test]
fn a_finding_lists_every_cell_that_reads_the_name() {
    let sandbox = Sandbox::new();
    let cells = [
        "def plot():\n    return rows",
        "if len(dir()) > 99:\n    print(rows)",
        "n = 1\nlen(rows), rows",
        "plot()",
        "rows[n]\nrows",
        "rows = [n]",
        "rows",
        "del rows",
        "n",
        "rows",
    ];
    sandbox.write_notebook("a.ipynb", &notebook(&cells.map(|cell| code(None, cell))));
    let report = sandbox.json(&["--select", "MB201,MB202,MB203", "a.ipynb"]);
    let findings = report["findings"].as_array().unwrap().iter();
    let found: Vec<String> = findings
        .map(|finding| {
            let related = finding["related"].as_array().unwrap().iter();
            let also = related.filter(|related| related["message"].as_str().unwrap().contains("read"));
            let cells: Vec<String> = also
                .map(|related| format!("{}:{}", related["place"]["cell"], related["place"]["line"]))
                .collect();
            let (code, cell) = (finding["code"].as_str().unwrap(), &finding["place"]["cell"]);
            format!("{code} cell {cell}, also {}", cells.join(" "))
        })
        .collect();
    assert_eq!(found, ["MB202 cell 3, also 1:2 2:2 4:1 5:1", "MB203 cell 10, also "]);
}

#[test]
fn settings_tell_of_magics() {
    let sandbox = Sandbox::new();
    let cells = [
        "%%query -o rows,n frame\nselect 1",
        "rows, n",
        "%connect",
        "session",
        "%%timed\nresult = 1",
        "result",
        "frame",
    ];
    sandbox.write_notebook("a.ipynb", &notebook(&cells.map(|cell| code(None, cell))));
    sandbox.write(
        "mortarboard.toml",
        "[magics.\"%%query\"]\nbinds = [\"-o\"]\n[magics.\"%connect\"]\nbinds = [\"session\"]\n[magics.\"%%timed\"]\nruns = \"here\"\n",
    );
    assert_eq!(subjects(&sandbox), ["a.ipynb: frame certain"]);

    for (text, said) in [
        ("[magics.query]\nbinds = []", "1:9: `query` is no magic"),
        ("[magics.\"%a\"]\nwhere = 1", "2:1: unknown key `where`"),
        ("[magics.\"%a\"]\nbinds = [\"a b\"]", "2:9: `binds` is no \"a b\""),
        ("[magics.\"%a\"]\nruns = \"there\"", "2:8: `runs` is no \"there\""),
    ] {
        sandbox.write("mortarboard.toml", text);
        let ran = sandbox.run(&["check", "a.ipynb"]);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains(said), "{text}: {}", ran.err);
    }
}
