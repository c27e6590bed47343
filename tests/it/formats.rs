//! The formats that other programs read. Whether those programs take them, `tests/formats/validate.py` asks them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{Sandbox, code, notebook};

/// Two findings in sources, one of them in the second cell.
fn paths(cells: &[&str]) -> Value {
    let cells: Vec<Value> = cells
        .iter()
        .enumerate()
        .map(|(i, source)| {
            let mut cell = code(None, source);
            cell["id"] = json!(format!("cell-{}", source.len()));
            cell["execution_count"] = json!(i + 1);
            cell
        })
        .collect();
    notebook(&cells)
}

fn report(sandbox: &Sandbox, format: &str) -> String {
    sandbox.run(&["check", "--output-format", format]).out
}

#[test]
fn jsonl_says_what_json_says() {
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", &paths(&["x = open('/home/ann/a.csv')", "y = 2"]));
    sandbox.write("b.ipynb", "{");
    let whole: Value = serde_json::from_str(&report(&sandbox, "json")).unwrap();
    let mut parts = json!({"finding": [], "notebook": [], "unread": []});
    for line in report(&sandbox, "jsonl").lines() {
        let mut item: Value = serde_json::from_str(line).unwrap();
        let kind = item.as_object_mut().unwrap().shift_remove("type").unwrap();
        parts[kind.as_str().unwrap()].as_array_mut().unwrap().push(item);
    }
    assert_eq!(parts["finding"], whole["findings"]);
    assert_eq!(parts["notebook"], whole["notebooks"]);
    assert_eq!(parts["unread"], whole["unread"]);
    assert_eq!(parts["unread"].as_array().unwrap().len(), 1);
}

#[test]
fn lines_and_columns_are_those_of_the_file() {
    let sandbox = Sandbox::new();
    let path = sandbox.write_notebook("a.ipynb", &paths(&["ä = 1\nx = open('/home/ann/a.csv')", "y = 2"]));
    let text = std::fs::read_to_string(path).unwrap();
    let log: Value = serde_json::from_str(&report(&sandbox, "sarif")).unwrap();
    let region = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    let line = text
        .lines()
        .nth(region["startLine"].as_u64().unwrap() as usize - 1)
        .unwrap();
    let from = region["startColumn"].as_u64().unwrap() as usize - 1;
    let to = region["endColumn"].as_u64().unwrap() as usize - 1;
    let marked: String = line.chars().skip(from).take(to - from).collect();
    assert_eq!(marked, "'/home/ann/a.csv'");
    let at = region["byteOffset"].as_u64().unwrap() as usize;
    assert!(text[at..].starts_with(&marked));
}

#[test]
fn fingerprints_outlive_a_move_of_the_cell() {
    let sandbox = Sandbox::new();
    let fingerprints = |cells: &[&str]| -> BTreeSet<String> {
        sandbox.write_notebook("a.ipynb", &paths(cells));
        let log: Value = serde_json::from_str(&report(&sandbox, "sarif")).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap();
        let prints = results.iter().map(|result| result["partialFingerprints"].to_string());
        prints.collect()
    };
    let before = fingerprints(&["a = open('/home/ann/a.csv')", "open('/home/ann/bb.csv')"]);
    let after = fingerprints(&["z = 0", "open('/home/ann/bb.csv')", "a = open('/home/ann/a.csv')"]);
    assert_eq!(before.len(), 2);
    assert_eq!(before, after);
}

#[test]
fn gitlab_gets_no_two_issues_of_one_fingerprint() {
    let sandbox = Sandbox::new();
    for name in ["a.ipynb", "b.ipynb"] {
        sandbox.write_notebook(name, &paths(&["open('/home/ann/a.csv')", "open('/home/ann/a.csv')"]));
    }
    let issues: Value = serde_json::from_str(&report(&sandbox, "gitlab")).unwrap();
    let prints: BTreeSet<&str> = issues
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["fingerprint"].as_str().unwrap())
        .collect();
    assert_eq!(prints.len(), 4);
}

#[test]
fn no_format_passes_over_what_was_not_read() {
    let sandbox = Sandbox::new();
    sandbox.write("broken.ipynb", "{");
    for format in ["json", "jsonl", "sarif", "github", "junit", "markdown"] {
        let ran = sandbox.run(&["check", "--output-format", format]);
        assert_eq!(ran.code, 2);
        assert!(ran.out.contains("broken.ipynb"), "{format}: {}", ran.out);
    }
}

#[test]
fn a_comment_that_grows_too_long_says_what_it_left_out() {
    let sandbox = Sandbox::new();
    let many = "open('/home/ann/a.csv')\n".repeat(200);
    for i in 0..10 {
        sandbox.write_notebook(&format!("n{i}.ipynb"), &paths(&[&many]));
    }
    let comment = report(&sandbox, "markdown");
    assert!(comment.len() < 65_536);
    let shown = comment.lines().filter(|line| line.starts_with("- **")).count();
    let left_out = format!("_{} findings of further notebooks did not fit here", 2000 - shown);
    assert!(shown >= 200 && comment.contains(&left_out), "{shown} shown");
}

#[test]
fn what_a_notebook_says_stays_inside_an_annotation() {
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a,b:c%.ipynb", &paths(&["open('/home/ann/%0A::error::x.csv')"]));
    let out = report(&sandbox, "github");
    assert_eq!(out.lines().count(), 1, "{out}");
    assert!(out.contains("file=a%2Cb%3Ac%25.ipynb,"), "{out}");
    assert!(out.contains("%250A::error::x.csv"), "{out}");
}
