//! Everything that happens to a notebook's text, in one call: for the fuzz targets and for the tests that mangle.

use std::path::PathBuf;

use mortarboard::check::{Strictness, check};
use mortarboard::emit::emit;
use mortarboard::facts::Facts;
use mortarboard::finding::PlaceKind;
use mortarboard::notebook;
use mortarboard::plan::{self, NotebookRef, Options, Outcome, SecretSpan, title_and_summary};
use mortarboard::python::{Magics, parse_cells};
use mortarboard::report::{self, Report, Style};
use mortarboard::secrets;

/// Judges the text and prints the report in every format. Panics where a finding's bytes are not of the text.
pub fn judge(text: &str) {
    let Ok(found) = check("fuzz.ipynb", text, &Strictness::default()) else {
        return;
    };
    for finding in &found.findings {
        let span = finding.place.span;
        assert!(
            text.get(span.range()).is_some(),
            "{} at {span:?}, outside of the text",
            finding.rule
        );
    }
    let report = Report::new(vec![found], Vec::new());
    let style = Style { colour: false };
    let mut out = Vec::new();
    let printed = [
        report::full(&report, style, true, &mut out),
        report::concise(&report, &mut out),
        report::json(&report, &mut out),
    ];
    assert!(printed.iter().all(Result::is_ok));
}

/// Plans and lays out the package. Panics where a file of it does not read as what it is, or holds a secret.
///
/// Says whether there was a package.
pub fn graduate(text: &str) -> bool {
    let Ok(notebook) = notebook::read(text) else {
        return false;
    };
    let cells = parse_cells(&notebook, &Magics::default());
    let facts = Facts::gather(&cells);
    let secrets = secrets::scan(&notebook);
    let in_code = secrets
        .found
        .iter()
        .filter(|secret| secret.place.kind == PlaceKind::Source);
    let spans = in_code.filter_map(|secret| {
        let cell = notebook.cell(secret.place.cell?).filter(|cell| cell.is_code())?;
        Some(SecretSpan {
            cell: cell.idx,
            span: secret.place.span,
            kind: secret.detector.to_owned(),
        })
    });
    let (title, summary) = title_and_summary(&notebook, "fuzz");
    let options = Options {
        package: None,
        notebook: NotebookRef {
            path: "fuzz.ipynb".to_owned(),
            file_name: "fuzz.ipynb".to_owned(),
            sha256: "0".repeat(64),
            title,
            summary,
            ..NotebookRef::default()
        },
        secrets: spans.collect(),
        ..Options::default()
    };
    let Outcome::Plan(plan, _) = plan::plan(&notebook, &cells, &facts, &options) else {
        return false;
    };
    match emit(&plan) {
        Err(error) => panic!("{error}"),
        Ok(tree) => {
            let stays = |path: &String| PathBuf::from(path).components().all(|part| part.as_os_str() != "..");
            assert!(tree.files.keys().all(stays), "a path that climbs out");
            true
        }
    }
}
