//! What a run from the top misses, by cases: `tests/names/*.txt` hold small notebooks and the names that they miss.
//!
//! `== title` starts a case, `-- name: confidence, …` after it says what must be found and nothing else, `%%%` parts
//! the cells. What Python does decides: each case was run.

use std::path::Path;

use mortarboard::check::{Strictness, check, rule_names};
use mortarboard::finding::Severity;
use mortarboard::select::Selection;

use crate::harness::{code, files_below, notebook};

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
        warnings_are_errors: false,
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
