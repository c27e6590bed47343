//! What a plan becomes on disk.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod build;
mod churn;
mod hostile;
mod tools;

use mortarboard::emit::{Tree, emit};
use mortarboard::plan::Plan;

/// The tree of a plan, with what holds for every tree checked.
fn tree(plan: &Plan) -> Tree {
    let tree = emit(plan).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(Ok(&tree), emit(plan).as_ref(), "the same plan gives the same bytes");
    for (path, text) in &tree.files {
        assert!(text.is_empty() || text.ends_with('\n'), "{path} ends with a line end");
        if path.ends_with(".py") {
            let parsed = ruff_python_parser::parse_module(text);
            assert!(parsed.is_ok(), "{path}: {:?}\n{text}", parsed.err());
        }
        if path.ends_with(".json") || path.ends_with(".ipynb") {
            serde_json::from_str::<serde_json::Value>(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        }
    }
    toml::from_str::<toml::Table>(&tree.files["pyproject.toml"]).unwrap_or_else(|error| panic!("{error}"));
    tree
}

#[test]
fn a_plain_plan() {
    let tree = tree(&churn::plan());
    let steps = &tree.files["src/customer_churn/steps.py"];
    assert!(
        steps.contains("def explore(customers: pd.DataFrame, figures_dir: Path | None) -> Any:"),
        "{steps}"
    );
    let pipeline = &tree.files["src/customer_churn/pipeline.py"];
    assert!(
        pipeline.contains("X_test, y_test, model = steps.train_the_model("),
        "{pipeline}"
    );
}

#[test]
#[ignore = "needs Python's tools in MORTARBOARD_TOOLS"]
fn a_plain_plan_passes_its_own_checks() {
    let said = tools::checked(&tree(&churn::plan()), "churn");
    assert!(said.contains("passed"), "{said}");
}

#[test]
fn a_hostile_plan() {
    let tree = tree(&hostile::plan());
    let manifest: serde_json::Value =
        serde_json::from_str(&tree.files["graduation.json"]).expect("it was parsed above");
    assert_eq!(manifest["notes"][0]["text"], hostile::EVIL);
    assert!(tree.files.contains_key(".env.example"));
    for (path, text) in &tree.files {
        let hidden = text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}');
        // JSON keeps the notebook's text as it was, escaped
        assert!(
            !hidden || path.ends_with(".json") || path.ends_with(".ipynb"),
            "{path} hides something: {text}"
        );
    }
}

#[test]
fn a_plan_of_nothing() {
    let tree = tree(&build::empty("nothing"));
    assert!(!tree.files.contains_key("tests/conftest.py"));
}

#[test]
#[ignore = "needs Python's tools in MORTARBOARD_TOOLS"]
fn a_hostile_plan_passes_its_own_checks() {
    let tree = tree(&hostile::plan());
    let said = tools::checked(&tree, "hostile");
    assert!(said.contains("passed"), "{said}");
}

#[test]
#[ignore = "needs Python's tools in MORTARBOARD_TOOLS"]
fn a_plan_of_nothing_passes_its_own_checks() {
    let said = tools::checked(&tree(&build::empty("nothing")), "nothing");
    assert!(said.contains("passed") && !said.contains("skipped"), "{said}");
}

/// Imports at random, from a seed: every name that has ever been awkward, in every form.
#[test]
#[ignore = "needs Python's tools in MORTARBOARD_TOOLS"]
fn imports_stand_as_ruff_wants_them() {
    use mortarboard::plan::ImportSection;
    let modules = [
        "a", "A", "a.b", "a_b", "ab", "aB", "a1", "a10", "a2", "a02", "B.c", "_z", "Z9", "z.Y", "b", "a.B", "a.b_c",
        "é",
    ];
    let symbols = [
        "x", "X", "XY", "X1", "x1", "x10", "x2", "x02", "_x", "_X", "_XY", "Xy", "xY", "é", "É", "ÉÉ", "X_Y", "__x",
        "x_", "*",
    ];
    let mut seed: u64 = 7;
    let mut next = |below: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((seed >> 33) % u64::try_from(below).unwrap_or(1)).unwrap_or(0)
    };
    let mut written = Tree::default();
    for round in 0..60 {
        let mut plan = build::empty(&format!("p{round}"));
        for _ in 0..next(24) + 2 {
            let symbol = symbols.get(next(symbols.len() * 2)).copied();
            let alias = if symbol == Some("*") {
                None
            } else {
                ["n", "N", "NN", "m2", "m10"].get(next(12)).copied()
            };
            let mut import = build::import(ImportSection::ThirdParty, modules[next(modules.len())], symbol, alias);
            import.for_effect = next(9) == 0;
            plan.steps_module.imports.push(import);
        }
        let tree = tree(&plan);
        let path = format!("src/p{round}/steps.py");
        written.insert(path.clone(), tree.files[&path].clone());
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    tools::write(&written, folder.path());
    tools::run(
        folder.path(),
        "ruff",
        &[
            "check",
            "--isolated",
            "--no-cache",
            "--line-length=100",
            "--select=I",
            ".",
        ],
    );
    tools::run(
        folder.path(),
        "ruff",
        &[
            "format",
            "--isolated",
            "--no-cache",
            "--line-length=100",
            "--check",
            ".",
        ],
    );
}
