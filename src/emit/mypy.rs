//! `[tool.mypy]`: strict for what the package adds, lenient where the notebook's own statements stand.

use std::collections::BTreeSet;

use toml_edit::{ArrayOfTables, Item, Table, value};

use crate::plan::Plan;

use super::loose_types;
use super::pyproject::{inline, lines};

pub(super) fn table(plan: &Plan) -> Item {
    let mut table = Table::new();
    table.insert("strict", value(true));
    table.insert("mypy_path", value("src"));
    table.insert("warn_unreachable", value(true));
    table.insert(
        "enable_error_code",
        value(inline(["ignore-without-code", "redundant-expr", "truthy-bool"])),
    );
    let mut overrides = ArrayOfTables::new();
    let with_functions = plan.all().filter(|plan| !plan.functions.items.is_empty());
    let mut own: Vec<String> = with_functions
        .map(|plan| format!("{}.functions", plan.package))
        .collect();
    own.extend(plan.each().iter().map(|plan| {
        let below = if plan.step_modules.is_empty() { "" } else { ".*" };
        format!("{}.steps{below}", plan.package)
    }));
    let mut verbatim = Table::new();
    verbatim.decor_mut().set_prefix(
        "\n# The notebook's own statements, which nobody annotated. To lift it: annotate a function, take a code off\n\
         # the list, run mypy, and go on until the list is empty.\n",
    );
    verbatim.insert("module", value(inline(own)));
    verbatim.insert("warn_unreachable", value(false));
    verbatim.insert("warn_unused_ignores", value(false));
    let codes = loose_types::codes(plan);
    if !codes.is_empty() {
        verbatim.insert("disable_error_code", value(lines(&codes)));
    }
    overrides.push(verbatim);
    if !plan.local.is_empty() {
        let mut carried = Table::new();
        carried
            .decor_mut()
            .set_prefix("\n# Files that stood beside the notebook, as they are.\n");
        let modules = plan.local.iter().map(|file| format!("{}.{}", plan.package, file.name));
        carried.insert("module", value(inline(modules)));
        carried.insert("ignore_errors", value(true));
        overrides.push(carried);
    }
    let mut untyped: BTreeSet<&str> = plan.untyped.iter().map(String::as_str).collect();
    if plan.saves_figures {
        untyped.insert("matplotlib");
    }
    if !untyped.is_empty() {
        let mut skipped = Table::new();
        skipped
            .decor_mut()
            .set_prefix("\n# Libraries whose types are not checked.\n");
        let modules: Vec<String> = untyped
            .into_iter()
            .flat_map(|name| [name.to_owned(), format!("{name}.*")])
            .collect();
        skipped.insert("module", value(lines(&modules)));
        skipped.insert("follow_imports", value("skip"));
        skipped.insert("ignore_missing_imports", value(true));
        overrides.push(skipped);
    }
    table.insert("overrides", Item::ArrayOfTables(overrides));
    Item::Table(table)
}
