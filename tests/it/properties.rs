//! What holds for every notebook: over the samples, and over the folder that `MORTARBOARD_CORPUS` names.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use mortarboard::check::{Strictness, check};
use mortarboard::finding::PlaceKind;
use mortarboard::fix::fix;
use mortarboard::notebook::{self, Notebook};
use mortarboard::python::{Magics, parse_cells};
use mortarboard::redact::{Options, redact};
use mortarboard::secrets::{self, Secret};
use mortarboard::text::{EditSet, Span};
use serde_json::Value;

use crate::harness::Sandbox;
use crate::tidy::{files, root};

/// Deep code nests deep calls in the parser.
const STACK: usize = 256 << 20;

fn corpus() -> Vec<PathBuf> {
    let mut found = files(&root().join("sample_notebooks"), "ipynb");
    if let Some(folder) = std::env::var_os("MORTARBOARD_CORPUS") {
        let more = files(&PathBuf::from(folder), "ipynb");
        assert!(!more.is_empty(), "no notebooks in MORTARBOARD_CORPUS");
        found.extend(more);
    }
    found
}

/// Runs a test on each file that is a notebook.
pub fn each(test: impl Fn(&PathBuf, &Notebook<'_>) + Sync) {
    let run = || {
        let mut read = 0;
        for path in corpus() {
            let Ok(text) = std::fs::read_to_string(&path) else {
                continue;
            };
            let Ok(notebook) = notebook::read(&text) else { continue };
            read += 1;
            test(&path, &notebook);
        }
        assert!(read >= 15, "only {read} notebooks could be read");
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run);
        if let Err(panic) = thread.unwrap().join() {
            std::panic::resume_unwind(panic);
        }
    });
}

#[test]
fn no_edits_give_the_same_bytes() {
    each(|path, notebook| {
        let text = EditSet::new().apply(notebook.text);
        assert!(text == notebook.text, "{}", path.display());
    });
}

/// Edits that put each cell's own source back change nothing; an edit elsewhere leaves all other bytes alone.
#[test]
fn edits_touch_only_their_bytes() {
    each(|path, notebook| {
        let mut same = EditSet::new();
        let mut cut = EditSet::new();
        for cell in &notebook.cells {
            let Some(node) = cell.source_node else { continue };
            let span = notebook.json.span(node);
            same.push(span, span.slice(notebook.text)).unwrap();
            cut.push(span, "").unwrap();
        }
        assert!(same.apply(notebook.text) == notebook.text, "{}", path.display());
        let removed: usize = cut.edits().iter().map(|edit| edit.span.len()).sum();
        assert_eq!(
            cut.apply(notebook.text).len(),
            notebook.text.len() - removed,
            "{}",
            path.display()
        );
    });
}

#[test]
fn offsets_lead_into_their_cell() {
    each(|path, notebook| {
        for cell in &notebook.cells {
            let place = || format!("{}, cell {}", path.display(), cell.idx);
            let (text, map) = (&cell.source.text, &cell.source.map);
            let mut last = cell.span.start;
            for (at, character) in text.char_indices() {
                let original = map.original(Span::new(at, at + character.len_utf8()));
                assert!(cell.span.contains(original), "{}: {at} leads to {original:?}", place());
                assert!(
                    original.start >= last && !original.is_empty(),
                    "{}: {at} leads back",
                    place()
                );
                last = original.end;
                let raw = original.slice(notebook.text);
                let itself = raw.len() == character.len_utf8() && raw.starts_with(character);
                // nbformat 2 leaves line ends to the list: they stand for what is between two lines
                let itself = itself || (notebook.format.0 == 2 && character == '\n' && raw.starts_with('"'));
                assert!(
                    itself || raw.starts_with('\\'),
                    "{}: {character:?} stands for {raw:?}",
                    place()
                );
            }
            let end = map.original(Span::new(text.len(), text.len()));
            assert!(
                text.is_empty() || cell.span.contains(end),
                "{}: its end leads to {end:?}",
                place()
            );
        }
    });
}

