//! MB605: a value that depends on when the notebook is run.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_interpolated_string_element, walk_stmt};
use ruff_python_ast::{Expr, InterpolatedElement, InterpolatedStringElement, Operator, Stmt};
use ruff_text_size::Ranged;
use rustc_hash::FxHashSet;

use crate::facts::dotted;
use crate::finding::{Confidence, Finding, Related, Severity};
use crate::python::{CellCode, span};

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB605",
    name: "wall-clock",
    summary: "a value depends on the time at which the notebook is run",
    severity: Severity::Note,
    reads: Reads::Python,
    page: include_str!("wall_clock.md"),
};

pub(super) struct WallClock;

impl Rule for WallClock {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        let mut timers = Timers::default();
        for code in ctx.cells {
            timers.visit_body(code.statements());
        }
        let mut found = Vec::new();
        for code in ctx.cells {
            let mut finder = Finder {
                ctx,
                code,
                timers: &timers.names,
                out: &mut found,
            };
            finder.visit_body(code.statements());
        }
        out.extend(joined(found));
    }
}

/// One finding a notebook: one parameter mends all.
fn joined(found: Vec<Finding>) -> Option<Finding> {
    let mut found = found.into_iter();
    let mut first = found.next()?;
    first.related.extend(found.map(|other| Related {
        message: other.message,
        place: other.place,
    }));
    Some(first)
}

/// The clock as a date. Counters of seconds (`time.time()`) nearly always measure how long something took.
const DATES: &[&str] = &[
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "pandas.Timestamp.now",
    "pandas.Timestamp.today",
    "pandas.Timestamp.utcnow",
    "pandas.Period.now",
    "time.strftime",
    "time.localtime",
    "time.gmtime",
    "time.ctime",
    "time.asctime",
];

/// Names that stand in a subtraction of two names or calls: stop-watches.
#[derive(Default)]
struct Timers {
    names: FxHashSet<String>,
}

impl<'a> Visitor<'a> for Timers {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::BinOp(operation) = expr
            && operation.op == Operator::Sub
        {
            let sides = [operation.left.as_ref(), operation.right.as_ref()];
            if sides.iter().all(|side| matches!(side, Expr::Name(_) | Expr::Call(_))) {
                for side in sides {
                    if let Expr::Name(name) = side {
                        self.names.insert(name.id.to_string());
                    }
                }
            }
        }
        walk_expr(self, expr);
    }
}

struct Finder<'f, 'c> {
    ctx: &'f Context<'c>,
    code: &'c CellCode,
    timers: &'f FxHashSet<String>,
    out: &'f mut Vec<Finding>,
}

impl<'a> Visitor<'a> for Finder<'_, '_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            // only shown
            Stmt::Expr(expr) if self.shows(&expr.value) => {}
            Stmt::Assign(assign) if self.is_stop_watch(assign.targets.as_slice()) => {}
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_interpolated_string_element(&mut self, element: &'a InterpolatedStringElement) {
        if !matches!(element, InterpolatedStringElement::Interpolation(part) if is_unique_part(part)) {
            walk_interpolated_string_element(self, element);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            // how long something took, not when
            Expr::BinOp(operation)
                if operation.op == Operator::Sub
                    && matches!((operation.left.as_ref(), operation.right.as_ref()), (Expr::Call(_), Expr::Name(right)) if self.timers.contains(right.id.as_str())) =>
                {}
            // a name made unique by the time of day is meant to differ
            Expr::Call(call) if is_unique_name(call) => {}
            Expr::Call(call) => {
                let path = dotted(&call.func, &self.ctx.facts.imports);
                let formats_another = call.arguments.args.len() > 1 || path.as_deref() != Some("time.strftime");
                let given =
                    !call.arguments.args.is_empty() && path.as_deref().is_some_and(|path| path.starts_with("time."));
                if path.is_some_and(|path| DATES.contains(&path.as_str())) && !(given && formats_another) {
                    self.add(call);
                }
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// `datetime.now().strftime("%Y%m%d-%H%M%S")`, `strftime("%H-%M-%S", gmtime())`
fn is_unique_name(call: &ruff_python_ast::ExprCall) -> bool {
    let formats = match call.func.as_ref() {
        Expr::Attribute(attribute) => attribute.attr.as_str() == "strftime",
        Expr::Name(name) => name.id.as_str() == "strftime",
        _ => false,
    };
    let timed =
        |argument: &Expr| matches!(argument, Expr::StringLiteral(literal) if has_time_of_day(literal.value.to_str()));
    formats && call.arguments.args.iter().any(timed)
}

/// `f"model-{datetime.now():%Y%m%d-%H%M%S}"`
fn is_unique_part(part: &InterpolatedElement) -> bool {
    part.format_spec
        .iter()
        .flat_map(|spec| spec.elements.literals())
        .any(|literal| has_time_of_day(&literal.value))
}

/// Whether a format of dates goes down to the time of day: no selection of data is named so.
fn has_time_of_day(format: &str) -> bool {
    ["%H", "%I", "%M", "%S", "%s", "%f", "%T", "%R", "%X", "%c"]
        .iter()
        .any(|part| format.contains(part))
}

impl Finder<'_, '_> {
    fn add(&mut self, call: &ruff_python_ast::ExprCall) {
        let text = self.ctx.quote(self.code.slice(call));
        let place = self.ctx.in_code(self.code, span(call.range()));
        let mut finding = META.finding(place, format!("`{text}` is another value in every run"));
        finding.subject = Some(text);
        finding.confidence = Confidence::Likely;
        finding.hint = Some("make the date a parameter in the first cell".to_owned());
        self.out.push(finding);
    }

    fn is_stop_watch(&self, targets: &[Expr]) -> bool {
        matches!(targets, [Expr::Name(name)] if self.timers.contains(name.id.as_str()))
    }

    /// `datetime.now()` alone, `print(…)`, a log line.
    fn shows(&self, expr: &Expr) -> bool {
        let Expr::Call(call) = expr else { return false };
        let last = match call.func.as_ref() {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => "",
        };
        let path = dotted(&call.func, &self.ctx.facts.imports);
        ["print", "display", "info", "debug", "warning", "error"].contains(&last)
            || path.is_some_and(|path| DATES.contains(&path.as_str()))
    }
}
