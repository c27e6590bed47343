//! Whether a cell shows a value at its end, which the kernel then keeps as `_` and `Out[n]`.

use ruff_python_ast::{Expr, Stmt};

use crate::notebook::{Notebook, OutputKind};
use crate::python::{Body, CellCode, MagicKind, span};

/// What a cell shows at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Nothing,
    Value,
    /// It can't be told.
    Unknown,
}

/// By the stored outputs where the cell ran, else by the form of its last expression.
pub(super) fn shown(notebook: &Notebook<'_>, code: &CellCode) -> Shown {
    let Some(cell) = notebook.cell(code.idx).filter(|cell| cell.has_code()) else {
        return Shown::Nothing;
    };
    let plain = matches!(code.body, Body::Python(_)) && code.magics.iter().all(|magic| magic.kind != MagicKind::Cell);
    let expr = match code.statements().last() {
        _ if !plain => return Shown::Unknown,
        Some(Stmt::Expr(expr)) => expr,
        Some(Stmt::IpyEscapeCommand(_)) => return Shown::Unknown,
        _ => return Shown::Nothing,
    };
    let behind = code.text.get(span(expr.range).end..).unwrap_or_default();
    if behind.trim_start_matches([' ', '\t']).starts_with(';') {
        return Shown::Nothing;
    }
    let results = |output: &crate::notebook::Output| matches!(output.kind, OutputKind::ExecuteResult { .. });
    if cell.outputs.iter().any(results) || is_value(&expr.value) {
        return Shown::Value;
    }
    let printed = matches!(expr.value.as_ref(), Expr::Call(call)
        if matches!(call.func.as_ref(), Expr::Name(name) if ["display", "print"].contains(&name.id.as_str())));
    let keeps_results = || notebook.code_cells().any(|cell| cell.outputs.iter().any(results));
    if printed || (cell.execution_count.is_some() && keeps_results()) {
        return Shown::Nothing;
    }
    Shown::Unknown
}

/// Whether an expression of this form is never None.
fn is_value(expr: &Expr) -> bool {
    match expr {
        Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::FString(_)
        | Expr::BytesLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::List(_)
        | Expr::Tuple(_)
        | Expr::Dict(_)
        | Expr::Set(_)
        | Expr::ListComp(_)
        | Expr::DictComp(_)
        | Expr::SetComp(_)
        | Expr::BinOp(_)
        | Expr::UnaryOp(_)
        | Expr::Compare(_) => true,
        Expr::If(conditional) => is_value(&conditional.body) && is_value(&conditional.orelse),
        _ => false,
    }
}