/// The sources of a notebook's cells, as any reader of JSON has them.
fn sources(notebook: &Value) -> Vec<String> {
    let sheets = notebook["worksheets"].as_array().into_iter().flatten();
    let lists: Vec<&Value> = match &notebook["cells"] {
        Value::Null => sheets.map(|sheet| &sheet["cells"]).collect(),
        cells => vec![cells],
    };
    let cells = lists.into_iter().flat_map(|list| list.as_array().into_iter().flatten());
    // nbformat 2 lists lines without their ends
    let between = if notebook["nbformat"] == 2 { "\n" } else { "" };
    let text = |cell: &Value| {
        let source = if cell["source"].is_null() {
            &cell["input"]
        } else {
            &cell["source"]
        };
        match source {
            Value::String(text) => text.clone(),
            Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(between),
            _ => String::new(),
        }
    };
    cells.map(text).collect()
}

#[test]
fn sources_are_what_serde_json_reads() {
    each(|path, notebook| {
        let Ok(value) = serde_json::from_str::<Value>(notebook.text) else {
            return;
        };
        let ours: Vec<&str> = notebook.cells.iter().map(|cell| cell.source.text.as_str()).collect();
        assert_eq!(ours, sources(&value), "{}", path.display());
    });
}

/// Reads paths from stdin; prints for each the sources of its cells, or null. Halves of pairs become U+FFFD.
const PYTHON: &str = r#"
import json, re, sys
sys.setrecursionlimit(100_000)
def text(cell, between):
    if not isinstance(cell, dict): return ""
    source = cell.get("source") if cell.get("source") is not None else cell.get("input")
    if isinstance(source, list): source = between.join(line for line in source if isinstance(line, str))
    return re.sub("[\ud800-\udfff]", "\ufffd", source) if isinstance(source, str) else ""
for path in sys.stdin.read().splitlines():
    try:
        with open(path, encoding="utf-8-sig", newline="") as file: book = json.load(file)
        lists = [book["cells"]] if "cells" in book else [sheet["cells"] for sheet in book["worksheets"]]
        between = "\n" if book.get("nbformat") == 2 else ""
        print(json.dumps([text(cell, between) for cells in lists for cell in cells]))
    except (ValueError, KeyError, TypeError, RecursionError):
        print("null")
"#;

/// Python's `json` is the reader that notebooks are written for. Where there is no Python, the test above must do.
#[test]
fn sources_are_what_python_reads() {
    let paths = corpus();
    let python = Command::new("python3")
        .args(["-I", "-c", PYTHON])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut python) = python else { return };
    let mut stdin = python.stdin.take().unwrap();
    let names: String = paths.iter().map(|path| format!("{}\n", path.display())).collect();
    let writer = std::thread::spawn(move || stdin.write_all(names.as_bytes()));
    let printed = String::from_utf8(python.wait_with_output().unwrap().stdout).unwrap();
    writer.join().unwrap().unwrap();
    assert_eq!(printed.lines().count(), paths.len());
    let mut read = 0;
    for (path, line) in paths.iter().zip(printed.lines()) {
        let Value::Array(theirs) = serde_json::from_str(line).unwrap() else {
            continue;
        };
        read += 1;
        let text = std::fs::read_to_string(path).unwrap();
        let notebook = notebook::read(&text).unwrap_or_else(|error| panic!("{}: {}", path.display(), error.message));
        let ours: Vec<&str> = notebook.cells.iter().map(|cell| cell.source.text.as_str()).collect();
        assert_eq!(ours, theirs, "{}", path.display());
    }
    assert!(read >= 15, "Python could read only {read} notebooks");
}

