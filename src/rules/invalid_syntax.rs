//! MB701: a cell that isn't Python, with the magics understood.

use crate::finding::{Confidence, Finding, Severity};
use crate::python::{CellCode, SyntaxError};

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB701",
    name: "invalid-syntax",
    summary: "a cell is not Python",
    severity: Severity::Error,
    reads: Reads::Python3,
    page: include_str!("invalid_syntax.md"),
};

pub(super) struct InvalidSyntax;

impl Rule for InvalidSyntax {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for code in ctx.cells {
            if let Some(error) = code.syntax_error() {
                out.extend(finding(ctx, code, error));
            }
        }
    }
}

fn finding(ctx: &Context<'_>, code: &CellCode, error: &SyntaxError) -> Option<Finding> {
    let cell = ctx.notebook.cell(code.idx)?;
    if cell.has_tag("raises-exception") {
        return None;
    }
    let message = format!("cell {} is not Python: {}", code.idx, lower_first(&error.message));
    let mut finding = META.finding(ctx.in_code(code, error.span), message);
    // IPython took it, so there is an extension or a newer syntax at work, or the cell was edited after its run
    let ran = cell.execution_count.is_some() && !cell.outputs.iter().any(crate::notebook::Output::is_error);
    if ran {
        finding.confidence = Confidence::Likely;
    }
    finding.hint = Some(hint(code, error).to_owned());
    Some(finding)
}

fn hint(code: &CellCode, error: &SyntaxError) -> &'static str {
    let start = code
        .text
        .get(..error.span.start)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |at| at + 1);
    let line = code
        .text
        .get(start..)
        .and_then(|rest| rest.lines().next())
        .unwrap_or_default()
        .trim();
    let statement = |word: &str| {
        let rest = line.strip_prefix(word);
        rest.is_some_and(|rest| rest.starts_with([' ', '"', '\'']) && !rest.trim_start().starts_with(['(', '=']))
    };
    if statement("print") || statement("exec") || line.contains("print ") && !line.contains("print (") {
        return "this is Python 2: write `print(…)`, or set the notebook's kernel to the Python that it is written for";
    }
    if line.starts_with("except") && line.contains(',') {
        return "this is Python 2: write `except Error as name`";
    }
    if line.starts_with("$") || line.starts_with("pip ") || line.starts_with("conda ") {
        return "a shell command needs a `!` (or `%pip`, `%conda`) in front";
    }
    if code.text.contains("<<<<<<<") {
        return "the cell holds a merge conflict";
    }
    "make it a Markdown or raw cell where it is not code, or tag it `raises-exception` where it is meant to fail"
}

fn lower_first(message: &str) -> String {
    let mut chars = message.chars();
    let second_upper = message.chars().nth(1).is_some_and(char::is_uppercase);
    match chars.next() {
        Some(first) if !second_upper => first.to_lowercase().chain(chars).collect(),
        _ => message.to_owned(),
    }
}
