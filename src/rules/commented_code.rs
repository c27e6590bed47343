//! Statements that somebody put into a comment: they don't run, but what they name can still be read.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{ModModule, Stmt};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::Ranged;

/// A statement in a comment.
pub(super) struct Commented<'t> {
    /// Where `text` starts.
    pub start: usize,
    pub text: &'t str,
    pub parsed: Parsed<ModModule>,
}

/// The comments of a cell that are assignments or calls and hold a string for which `worth` is true.
pub(super) fn commented<'t>(
    parsed: &Parsed<ModModule>,
    text: &'t str,
    worth: impl Fn(&str) -> bool,
) -> Vec<Commented<'t>> {
    let comments = parsed
        .tokens()
        .iter()
        .filter(|token| token.kind() == TokenKind::Comment);
    comments
        .filter_map(|comment| {
            let written = text.get(comment.range().start().to_usize()..comment.range().end().to_usize())?;
            let code = written.trim_start_matches(['#', ' ', '\t']);
            if !code.contains(['"', '\'']) || !worth(code) {
                return None;
            }
            let parsed = parse_unchecked(code, ParseOptions::from(Mode::Module)).try_into_module()?;
            let is_code = parsed.has_valid_syntax() && parsed.syntax().body.iter().any(runs);
            is_code.then(|| Commented {
                start: comment.range().end().to_usize() - code.len(),
                text: code,
                parsed,
            })
        })
        .collect()
}

/// Whether a statement does something: prose may parse too.
fn runs(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Assign(_) | Stmt::AnnAssign(_) => true,
        Stmt::Expr(statement) => statement.value.is_call_expr(),
        _ => false,
    }
}