#[test]
fn findings_stand_where_they_say() {
    let strictness = Strictness::default();
    each(|path, notebook| {
        let report = check("a.ipynb", notebook.text, &strictness).unwrap();
        for finding in &report.findings {
            let place = &finding.place;
            let there = || format!("{}: {} {:?}", path.display(), finding.message, place.span);
            let Some(slice) = notebook.text.get(place.span.range()) else {
                panic!("{}", there())
            };
            if let Some(cell) = place.cell.and_then(|cell| notebook.cell(cell)) {
                assert!(cell.span.contains(place.span), "{}: not in its cell", there());
            }
            // what the message quotes stands there, unless an escape or a mask is in it
            let plain = |text: &str| !text.contains(['\\', '"', '*']) && text.is_ascii();
            if let Some(subject) = finding
                .subject
                .as_deref()
                .filter(|subject| plain(subject) && plain(slice))
            {
                match (place.kind, finding.code) {
                    (PlaceKind::Source, "MB201" | "MB202") => assert_eq!(slice, subject, "{}", there()),
                    (PlaceKind::Source, "MB401") => assert!(slice.contains(subject), "{}: {slice}", there()),
                    _ => {}
                }
            }
        }
    });
}

/// Whether `text` is these pieces with something between them.
fn holds_in_order(text: &str, pieces: &[&str]) -> bool {
    let ends = pieces.first().is_some_and(|first| text.starts_with(first))
        && pieces.last().is_some_and(|last| text.ends_with(last));
    let mut at = 0;
    ends && pieces.iter().all(|piece| match text[at..].find(piece) {
        Some(found) => {
            at += found + piece.len();
            true
        }
        None => false,
    })
}

