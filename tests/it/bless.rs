//! Committed files that must be what the program gives now. `MORTARBOARD_BLESS=1 cargo test` rewrites them.

use std::collections::BTreeMap;
use std::path::Path;

use crate::harness::files_below;

const HOW: &str = "if that is meant, `MORTARBOARD_BLESS=1 cargo test` rewrites it";

fn blessing() -> bool {
    std::env::var_os("MORTARBOARD_BLESS").is_some_and(|value| !value.is_empty())
}

/// Compares a file of the repository with its text now, or rewrites it.
pub fn file(name: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if blessing() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, now).unwrap();
        return;
    }
    let then = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(then == now, "{}\n{HOW}", difference(name, &then, now));
}

/// Compares all files of a folder of the repository with what they are now, or rewrites the folder.
pub fn folder(name: &str, now: &BTreeMap<String, String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let then = files_below(&path);
    if blessing() {
        if then != *now && path.exists() {
            std::fs::remove_dir_all(&path).unwrap();
        }
        for (inner, text) in now {
            file(&format!("{name}/{inner}"), text);
        }
        return;
    }
    let nothing = String::new();
    let mut wrong = Vec::new();
    for inner in then.keys().chain(now.keys()) {
        let (then, now) = (then.get(inner).unwrap_or(&nothing), now.get(inner).unwrap_or(&nothing));
        if then != now {
            wrong.push(difference(&format!("{name}/{inner}"), then, now));
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}\n{HOW}", wrong.join("\n"));
}

/// The first line that differs.
fn difference(name: &str, then: &str, now: &str) -> String {
    let (mut left, mut right) = (then.lines(), now.lines());
    let mut line = 1;
    loop {
        match (left.next(), right.next()) {
            (None, None) => return format!("{name}: only line ends differ"),
            (a, b) if a == b => line += 1,
            (a, b) => {
                let [a, b] = [a, b].map(|text| text.unwrap_or("(nothing)"));
                return format!("{name}, line {line}:\n  was {a}\n  is  {b}");
            }
        }
    }
}
