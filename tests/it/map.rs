//! Holds ARCHITECTURE.md against the code: a map that names what is gone is worse than none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::tidy::{files, root};

const LONGEST: usize = 150;

/// Who may import whom, as the table of modules says.
pub fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let text = read("ARCHITECTURE.md");
    let (_, table) = text.split_once("| module |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 6, "a row of another width: {line}");
        let allowed = cells[3].split(", ").filter(|name| *name != "–").map(str::to_owned);
        (cells[1].trim_matches('`').to_owned(), allowed.collect())
    };
    rows.map(row).collect()
}

#[test]
fn the_map_is_short() {
    let lines = read("ARCHITECTURE.md").lines().count();
    assert!(lines < LONGEST, "ARCHITECTURE.md has {lines} lines");
}

#[test]
fn every_module_has_its_row() {
    let lib = read("src/lib.rs");
    let modules = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let modules: BTreeSet<String> = modules.map(str::to_owned).collect();
    let rows = imports();
    assert_eq!(
        modules,
        rows.keys().cloned().collect(),
        "modules of src/lib.rs, and rows of the table"
    );
    for (module, allowed) in rows {
        assert!(
            allowed.is_subset(&modules),
            "{module} may import what is no module: {allowed:?}"
        );
    }
}

#[test]
fn every_dependency_has_its_line() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let systems = manifest["target"].as_table().unwrap().values();
    let tables = [&manifest["dependencies"], &manifest["dev-dependencies"]].into_iter();
    let tables = tables.chain(systems.map(|system| &system["dependencies"]));
    let named = tables.flat_map(|table| table.as_table().unwrap().keys().cloned());
    let dependencies: BTreeSet<String> = named.collect();
    let text = read("ARCHITECTURE.md");
    let (_, list) = text.split_once("## Dependencies").unwrap();
    let lines = list
        .lines()
        .filter_map(|line| line.strip_prefix("- `")?.split_once("`: "));
    let lines: Vec<&str> = lines.map(|(name, _)| name).collect();
    assert!(lines.is_sorted(), "{lines:?}");
    assert_eq!(dependencies, lines.into_iter().map(str::to_owned).collect());
}

#[test]
fn what_pages_name_is_there() {
    let mut sources = String::new();
    for file in files(&root().join("src"), "rs") {
        sources.push_str(&std::fs::read_to_string(file).unwrap());
    }
    let mut gone = Vec::new();
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] {
        for name in code_spans(&read(page)) {
            let there = if is_path(&name) {
                root().join(&name).exists()
            } else if is_type(&name) {
                let kinds = ["struct", "enum", "trait", "type"];
                kinds.iter().any(|kind| {
                    let item = format!("pub {kind} {name}");
                    let mut hits = sources.match_indices(&item);
                    hits.any(|(at, _)| sources[at + item.len()..].starts_with(|c: char| !c.is_alphanumeric()))
                })
            } else {
                true
            };
            if !there {
                gone.push(format!("{page} names `{name}`"));
            }
        }
    }
    assert!(gone.is_empty(), "what isn't there:\n{}", gone.join("\n"));
}

/// What stands between single backquotes, outside of fenced blocks.
fn code_spans(page: &str) -> BTreeSet<String> {
    let prose = page.split("```").step_by(2);
    let spans = prose.flat_map(|text| text.split('`').skip(1).step_by(2));
    spans.map(str::to_owned).collect()
}

/// A path of this repository: it starts with something that lies at its top.
fn is_path(name: &str) -> bool {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    let first = Path::new(name)
        .components()
        .next()
        .map(|part| part.as_os_str().to_owned());
    let top = [
        "src",
        "tests",
        "data",
        "templates",
        "sample_notebooks",
        "fuzz",
        "docs",
        ".ci",
    ];
    plain && name.contains('/') && first.is_some_and(|first| top.iter().any(|top| first == *top))
}

fn is_type(name: &str) -> bool {
    let camel = name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().any(|c| c.is_ascii_lowercase());
    camel && !["NaN", "Result"].contains(&name) && name.chars().all(|c| c.is_ascii_alphanumeric())
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