/// Nothing is left to find where secrets were, a second run changes nothing, bytes outside of the secrets stay, what
/// was JSON still is, and what Python could read it still can.
#[test]
fn redacting_hides_secrets_and_nothing_else() {
    let wrong = Mutex::new(Vec::new());
    each(|path, before| {
        for source in [false, true] {
            let faults = redaction_faults(before, source).into_iter();
            let lines = faults.map(|fault| format!("{} (source: {source}): {fault}", path.display()));
            wrong.lock().unwrap().extend(lines);
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

fn redaction_faults(before: &Notebook<'_>, source: bool) -> Vec<String> {
    let options = Options { source, paths: source };
    let redacted = match redact(before.text, options, None, &Magics::default()) {
        Ok(redacted) => redacted,
        Err(error) => return vec![format!("{error:?}")],
    };
    let mut faults = Vec::new();
    let mut hold = |holds: bool, fault: &str| {
        if !holds {
            faults.push(fault.to_owned());
        }
    };
    match redact(&redacted.text, options, None, &Magics::default()) {
        Ok(again) => hold(again.text == redacted.text, "a second run changes it"),
        Err(error) => hold(false, &format!("a second run fails: {error:?}")),
    }
    let Ok(after) = notebook::read(&redacted.text) else {
        return vec!["it is no notebook any more".to_owned()];
    };
    let touched = |secret: &&Secret| source || secret.place.kind != PlaceKind::Source;
    let left = secrets::scan(&after).found;
    hold(
        left.iter().filter(touched).count() <= redacted.ignored,
        "something is left",
    );
    let json = |text: &str| serde_json::from_str::<Value>(text).is_ok();
    hold(json(&redacted.text) || !json(before.text), "it is no JSON any more");
    let known = broken_cells(before);
    let all_known = broken_cells(&after).iter().all(|cell| known.contains(cell));
    hold(all_known, "a cell is no Python any more");
    hold(
        !redacted.done.is_empty() || redacted.text == before.text,
        "it changed without a reason",
    );
    if !source {
        let found = secrets::scan(before).found;
        let pieces = found
            .iter()
            .filter(touched)
            .flat_map(|secret| secret.packed.as_ref().map_or(&secret.pieces, |packed| &packed.pieces));
        let mut pieces: Vec<Span> = pieces.copied().collect();
        pieces.sort();
        let mut at = 0;
        let mut between = Vec::new();
        for piece in pieces {
            between.push(before.text.get(at..piece.start).unwrap_or_default());
            at = at.max(piece.end);
        }
        between.push(before.text.get(at..).unwrap_or_default());
        hold(holds_in_order(&redacted.text, &between), "other bytes changed");
    }
    faults
}

fn broken_cells(notebook: &Notebook<'_>) -> Vec<usize> {
    let cells = parse_cells(notebook, &Magics::default());
    let broken = cells.iter().filter(|code| code.syntax_error().is_some());
    broken.map(|code| code.idx.number()).collect()
}

/// A fix removes the findings that offer it and brings none, a second run changes nothing, and beside lists of outputs
/// (and the comments that ignore nothing) every cell keeps its bytes.
#[test]
fn fixes_only_mend() {
    let strictness = Strictness::default();
    let judge = |text: &str| check("a.ipynb", text, &strictness);
    each(|path, notebook| {
        let before = judge(notebook.text).unwrap();
        let offers = before.findings.iter().any(|finding| finding.fix.is_some());
        for with_unsafe in [false, true] {
            let place = || format!("{} (unsafe fixes: {with_unsafe})", path.display());
            let fixed = fix(notebook.text, with_unsafe, &judge, &judge).unwrap();
            assert_eq!(fixed.done.is_empty(), fixed.text == notebook.text, "{}", place());
            assert!(offers || fixed.done.is_empty(), "{}", place());
            assert!(fixed.report.findings.len() <= before.findings.len(), "{}", place());
            for finding in &fixed.report.findings {
                let known = before.findings.iter().any(|old| old.fingerprint == finding.fingerprint);
                assert!(known, "{}: {} came", place(), finding.message);
            }
            let again = fix(&fixed.text, with_unsafe, &judge, &judge).unwrap();
            assert!(
                again.done.is_empty() && again.text == fixed.text,
                "{}: a second run",
                place()
            );
            let after = notebook::read(&fixed.text).unwrap();
            if fixed.done.iter().any(|done| done.contains("comment")) {
                continue;
            }
            let (mut old, mut new) = (bare_cells(notebook), bare_cells(&after));
            if with_unsafe {
                old.sort();
                new.sort();
            }
            assert_eq!(old, new, "{}", place());
        }
    });
}

/// The bytes between the cells, and of each cell those outside of its list of outputs.
fn bare_cells(notebook: &Notebook<'_>) -> Vec<String> {
    let mut edits = EditSet::new();
    for node in notebook.cells.iter().filter_map(|cell| cell.outputs_node) {
        edits.push(notebook.json.span(node), "[]").unwrap();
    }
    let mut parts: Vec<String> = notebook
        .cells
        .iter()
        .map(|cell| edits.apply_within(notebook.text, cell.span))
        .collect();
    let mut outside = EditSet::new();
    for cell in &notebook.cells {
        outside.push(cell.span, "").unwrap();
    }
    parts.push(outside.apply(notebook.text));
    parts
}

/// The same bytes, whatever the order of the paths and the number of jobs.
#[test]
fn runs_print_the_same() {
    let sandbox = Sandbox::new();
    let paths = corpus();
    let names: Vec<&str> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    let backwards: Vec<&str> = names.iter().rev().copied().collect();
    let run = |jobs: &str, names: &[&str], format: &str| {
        let options = ["check", "--no-config", "--output-format", format, "--jobs", jobs];
        let ran = sandbox.run(&[&options, names].concat());
        (ran.code, ran.out)
    };
    for format in ["full", "concise", "json"] {
        let first = run("1", &names, format);
        assert!(first.1.len() > 1000, "{}", first.1);
        for (jobs, names) in [("1", &names), ("2", &backwards), ("7", &names)] {
            assert!(run(jobs, names, format) == first, "{format} differs with {jobs} jobs");
        }
    }
}
