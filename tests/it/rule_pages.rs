//! Every rule's page is its test: all rules run over each `nb` block and must find what the block says.
//!
//! A block is cells as text. `# %% [3]` starts a code cell with a count, `# %%` one without, `# %% [markdown]` and
//! `# %% [raw]` the others; `tags: a, b` may follow. In a cell, `# out: text` is a line of its output,
//! `# raised: Name: text` an error, `# metadata: {…}` its metadata, and `# error: [rule-name]` a finding that must
//! come, in this cell and no other.

use mortarboard::check::{Strictness, check, rule_names};
use mortarboard::finding::Severity;
use mortarboard::python::Magics;
use mortarboard::rules::RULES;
use mortarboard::select::Selection;
use serde_json::{Value, json};

use crate::harness::notebook;

/// (cell from 1, rule), sorted.
type Found = Vec<(usize, String)>;

#[test]
fn pages_find_what_they_say() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let meta = rule.meta();
        let mut bad = 0;
        for (section, block) in blocks(meta.page) {
            let (notebook, expected) = parse(block);
            let found = findings(&notebook);
            if found != expected {
                wrong.push(format!(
                    "{} ({section}): expected {expected:?}, found {found:?}",
                    meta.name
                ));
            }
            let shows_rule = expected.iter().any(|(_, name)| name == meta.name);
            match section {
                "Bad" => {
                    bad += usize::from(shows_rule);
                    assert!(shows_rule, "{}: a bad block without a finding of the rule", meta.name);
                }
                "Good" => assert!(expected.is_empty(), "{}: a good block with a finding", meta.name),
                other => panic!("{}: a block under {other}", meta.name),
            }
        }
        assert!(bad > 0, "{}: no bad block", meta.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pages_have_their_sections() {
    let sections = [
        "What it finds",
        "Why it matters",
        "Bad",
        "Good",
        "How to fix it",
        "When to ignore it",
    ];
    for rule in RULES {
        let meta = rule.meta();
        let headings: Vec<&str> = meta.page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, sections, "{}", meta.name);
        assert!(
            meta.page.starts_with(&format!("# {} ({})\n", meta.name, meta.code)),
            "{}",
            meta.name
        );
    }
}

fn findings(notebook: &Value) -> Found {
    let selection = Selection::resolve(&rule_names(), None, &[], Severity::Note).unwrap();
    let strictness = Strictness {
        selection,
        warnings_are_errors: false,
        magics: Magics::default(),
    };
    let report = check("page.ipynb", &notebook.to_string(), &strictness).unwrap();
    let findings = report.findings.iter();
    let mut found: Found = findings
        .map(|f| (f.place.cell.map_or(0, |cell| cell.number()), f.rule.to_owned()))
        .collect();
    found.sort();
    found
}

/// The `nb` blocks of a page, with the heading that each stands under.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let mut blocks = Vec::new();
    for section in page.split("\n## ").skip(1) {
        let (heading, mut rest) = section.split_once('\n').unwrap();
        while let Some((_, after)) = rest.split_once("```nb\n") {
            let (block, tail) = after.split_once("```").unwrap();
            blocks.push((heading, block));
            rest = tail;
        }
    }
    blocks
}

fn parse(block: &str) -> (Value, Found) {
    let mut cells = Vec::new();
    let mut expected = Vec::new();
    for (i, text) in block.split("# %%").skip(1).enumerate() {
        let (header, body) = text.split_once('\n').unwrap();
        let (mut source, mut shown, mut outputs, mut metadata) = (Vec::new(), String::new(), Vec::new(), json!({}));
        for line in body.lines() {
            if let Some(rule) = line.strip_prefix("# error: [") {
                expected.push((i + 1, rule.trim_end_matches(']').to_owned()));
            } else if let Some(text) = line.strip_prefix("# out: ") {
                shown.push_str(text);
                shown.push('\n');
            } else if let Some(error) = line.strip_prefix("# raised: ") {
                let (name, value) = error.split_once(": ").unwrap();
                outputs.push(json!({"output_type": "error", "ename": name, "evalue": value, "traceback": [error]}));
            } else if let Some(value) = line.strip_prefix("# metadata: ") {
                metadata = serde_json::from_str(value).unwrap();
            } else {
                source.push(line);
            }
        }
        if !shown.is_empty() {
            outputs.insert(0, json!({"output_type": "stream", "name": "stdout", "text": shown}));
        }
        if let Some((_, tags)) = header.split_once("tags: ") {
            metadata["tags"] = tags.split(", ").collect();
        }
        let source = source.join("\n").trim().to_owned();
        let kind = header.split(['[', ']']).nth(1).unwrap_or_default();
        cells.push(match kind {
            "markdown" | "raw" => json!({"cell_type": kind, "metadata": metadata, "source": source}),
            count => json!({"cell_type": "code", "execution_count": count.parse::<i64>().ok(), "metadata": metadata,
                            "outputs": outputs, "source": source}),
        });
    }
    expected.sort();
    (notebook(&cells), expected)
}
