//! Statements that no run reaches: below one that stops the notebook, and under a condition that never holds.

use ruff_python_ast::{Expr, Number, Stmt};

use crate::facts::{Facts, dotted};

use super::model::NotebookRef;
use super::pieces::{Fate, Piece};

/// Drops what no run reaches, each with its reason.
pub(super) fn drop_unreached(facts: &Facts, notebook: &NotebookRef, pieces: &mut [Piece<'_>]) {
    let mut stopped = None;
    for piece in pieces.iter_mut() {
        if let Some(cell) = stopped {
            piece.fate = Fate::Dropped(format!("never runs: cell {cell} stops the notebook"));
        } else if piece.is_kept() && stops(piece.stmt, facts) {
            piece.fate = Fate::Dropped("stops the notebook: what stands below never runs".to_owned());
            stopped = Some(notebook.page(piece.cell).0);
        } else if piece.is_kept() && never_holds(piece.stmt) {
            piece.fate = Fate::Dropped("never runs: its condition is a constant".to_owned());
        }
    }
}

/// `sys.exit()` and the like, where nothing can keep it from running.
fn stops(stmt: &Stmt, facts: &Facts) -> bool {
    match stmt {
        Stmt::Expr(expr) => matches!(expr.value.as_ref(), Expr::Call(call) if ends_program(&call.func, facts)),
        Stmt::Raise(raise) => match raise.exc.as_deref() {
            Some(Expr::Call(call)) => is_system_exit(&call.func, facts),
            Some(raised) => is_system_exit(raised, facts),
            None => false,
        },
        _ => false,
    }
}

/// Whether a call of this ends the program, or the kernel.
pub(super) fn ends_program(function: &Expr, facts: &Facts) -> bool {
    let path = dotted(function, &facts.imports).unwrap_or_default();
    ["exit", "os._exit", "quit", "sys.exit"].contains(&path.as_str()) && !facts.is_value(&path)
}

fn is_system_exit(raised: &Expr, facts: &Facts) -> bool {
    matches!(raised, Expr::Name(name) if name.id.as_str() == "SystemExit") && !facts.is_value("SystemExit")
}

fn never_holds(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::If(stmt) => stmt.elif_else_clauses.is_empty() && is_false(&stmt.test),
        Stmt::While(stmt) => stmt.orelse.is_empty() && is_false(&stmt.test),
        _ => false,
    }
}

fn is_false(test: &Expr) -> bool {
    match test {
        Expr::BooleanLiteral(literal) => !literal.value,
        Expr::NoneLiteral(_) => true,
        Expr::NumberLiteral(literal) => matches!(&literal.value, Number::Int(int) if int.as_u64() == Some(0)),
        _ => false,
    }
}
