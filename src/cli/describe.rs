//! A plan in words, for `graduate --dry-run`.

use std::fmt::Write;

use crate::plan::{Argument, Level, Plan};
use crate::report::printable;

/// What a package would hold, and why.
pub(super) fn describe_plan(plan: &Plan) -> String {
    let mut out = String::new();
    // writing to a string can't fail
    let _ = describe(plan, &mut out);
    out
}

fn describe(plan: &Plan, out: &mut String) -> std::fmt::Result {
    if plan.parts.is_empty() {
        writeln!(out, "package {} from {}", plan.package, printable(&plan.notebook.path))?;
    } else {
        writeln!(out, "package {} from {} notebooks", plan.package, plan.parts.len())?;
    }
    if !plan.config.is_empty() || !plan.secrets.is_empty() {
        writeln!(out, "\nconfiguration")?;
        for field in &plan.config {
            let from = field
                .name
                .as_ref()
                .map(|name| format!(", was {name}"))
                .unwrap_or_default();
            writeln!(
                out,
                "  {} = {} (cell {}{from})",
                field.field,
                printable(&field.default),
                field.cell
            )?;
        }
        for secret in &plan.secrets {
            writeln!(
                out,
                "  {} from the environment, {} (cell {}, a secret)",
                secret.field, secret.env, secret.cell
            )?;
        }
    }
    if !plan.functions.items.is_empty() {
        writeln!(out, "\nfunctions.py")?;
        for item in &plan.functions.items {
            writeln!(out, "  {} (cell {})", item.name, item.cell)?;
        }
    }
    if !plan.steps.is_empty() {
        writeln!(out, "\nsteps")?;
    }
    for step in &plan.steps {
        let params: Vec<&str> = step.params.iter().map(|p| p.name.as_str()).collect();
        let returns: Vec<&str> = step.returns.iter().map(|r| r.name.as_str()).collect();
        let gives = if returns.is_empty() {
            String::new()
        } else {
            format!(" -> {}", returns.join(", "))
        };
        let level = match step.level {
            Level::Pure => "",
            Level::Mutating => ", changes what it is given",
            Level::State => ", shares names through its module",
        };
        writeln!(out, "  {}({}){gives}", step.function, params.join(", "))?;
        let ran: Vec<String> = step.ran.iter().map(ToString::to_string).collect();
        if ran.is_empty() {
            writeln!(out, "      cells {}-{}{level}", step.cells.0, step.cells.1)?;
        } else {
            writeln!(out, "      cells {}{level}", ran.join(", "))?;
        }
        let configured = step
            .params
            .iter()
            .filter(|p| matches!(p.argument, Argument::Config(_)))
            .count();
        if configured > 0 {
            writeln!(out, "      {configured} of its parameters come from the configuration")?;
        }
    }
    if !plan.state.is_empty() {
        writeln!(out, "\nshared names")?;
        for state in &plan.state {
            writeln!(out, "  {}: {}", state.name, state.reason)?;
        }
    }
    if !plan.dropped.is_empty() {
        writeln!(out, "\nleft out")?;
        for dropped in &plan.dropped {
            let (first, _) = dropped.lines;
            writeln!(
                out,
                "  cell {}, line {first}: {} ({})",
                dropped.cell,
                printable(&dropped.excerpt),
                dropped.reason
            )?;
        }
    }
    if !plan.dependencies.is_empty() {
        writeln!(out, "\ndependencies")?;
        for dependency in &plan.dependencies {
            let optional = if dependency.optional { " (optional)" } else { "" };
            writeln!(out, "  {}{}{optional}", dependency.distribution, dependency.version)?;
        }
    }
    for note in &plan.notes {
        writeln!(out, "\nnote, cell {}: {}", note.cell, printable(&note.text))?;
    }
    for part in &plan.parts {
        writeln!(out)?;
        describe(part, out)?;
    }
    Ok(())
}
