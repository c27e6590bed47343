//! Every rule's page is its test: all rules run over each `nb` block and must find what the block says.
//!
//! A block is cells as text. `# %% [3]` starts a code cell with a count, `# %%` one without, `# %% [markdown]` and
//! `# %% [raw]` the others; `tags: a, b` may follow. In a cell, `# out: text` is a line of its output,
//! `# raised: Name: text` an error, `# metadata: {…}` its metadata, and `# error: [rule-name]` a finding that must
//! come, in this cell and no other; above all cells, one of the file. `# shown: 2000 bytes of text/html` is an output
//! of that size.
//!
//! What follows `nb` on the fence stands around the notebook: `file="Untitled.ipynb"` is its name, and any other
//! `NAME="text"` a file beside it, a word a line.

use mortarboard::check::{Strictness, check};
use mortarboard::project::Project;
use mortarboard::rules::RULES;
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
        for (section, around, block) in blocks(meta.page) {
            let (notebook, expected) = parse(block);
            let found = findings(around, &notebook);
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

fn findings(around: &str, notebook: &Value) -> Found {
    let mut path = "page.ipynb";
    let mut project = Project::default();
    for word in around.split_terminator("\" ") {
        let (name, text) = word.split_once("=\"").unwrap();
        let text = text.trim_end_matches('"');
        if name == "file" {
            path = text;
        } else {
            project.declare("", &[(name.to_owned(), text.replace(' ', "\n"))]);
            project.own(name.strip_suffix(".py").map(str::to_owned).as_slice());
        }
    }
    let strictness = Strictness {
        project: project.file.is_some().then(|| project.into()),
        ..Strictness::default()
    };
    let report = check(path, &notebook.to_string(), &strictness).unwrap();
    let findings = report.findings.iter();
    let mut found: Found = findings
        .map(|f| (f.place.cell.map_or(0, |cell| cell.number()), f.rule.to_owned()))
        .collect();
    found.sort();
    found
}

/// The `nb` blocks of a page, each with the heading that it stands under and what stands around it.
fn blocks(page: &str) -> Vec<(&str, &str, &str)> {
    let mut blocks = Vec::new();
    for section in page.split("\n## ").skip(1) {
        let (heading, mut rest) = section.split_once('\n').unwrap();
        while let Some((_, after)) = rest.split_once("```nb") {
            let (around, after) = after.split_once('\n').unwrap();
            let (block, tail) = after.split_once("```").unwrap();
            blocks.push((heading, around.trim(), block));
            rest = tail;
        }
    }
    blocks
}

/// The rule of a line `# error: [rule]`.
fn expectation(line: &str) -> Option<String> {
    Some(line.strip_prefix("# error: [")?.trim_end_matches(']').to_owned())
}

fn parse(block: &str) -> (Value, Found) {
    let mut cells = Vec::new();
    let mut expected = Vec::new();
    let (above, _) = block.split_once("# %%").unwrap();
    expected.extend(above.lines().filter_map(expectation).map(|rule| (0, rule)));
    for (i, text) in block.split("# %%").skip(1).enumerate() {
        let (header, body) = text.split_once('\n').unwrap();
        let (mut source, mut shown, mut outputs, mut metadata) = (Vec::new(), String::new(), Vec::new(), json!({}));
        for line in body.lines() {
            if let Some(rule) = expectation(line) {
                expected.push((i + 1, rule));
            } else if let Some((bytes, mime)) = line
                .strip_prefix("# shown: ")
                .and_then(|line| line.split_once(" bytes of "))
            {
                let data = json!({mime: "-".repeat(bytes.parse().unwrap())});
                outputs.push(json!({"output_type": "display_data", "data": data, "metadata": {}}));
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
