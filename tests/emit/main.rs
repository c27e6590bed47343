//! What a plan becomes on disk.

mod build;
mod churn;
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
