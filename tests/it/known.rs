//! Findings that are known already: by a baseline, or by an earlier revision.

use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{Sandbox, code_with, notebook, stdout};

fn secret(last: &str) -> String {
    ["ghp_u8jzPde0IgxLd6Gncf", "BAepfJBd0Kh8024xXH"]
        .concat()
        .replace("xXH", last)
}

/// The token that the output shows.
fn shown() -> String {
    secret("xXK")
}

/// A cell with findings in source and output: a path, a token.
fn cell(id: &str, count: i64, source: &str, output: &str) -> Value {
    let mut cell = code_with(Some(count), source, json!([stdout(output)]));
    if !id.is_empty() {
        cell["id"] = json!(id);
    }
    cell
}

fn with_ids(cells: &[Value]) -> Value {
    let mut notebook = notebook(cells);
    notebook["nbformat_minor"] = json!(5);
    notebook
}

const RULES: &str = "--select=MB3,MB4,MB6";

fn rules(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    let report = sandbox.json(&[&[RULES], args].concat());
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect()
}

fn accepted() -> (Sandbox, String, String) {
    let sandbox = Sandbox::new();
    let token = secret("xXH");
    let source = format!("p = '/home/ann/x.csv'\nconnect('{token}', p)");
    let cells = [
        cell("one", 1, &source, &format!("{}\n", shown())),
        cell("two", 2, "import json", "ok\n"),
    ];
    sandbox.write_notebook("nb/a.ipynb", &with_ids(&cells));
    assert_eq!(
        rules(&sandbox, &[]),
        ["secret-in-output", "absolute-path", "secret-in-source"]
    );
    let ran = sandbox.run(&["check", RULES, "--write-baseline", "known", "nb"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (0, "known: 3 findings are accepted\n"),
        "{}",
        ran.out
    );
    let file = std::fs::read_to_string(sandbox.path().join("known")).unwrap();
    (sandbox, source, file)
}

#[test]
fn what_is_accepted_is_silent_whatever_runs_moves_or_is_formatted() {
    let (sandbox, source, file) = accepted();
    let token = secret("xXH");
    for part in [&token[..], &shown(), &token[4..20], "/home/ann"] {
        assert!(!file.contains(part), "{file}");
    }
    assert_eq!(file.lines().count(), 4, "{file}");
    let again = sandbox.run(&["check", RULES, "--write-baseline", "known"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert_eq!(std::fs::read_to_string(sandbox.path().join("known")).unwrap(), file);
    let ran = sandbox.run(&["check", RULES, "--baseline", "known"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let formatted = "p = \"/home/ann/x.csv\"\nconnect(\n    \"§\",\n    p,\n)\n".replace('§', &token);
    for source in [&source, &formatted] {
        let mut ran_again = cell("one", 17, source, "warming up\n");
        ran_again["outputs"] = json!([stdout("warming up\n"), stdout(&format!("now: {}\n", shown()))]);
        let cells = [cell("new", 16, "x = 1", "1\n"), ran_again];
        sandbox.write_notebook("nb/a.ipynb", &with_ids(&cells));
        assert_eq!(rules(&sandbox, &["--baseline", "known"]), [""; 0], "{source}");
    }
    let report = sandbox.json(&[RULES, "--baseline", "known"]);
    assert_eq!(report["summary"]["suppressed"], 3);
}

#[test]
fn what_is_new_is_found() {
    let (sandbox, source, _) = accepted();
    let (token, other) = (secret("xXH"), secret("xXJ"));
    let found = |source: &str, output: &str, id: &str| {
        let cells = [cell(id, 1, source, output)];
        sandbox.write_notebook("nb/a.ipynb", &with_ids(&cells));
        rules(&sandbox, &["--baseline", "known"])
    };
    assert_eq!(
        found(&source.replace(&token, &other), &shown(), "one"),
        ["secret-in-source"]
    );
    assert_eq!(
        found(&source, &format!("{}\n{other}\n", shown()), "one"),
        ["secret-in-output"]
    );
    assert_eq!(found(&source.replace("ann", "bob"), &shown(), "one"), ["absolute-path"]);
    assert_eq!(found(&source, &shown(), "other").len(), 3);
}

#[test]
fn cells_without_ids_are_known_by_their_source() {
    let sandbox = Sandbox::new();
    let write = |source: &str| {
        let cells = [cell("", 1, "x = 1", ""), cell("", 2, source, "")];
        sandbox.write_notebook("a.ipynb", &notebook(&cells));
    };
    write("p = '/home/ann/x.csv'");
    assert_eq!(sandbox.run(&["check", RULES, "--write-baseline", "known"]).code, 0);
    write("p = (\n    \"/home/ann/x.csv\"\n)");
    assert_eq!(rules(&sandbox, &["--baseline", "known"]), [""; 0]);
    write("p = '/home/ann/x.csv'\nq = 2");
    assert_eq!(rules(&sandbox, &["--baseline", "known"]), ["absolute-path"]);
}

#[test]
fn entries_that_match_nothing_are_told_of() {
    let (sandbox, _, _) = accepted();
    sandbox.write_notebook("nb/a.ipynb", &with_ids(&[cell("one", 1, "p = '/home/ann/x.csv'", "")]));
    let ran = sandbox.run(&["check", RULES, "--baseline", "known"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let said = "known: 2 entries match nothing any more, the first in nb/a.ipynb: secret-in-output\n\
                hint: `mortarboard check --write-baseline known` renews it\n";
    assert_eq!(ran.err, said);
    // what was not looked for is not missed
    let fewer = sandbox.run(&["check", "--select=MB4", "--baseline", "known", "-q"]);
    assert_eq!((fewer.code, fewer.err.as_str()), (0, ""));
    let fewer = sandbox.run(&["check", "--select=MB4", "--baseline", "known"]);
    assert_eq!((fewer.code, fewer.err.as_str()), (0, ""));
    // nor dropped
    assert_eq!(
        sandbox
            .run(&["check", "--select=MB4", "--write-baseline", "known"])
            .code,
        0
    );
    let entries = |sandbox: &Sandbox| {
        std::fs::read_to_string(sandbox.path().join("known"))
            .unwrap()
            .lines()
            .count()
            - 1
    };
    assert_eq!(entries(&sandbox), 3);
    assert_eq!(sandbox.run(&["check", RULES, "--write-baseline", "known"]).code, 0);
    assert_eq!(entries(&sandbox), 1);
    std::fs::rename(sandbox.path().join("nb/a.ipynb"), sandbox.path().join("nb/b.ipynb")).unwrap();
    let ran = sandbox.run(&["check", RULES, "--baseline", "known"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err
            .starts_with("known: it has entries for 1 notebook that is gone\nhint: "),
        "{}",
        ran.err
    );
}

#[test]
fn baselines_that_are_none_say_where() {
    let (sandbox, _, file) = accepted();
    let salts = format!("{file}{{\"baseline\": \"1\", \"salt\": \"{}\"}}\n", "0".repeat(32));
    let cases = [
        (
            format!("{file}<<<<<<< HEAD\n"),
            "known:5: this line is no entry of a baseline",
        ),
        (salts, "known:5: this baseline has two salts"),
        (
            file.lines().skip(1).collect::<Vec<_>>().join("\n"),
            "known:1: the salt is missing",
        ),
        (String::new(), "known:1: this file is empty"),
        (
            file.replace("\"baseline\": \"1\"", "\"baseline\": \"9\""),
            "known:1: this baseline is of another version",
        ),
    ];
    for (text, said) in cases {
        sandbox.write("known", text);
        let ran = sandbox.run(&["check", RULES, "--baseline", "known"]);
        assert_eq!(ran.code, 2, "{}", ran.out);
        assert!(ran.err.contains(said) && ran.err.contains("hint: "), "{}", ran.err);
    }
    let ran = sandbox.run(&["check", "--baseline", "nowhere"]);
    assert!(
        ran.code == 2 && ran.err.contains("there is no such baseline"),
        "{}",
        ran.err
    );
}

fn git(sandbox: &Sandbox, args: &[&str]) {
    let ran = Command::new("git")
        .args([
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example.org",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(args)
        .current_dir(sandbox.path())
        .env("HOME", sandbox.path())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "git {args:?}: {}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

#[test]
fn only_what_came_since_a_revision() {
    let sandbox = Sandbox::new();
    let token = secret("xXH");
    let old = "p = '/home/ann/x.csv'";
    let write = |name: &str, cells: &[Value]| sandbox.write_notebook(name, &with_ids(cells));
    git(&sandbox, &["init", "-q"]);
    write("nb/a.ipynb", &[cell("one", 1, old, ""), cell("two", 2, "x = 1", "")]);
    write("nb/same.ipynb", &[cell("one", 1, old, "")]);
    git(&sandbox, &["add", "."]);
    git(&sandbox, &["commit", "-q", "-m", "one"]);
    assert_eq!(rules(&sandbox, &[]).len(), 2);
    assert_eq!(rules(&sandbox, &["--new-since", "HEAD"]), [""; 0]);
    // moved, run again, and a new cell
    let cells = [
        cell("two", 7, "x = 1", ""),
        cell("one", 8, old, "9\n"),
        cell("new", 9, &format!("connect('{token}')"), ""),
    ];
    write("nb/a.ipynb", &cells);
    write("nb/new.ipynb", &[cell("one", 1, old, "")]);
    assert_eq!(
        rules(&sandbox, &["--new-since", "HEAD"]),
        ["secret-in-source", "absolute-path"]
    );
    let report = sandbox.json(&[RULES, "--new-since", "HEAD", "nb/a.ipynb"]);
    assert_eq!(report["findings"][0]["place"]["cell"], 3);
    git(&sandbox, &["add", "."]);
    git(&sandbox, &["commit", "-q", "-m", "two"]);
    // under a new name
    git(&sandbox, &["rm", "-q", "nb/new.ipynb"]);
    git(&sandbox, &["mv", "nb/a.ipynb", "b.ipynb"]);
    assert_eq!(rules(&sandbox, &["--new-since", "HEAD"]), [""; 0]);
    assert_eq!(rules(&sandbox, &["--new-since", "HEAD~1"]), ["secret-in-source"]);
    for wrong in ["no-such", "--all"] {
        let ran = sandbox.run(&["check", &format!("--new-since={wrong}")]);
        assert!(
            ran.code == 2 && ran.err.contains("git knows no revision") && ran.err.contains("hint: "),
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_folder_without_a_repository_has_no_revisions() {
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", &with_ids(&[cell("one", 1, "x = 1", "")]));
    let ran = sandbox.run(&["check", "--new-since", "HEAD"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("not a git repository"), "{}", ran.err);
}

#[test]
fn what_is_accepted_is_not_fixed() {
    let sandbox = Sandbox::new();
    let cells = [
        cell("one", 1, "base = 2", ""),
        cell("two", 6, "rate = base / 10", ""),
        cell("three", 3, "print(100 * rate)", "10.0\n"),
    ];
    sandbox.write_notebook("a.ipynb", &with_ids(&cells));
    let text = || std::fs::read_to_string(sandbox.path().join("a.ipynb")).unwrap();
    let before = text();
    assert_eq!(sandbox.run(&["check", "--write-baseline", "known"]).code, 0);
    let ran = sandbox.run(&["check", "--fix", "--baseline", "known"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert_eq!(text(), before);
    // what came after is
    let mut more = cells.to_vec();
    more.push(cell("four", 7, "x = 1  # mortarboard: ignore[MB401]", ""));
    sandbox.write_notebook("a.ipynb", &with_ids(&more));
    let ran = sandbox.run(&["check", "--fix", "--baseline", "known"]);
    assert!(ran.err.starts_with("a.ipynb: fixed: "), "{}{}", ran.err, ran.out);
    assert!(text().contains("10.0") && !text().contains("ignore["), "{}", text());
}
