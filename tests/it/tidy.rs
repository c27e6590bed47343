//! Holds the house rules against the code: who imports whom, how files open, how large they grow.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mortarboard::rules::RULES;

/// Who may import whom. A module that is not here fails the test.
const IMPORTS: &[(&str, &[&str])] = &[
    (
        "check",
        &[
            "facts", "finding", "notebook", "python", "report", "rules", "secrets", "select", "suppress", "text",
            "verdict",
        ],
    ),
    (
        "cli",
        &[
            "check", "emit", "facts", "finding", "io", "notebook", "plan", "python", "redact", "report", "rules", "secrets", "select",
            "settings", "text",
        ],
    ),
    ("emit", &["plan"]),
    ("facts", &["notebook", "python", "text"]),
    ("finding", &["notebook", "text"]),
    ("io", &["emit", "text"]),
    ("json", &["text"]),
    ("notebook", &["json", "text"]),
    ("plan", &["facts", "finding", "notebook", "python", "settings", "text"]),
    ("python", &["notebook", "text"]),
    ("redact", &["finding", "notebook", "secrets", "text"]),
    ("report", &["finding", "notebook", "text", "verdict"]),
    ("rules", &["facts", "finding", "notebook", "python", "secrets", "text"]),
    ("secrets", &["finding", "json", "notebook", "text"]),
    ("select", &["finding"]),
    ("settings", &["finding", "text"]),
    (
        "suppress",
        &["finding", "notebook", "python", "rules", "select", "text"],
    ),
    ("text", &[]),
    ("verdict", &["finding", "notebook"]),
];

/// Larger files, with a reason in their first lines.
const LARGE: usize = 700;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn modules_import_what_they_may() {
    let source = root().join("src");
    let mut wrong = Vec::new();
    for file in files(&source, "rs") {
        let inside = file.strip_prefix(&source).unwrap();
        let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
        let module = first.trim_end_matches(".rs");
        if module == "lib" || module == "main" {
            continue;
        }
        let Some((_, allowed)) = IMPORTS.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{module} is not in the table"));
            continue;
        };
        let text = std::fs::read_to_string(&file).unwrap();
        for used in text.match_indices("crate::").map(|(at, _)| &text[at + 7..]) {
            let name: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if name != module && IMPORTS.iter().any(|(known, _)| *known == name) && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{} imports {name}", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_open_with_what_they_are() {
    for folder in ["src", "tests"] {
        for file in files(&root().join(folder), "rs") {
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(
                text.starts_with("//! "),
                "{} opens without a `//!` line",
                file.display()
            );
            let lines = text.lines().count();
            assert!(lines <= LARGE, "{} has {lines} lines", file.display());
        }
    }
}

#[test]
fn only_io_touches_the_disk() {
    for file in files(&root().join("src"), "rs") {
        if file.starts_with(root().join("src/io")) || file.ends_with("src/io.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains("std::fs"), "{} uses std::fs", file.display());
    }
}

#[test]
fn rules_are_in_order_and_have_pages() {
    let metas: Vec<_> = RULES.iter().map(|rule| rule.meta()).collect();
    let codes: Vec<&str> = metas.iter().map(|meta| meta.code).collect();
    assert!(codes.is_sorted(), "{codes:?}");
    let names: BTreeSet<&str> = metas.iter().map(|meta| meta.name).collect();
    assert_eq!(names.len(), metas.len(), "a name stands twice");
    for meta in &metas {
        let digits = meta.code.strip_prefix("MB").unwrap_or_default();
        assert!(
            digits.len() == 3 && digits.chars().all(|c| c.is_ascii_digit()),
            "{}",
            meta.code
        );
        assert!(
            meta.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
            "{}",
            meta.name
        );
        let file = meta.name.replace('-', "_");
        for extension in ["rs", "md"] {
            let path = root().join("src/rules").join(&file).with_extension(extension);
            assert!(path.exists(), "{} is missing", path.display());
        }
    }
    let pages = files(&root().join("src/rules"), "md");
    assert_eq!(pages.len(), metas.len(), "a page without a rule");
}
