//! What the samples give: findings, the stripped notebook, plan and package, under `tests/golden/`. Rewritten by `MORTARBOARD_BLESS=1`.

use std::collections::BTreeMap;

use mortarboard::update::RECORD;

use crate::bless;
use crate::harness::Sandbox;
use crate::tidy::{files, root};
use crate::tools;

/// Samples by name, as paths from the root: `clean/quick_stats` is `sample_notebooks/clean/quick_stats.ipynb`.
fn samples() -> Vec<(String, String)> {
    let folder = root().join("sample_notebooks");
    let notebooks = files(&folder, "ipynb").into_iter().map(|path| {
        let inside = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        let name = inside
            .trim_start_matches("sample_notebooks/")
            .trim_end_matches(".ipynb");
        let (group, stem) = name.split_once('/').unwrap();
        let name = if group == stem {
            stem.to_owned()
        } else {
            name.to_owned()
        };
        (name, inside)
    });
    notebooks.collect()
}

/// What a run says, stdout before stderr, and how it ends.
fn said(sandbox: &Sandbox, args: &[&str]) -> String {
    let ran = sandbox.run(args);
    format!("{}{}exit {}\n", ran.out, ran.err, ran.code)
}

#[test]
fn samples_give_what_they_gave() {
    let sandbox = Sandbox::new();
    sandbox.copy("sample_notebooks");
    let mut all = BTreeMap::new();
    for (name, notebook) in samples() {
        let mut keep = |file: &str, text: String| all.insert(format!("{name}/{file}"), text);
        keep(
            "check.txt",
            said(&sandbox, &["check", &notebook, "--output-format", "concise"]),
        );
        let ran = sandbox.run(&["strip", "--stdout", &notebook]);
        if ran.code == 0 {
            keep("stripped.ipynb", ran.out);
        }
        keep("plan.txt", said(&sandbox, &["graduate", &notebook, "--dry-run"]));
        let output = format!("out/{name}");
        let ran = sandbox.run(&["graduate", &notebook, "--output", &output]);
        let package = sandbox.files(&output);
        assert_eq!(
            ran.code == 0,
            !package.is_empty(),
            "{name}: a package, or a reason: {}",
            ran.err
        );
        // the record is a copy of all other files
        for (file, text) in package.into_iter().filter(|(file, _)| file != RECORD) {
            keep(&format!("package/{file}"), text);
        }
    }
    bless::folder("tests/golden", &all);
}

/// Refusing writes nothing and says why; the plan says the same.
#[test]
fn what_is_refused_has_its_reason() {
    let sandbox = Sandbox::new();
    sandbox.copy("sample_notebooks");
    let notebook = "sample_notebooks/r_kernel/r_kernel.ipynb";
    for args in [&["graduate", notebook][..], &["graduate", notebook, "--dry-run"][..]] {
        let ran = sandbox.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""));
        assert!(ran.err.contains("language is R"), "{}", ran.err);
    }
    let there = sandbox.files("sample_notebooks/r_kernel");
    assert_eq!(
        there.keys().map(String::as_str).collect::<Vec<_>>(),
        ["data/trees.csv", "r_kernel.ipynb"]
    );
}

/// Every package passes its own checks, with the notebook's data beside it, so that no test is skipped for want of it.
#[test]
#[ignore = "needs Python's tools in MORTARBOARD_TOOLS"]
fn packages_pass_their_own_checks() {
    let sandbox = Sandbox::new();
    sandbox.copy("sample_notebooks");
    let mut passed = 0;
    for (name, notebook) in samples() {
        // one reads names that no cell binds, one imports what exists on Colab only: their packages can't run here
        if ["messy_order", "colab_mount"].contains(&name.as_str()) || name.starts_with("broken/") {
            continue;
        }
        // beside the notebook and its data, where its tests look for them
        let folder = format!("{}/package", notebook.rsplit_once('/').unwrap().0);
        if sandbox
            .run(&["graduate", &notebook, "--output", &folder, "--force"])
            .code
            != 0
        {
            continue;
        }
        let package = sandbox.path().join(&folder);
        let said = tools::check(&package);
        let wants_secrets = package.join(".env.example").exists();
        assert!(said.contains("passed"), "{name}: {said}");
        assert!(
            wants_secrets || !said.contains("skipped"),
            "{name} has what it needs: {said}"
        );
        std::fs::remove_dir_all(package).unwrap();
        passed += 1;
    }
    assert!(passed >= 8, "only {passed} samples became packages");
}
