//! The hooks, run by pre-commit itself on a clone. It comes with Python's tools.

use std::process::Command;

use serde_json::json;

use crate::harness::{Ran, code, code_with, notebook, stdout};
use crate::repo::Repo;
use crate::tidy::root;
use crate::tools::tools;

/// A repository that uses these hooks of an installed program.
fn repo_with(hooks: &[&str]) -> Repo {
    let repo = Repo::new();
    let manifest = std::fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let theirs = repo.path().join("../hooks");
    std::fs::create_dir(&theirs).unwrap();
    std::fs::write(theirs.join(".pre-commit-hooks.yaml"), manifest).unwrap();
    let at = theirs.to_str().unwrap();
    repo.git(&["-C", at, "init", "--quiet"]);
    repo.git(&["-C", at, "add", "--all"]);
    repo.git(&["-C", at, "commit", "--quiet", "-m", "hooks"]);
    set_up(&repo, at, hooks.iter().map(|id| format!("{id}-system")));
    repo
}

/// Has the repository use the hooks with these ids that the one at `at` offers.
fn set_up(repo: &Repo, at: &str, ids: impl Iterator<Item = String>) {
    let rev = repo.git(&["-C", at, "rev-parse", "HEAD"]);
    let ids: String = ids.map(|id| format!("      - id: mortarboard-{id}\n")).collect();
    // a home without a toolchain would have pre-commit get one, and build the program anew with it
    let config =
        format!("default_language_version:\n  rust: system\nrepos:\n  - repo: {at}\n    rev: {rev}    hooks:\n{ids}");
    repo.write(".pre-commit-config.yaml", config);
    repo.write("README.md", "no notebook\n");
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "--quiet", "-m", "set up"]);
    let installed = pre_commit(repo, &["install"]);
    assert_eq!(installed.code, 0, "{}{}", installed.out, installed.err);
}

fn pre_commit(repo: &Repo, args: &[&str]) -> Ran {
    repo.with_program(tools().join("pre-commit").to_str().unwrap(), args)
}

fn cells(first: &str, second: &str, output: Option<&str>) -> String {
    let outputs = output.map_or_else(|| json!([]), |text| json!([stdout(text)]));
    let count = output.map(|_| 1);
    let cells = [code_with(count, first, outputs), code(None, second)];
    serde_json::to_string_pretty(&notebook(&cells)).unwrap() + "\n"
}

#[test]
#[ignore = "needs pre-commit in MORTARBOARD_TOOLS"]
fn the_manifest_is_one() {
    let repo = Repo::new();
    let manifest = root().join(".pre-commit-hooks.yaml");
    let ran = pre_commit(&repo, &["validate-manifest", manifest.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

#[test]
#[ignore = "needs pre-commit in MORTARBOARD_TOOLS"]
fn stripping_stops_a_commit_until_it_is_added() {
    let repo = repo_with(&["strip", "redact"]);
    repo.write("a.ipynb", cells("print(1)", "x = 1", Some("1\n")));
    repo.git(&["add", "a.ipynb"]);
    let refused = repo.try_git(&["commit", "-m", "one"]);
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert!(
        refused.err.contains("files were modified by this hook"),
        "{}",
        refused.err
    );
    assert_eq!(repo.read("a.ipynb"), cells("print(1)", "x = 1", None));
    repo.git(&["add", "a.ipynb"]);
    repo.git(&["commit", "--quiet", "-m", "one"]);
    assert_eq!(repo.git(&["show", "HEAD:a.ipynb"]), cells("print(1)", "x = 1", None));
}

/// What is staged is judged, and what isn't is in the file afterwards as before.
#[test]
#[ignore = "needs pre-commit in MORTARBOARD_TOOLS"]
fn what_is_not_staged_is_not_touched() {
    leaves_what_is_not_staged(&repo_with(&["strip", "redact"]));
}

/// The same with hooks that are built as pre-commit builds them: from a clone, with the crates of the day.
#[test]
#[ignore = "builds the program; needs pre-commit in MORTARBOARD_TOOLS, and crates"]
fn hooks_from_source_are_built_and_run() {
    let repo = Repo::new();
    let theirs = repo.path().join("../source");
    let theirs = theirs.to_str().unwrap();
    repo.git(&["clone", "--quiet", root().to_str().unwrap(), theirs]);
    set_up(
        &repo,
        theirs,
        ["strip", "redact", "check"].map(str::to_owned).into_iter(),
    );
    let built = Command::new(tools().join("pre-commit"))
        .arg("install-hooks")
        .current_dir(repo.path())
        .env("PRE_COMMIT_HOME", repo.home(".cache/pre-commit"))
        // what was built of other crates is taken as it is
        .env("CARGO_TARGET_DIR", root().join("target"))
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
    leaves_what_is_not_staged(&repo);
}

fn leaves_what_is_not_staged(repo: &Repo) {
    repo.write("a.ipynb", cells("print(1)", "x = 1", None));
    repo.git(&["add", "a.ipynb"]);
    let worked_on = cells("print(1)", "x = 2", Some("1\n"));
    repo.write("a.ipynb", &worked_on);
    repo.git(&["commit", "--quiet", "-m", "the clean part"]);
    assert_eq!(repo.read("a.ipynb"), worked_on);
    assert_eq!(repo.git(&["show", "HEAD:a.ipynb"]), cells("print(1)", "x = 1", None));
    // where the staged part has to change and the rest lies on top of it, the hook's change gives way
    repo.git(&["add", "a.ipynb"]);
    let more = cells("print(1)", "x = 3", Some("1\n2\n"));
    repo.write("a.ipynb", &more);
    let refused = repo.try_git(&["commit", "-m", "outputs"]);
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert_eq!(repo.read("a.ipynb"), more);
    assert_eq!(repo.git(&["show", ":a.ipynb"]), worked_on);
}

#[test]
#[ignore = "needs pre-commit in MORTARBOARD_TOOLS"]
fn findings_stop_a_commit() {
    let repo = repo_with(&["check"]);
    repo.write("summary.ipynb", cells("print(total)", "x = 1", None));
    repo.git(&["add", "summary.ipynb"]);
    let refused = repo.try_git(&["commit", "-m", "one"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("MB201"), "{}", refused.err);
    repo.write("summary.ipynb", cells("total = 1", "print(total)", None));
    repo.git(&["add", "summary.ipynb"]);
    repo.git(&["commit", "--quiet", "-m", "one"]);
}
