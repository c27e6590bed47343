//! MB205: a function whose result depends on a variable that later cells bind again.

use crate::facts::history::Gift;
use crate::facts::{NameId, Scope, ScopeKind};
use crate::finding::{Confidence, Finding, Related, Severity};
use crate::notebook::CellIdx;
use crate::python::span;

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB205",
    name: "hidden-input",
    summary: "a function reads a notebook variable that later cells rebind",
    severity: Severity::Warning,
    reads: Reads::Python,
    page: include_str!("hidden_input.md"),
};

pub(super) struct HiddenInput;

impl Rule for HiddenInput {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for (idx, statement) in ctx.facts.statements() {
            for scope in statement.scopes.iter().filter_map(|&id| ctx.facts.scope(id)) {
                out.extend(hidden(ctx, idx, scope));
            }
        }
    }
}

/// The first name of the function that is bound before one of its calls, and again before another.
fn hidden(ctx: &Context<'_>, defined: CellIdx, scope: &Scope) -> Vec<Finding> {
    let Some(function) = scope.name.filter(|_| scope.kind == ScopeKind::Function) else {
        return Vec::new();
    };
    let calls = callers(ctx, function, defined);
    let mut found: Vec<Finding> = Vec::new();
    let mut seen: Vec<NameId> = Vec::new();
    for read in &scope.reads {
        if seen.contains(&read.name) || scope.writes.contains(&read.name) {
            continue;
        }
        seen.push(read.name);
        let binders = binders(ctx, read.name);
        // what the calls see has to differ: two calls with a binding in between
        let seen_by = |call: CellIdx| binders.iter().rfind(|&&binder| binder <= call).copied();
        let values: Vec<(CellIdx, CellIdx)> = calls.iter().filter_map(|&call| Some((call, seen_by(call)?))).collect();
        let Some(&(first_call, first)) = values.first() else {
            continue;
        };
        let Some(&(other_call, other)) = values.iter().find(|&&(_, binder)| binder != first) else {
            continue;
        };
        let Some(code) = ctx.code(defined) else { continue };
        let (name, function) = (ctx.facts.text(read.name), ctx.facts.text(function));
        let message = format!(
            "`{function}` reads `{name}` of the notebook: cell {first_call} calls it with the value of cell {first}, cell {other_call} with that of cell {other}"
        );
        let mut finding = META.finding(ctx.in_code(code, span(read.range)), message);
        finding.subject = Some(name.to_owned());
        finding.confidence = Confidence::Likely;
        finding.related = [(first, "bound here"), (other, "bound again here")]
            .into_iter()
            .filter_map(|(idx, message)| {
                let cell = ctx.notebook.cell(idx)?;
                Some(Related {
                    message: message.to_owned(),
                    place: ctx.of_cell(cell),
                })
            })
            .collect();
        finding.hint = Some(format!("make `{name}` a parameter of `{function}`"));
        found.push(finding);
    }
    found
}

/// The cells from its definition on, up to the next one of that name, that use the function.
fn callers(ctx: &Context<'_>, function: NameId, defined: CellIdx) -> Vec<CellIdx> {
    let mut steps = ctx.history.steps.iter().filter(|step| step.idx > defined);
    let mut found = Vec::new();
    for step in steps.by_ref() {
        if step
            .needs
            .iter()
            .any(|need| need.name == function && need.through.is_none())
        {
            found.push(step.idx);
        }
        if step
            .gives
            .iter()
            .any(|&(name, gift, _)| name == function && gift != Gift::Change)
        {
            break;
        }
    }
    found
}

/// The cells that bind the name to a value, in page order.
fn binders(ctx: &Context<'_>, name: NameId) -> Vec<CellIdx> {
    let steps = ctx.history.steps.iter();
    let binds = steps.filter(|step| {
        step.gives
            .iter()
            .any(|&(given, gift, _)| given == name && gift == Gift::Value)
    });
    binds.map(|step| step.idx).collect()
}
