//! MB205: a function whose result depends on a variable that later cells bind again.

use crate::facts::history::Gift;
use crate::facts::{NameId, Scope, ScopeKind, Statement, Use};
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

/// A variable that two calls see with the values of two cells.
struct Input<'s> {
    read: &'s Use,
    calls: [CellIdx; 2],
    binders: [CellIdx; 2],
}

/// One finding for all variables of a function that are bound before one of its calls, and again before another.
fn hidden(ctx: &Context<'_>, defined: CellIdx, scope: &Scope) -> Option<Finding> {
    let function = scope.name.filter(|_| scope.kind == ScopeKind::Function)?;
    let inputs = inputs(ctx, defined, function, scope);
    let first = inputs.first()?;
    let names: Vec<&str> = inputs.iter().map(|input| ctx.facts.text(input.read.name)).collect();
    let (listed, function) = (list(&names), ctx.facts.text(function));
    let ([one, other], [bound, again]) = (first.calls, first.binders);
    let values = match names.as_slice() {
        [_] => format!("cell {one} calls it with the value of cell {bound}, cell {other} with that of cell {again}"),
        [name, ..] => format!(
            "cell {one} calls it with the `{name}` of cell {bound}, cell {other} with that of cell {again}, and so on"
        ),
        [] => return None,
    };
    let place = ctx.in_code(ctx.code(defined)?, span(first.read.range));
    let mut finding = META.finding(place, format!("`{function}` reads {listed} of the notebook: {values}"));
    finding.subject = names.first().map(|name| (*name).to_owned());
    finding.confidence = Confidence::Likely;
    for input in &inputs {
        let name = ctx.facts.text(input.read.name);
        for (idx, how) in input.binders.iter().zip(["bound here", "bound again here"]) {
            let message = if names.len() == 1 {
                how.to_owned()
            } else {
                format!("`{name}` is {how}")
            };
            if let Some(cell) = ctx.notebook.cell(*idx) {
                finding.related.push(Related {
                    message,
                    place: ctx.of_cell(cell),
                });
            }
        }
    }
    let parameters = if names.len() == 1 { "a parameter" } else { "parameters" };
    finding.hint = Some(format!("make {listed} {parameters} of `{function}`"));
    Some(finding)
}

/// `a`, `b` and `c`
fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn inputs<'s>(ctx: &Context<'_>, defined: CellIdx, function: NameId, scope: &'s Scope) -> Vec<Input<'s>> {
    let calls = callers(ctx, function, defined);
    let mut found = Vec::new();
    let mut seen: Vec<NameId> = Vec::new();
    for read in &scope.reads {
        if seen.contains(&read.name) || scope.writes.contains(&read.name) {
            continue;
        }
        seen.push(read.name);
        let binders = binders(ctx, read.name);
        // what the calls see has to differ: two calls with a binding in between
        let seen_by = |call: CellIdx| {
            let mut above = binders.iter().rev();
            above.find(|&&binder| binder < call || (binder == call && binds_before(ctx, call, read.name, function)))
        };
        let values: Vec<(CellIdx, CellIdx)> = calls.iter().filter_map(|&call| Some((call, *seen_by(call)?))).collect();
        let differs = |bound: CellIdx, again: CellIdx| bound != again && !same_value(ctx, read.name, [bound, again]);
        if let Some(&(one, bound)) = values.first()
            && let Some(&(other, again)) = values.iter().find(|&&(_, again)| differs(bound, again))
        {
            found.push(Input {
                read,
                calls: [one, other],
                binders: [bound, again],
            });
        }
    }
    found
}

/// Whether a cell binds the name above its first use of the function.
fn binds_before(ctx: &Context<'_>, cell: CellIdx, name: NameId, function: NameId) -> bool {
    let statements = ctx
        .facts
        .cell(cell)
        .map(|cell| cell.statements.as_slice())
        .unwrap_or_default();
    let uses = |statement: &Statement| statement.uses.iter().any(|found| found.name == function);
    let above = statements.iter().take_while(|statement| !uses(statement));
    above
        .into_iter()
        .any(|statement| statement.binds.iter().any(|bind| bind.name == name))
}

/// Whether two cells bind the name by the same words, of imported names alone.
fn same_value(ctx: &Context<'_>, name: NameId, cells: [CellIdx; 2]) -> bool {
    let [one, other] = cells.map(|idx| {
        let mut binders = ctx.facts.cell(idx)?.statements.iter();
        let statement = binders.rfind(|statement| statement.binds.iter().any(|bind| bind.name == name))?;
        let mut reads = statement.uses.iter();
        let fixed = reads.all(|found| ctx.facts.imports.path(ctx.facts.text(found.name)).is_some());
        fixed.then(|| Some(span(statement.range).slice(&ctx.code(idx)?.text)))
    });
    one.is_some_and(|text: Option<&str>| text.is_some() && Some(text) == other)
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
