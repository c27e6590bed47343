//! Values whose end shows: in the kernel they live until it ends, and in a package they must not end with a step.

use ruff_python_ast::{Expr, ExprCall, Stmt};

use crate::facts::{Facts, Imports, dotted};

use super::fate::single_assignment;
use super::pieces::Piece;

/// Whether the notebook can see when a value ends: by weak references, or by what a class of its own does then.
pub(super) fn sees_ends(facts: &Facts, pieces: &[Piece<'_>]) -> bool {
    let finalizes = |stmt: &Stmt| match stmt {
        Stmt::ClassDef(class) => class
            .body
            .iter()
            .any(|inner| matches!(inner, Stmt::FunctionDef(def) if def.name.as_str() == "__del__")),
        _ => false,
    };
    facts.imports.takes_from("weakref") || pieces.iter().any(|piece| piece.is_taken() && finalizes(piece.stmt))
}

/// Whether the piece gives its name a value that takes something along when it ends: a temporary file or folder, or a
/// file that is being written and that nobody closes.
pub(super) fn makes_what_ends(piece: &Piece<'_>, all: &[Piece<'_>], imports: &Imports) -> bool {
    let Some((name, Expr::Call(call))) = single_assignment(piece.stmt) else {
        return false;
    };
    let temporary = [
        "tempfile.NamedTemporaryFile",
        "tempfile.SpooledTemporaryFile",
        "tempfile.TemporaryDirectory",
        "tempfile.TemporaryFile",
    ];
    match dotted(&call.func, imports).as_deref() {
        Some("open" | "io.open") => {
            let closed = format!("{name}.close(");
            writes(call) && !all.iter().any(|piece| piece.text().contains(&closed))
        }
        Some(path) => temporary.contains(&path),
        None => false,
    }
}

/// Whether `open` is told to write.
fn writes(call: &ExprCall) -> bool {
    let keyword = call.arguments.find_keyword("mode").map(|keyword| &keyword.value);
    let mode = call.arguments.args.get(1).or(keyword);
    matches!(mode, Some(Expr::StringLiteral(mode)) if mode.value.to_str().contains(['w', 'a', 'x', '+']))
}
