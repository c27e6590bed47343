//! MB207: a built-in or a module that a cell binds to something else, and that is then used as the original.

use rustc_hash::FxHashMap;

use crate::facts::{BindKind, Certainty, NameId, Statement};
use crate::finding::{Confidence, Finding, Related, Severity};
use crate::notebook::CellIdx;
use crate::python::{is_builtin, span};

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB207",
    name: "shadowed-name",
    summary: "a built-in was bound to something else, and is then called as the original",
    severity: Severity::Warning,
    reads: Reads::Python,
    page: include_str!("shadowed_name.md"),
};

pub(super) struct ShadowedName;

/// What stands under a name that should be called.
#[derive(Clone, Copy, PartialEq)]
enum Shadow {
    Value,
    Module,
}

impl Rule for ShadowedName {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        let mut shadows: FxHashMap<NameId, (CellIdx, Shadow)> = FxHashMap::default();
        for (idx, statement) in ctx.facts.statements() {
            for found in statement
                .uses
                .iter()
                .filter(|found| found.role.calls() && !found.guarded)
            {
                // each is told once
                if let Some((by, shadow)) = shadows.remove(&found.name) {
                    out.extend(finding(ctx, (idx, found), by, shadow));
                }
            }
            for bind in &statement.binds {
                shadows.remove(&bind.name);
                if let Some(shadow) = shadow(ctx, statement, bind.name) {
                    shadows.insert(bind.name, (idx, shadow));
                }
            }
            for (name, _) in &statement.deleted {
                shadows.remove(name);
            }
        }
    }
}

/// What a statement binds the name to, where that can't be called.
fn shadow(ctx: &Context<'_>, statement: &Statement, name: NameId) -> Option<Shadow> {
    let definite = statement.bound.contains(&(name, Certainty::Definite));
    let bind = statement
        .binds
        .iter()
        .rfind(|bind| bind.name == name)
        .filter(|_| definite)?;
    match &bind.kind {
        // `from datetime import datetime`, then `import datetime`
        BindKind::Import {
            symbol: None,
            level: 0,
            module,
        } if !module.contains('.') => {
            let symbol_too = ctx.facts.statements().any(|(_, other)| {
                let mut binds = other.binds.iter().filter(|bind| bind.name == name);
                binds.any(|bind| matches!(&bind.kind, BindKind::Import { symbol: Some(_), .. }))
            });
            symbol_too.then_some(Shadow::Module)
        }
        BindKind::AugAssign => is_builtin(ctx.facts.text(name)).then_some(Shadow::Value),
        BindKind::Assign if is_builtin(ctx.facts.text(name)) => {
            // what a call gives may well be called; a literal may not
            let code = ctx.cells.iter().find(|code| {
                code.statements()
                    .iter()
                    .any(|stmt| ruff_text_size::Ranged::range(stmt) == statement.range)
            })?;
            let stmt = code
                .statements()
                .iter()
                .find(|stmt| ruff_text_size::Ranged::range(*stmt) == statement.range)?;
            let ruff_python_ast::Stmt::Assign(assign) = stmt else {
                return None;
            };
            is_plain_value(&assign.value).then_some(Shadow::Value)
        }
        _ => None,
    }
}

fn is_plain_value(expr: &ruff_python_ast::Expr) -> bool {
    use ruff_python_ast::Expr;
    match expr {
        Expr::BinOp(_) | Expr::Compare(_) | Expr::List(_) | Expr::Dict(_) | Expr::Set(_) | Expr::Tuple(_) => true,
        Expr::ListComp(_) | Expr::DictComp(_) | Expr::SetComp(_) | Expr::FString(_) => true,
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(attribute) => ["sum", "mean", "max", "min", "count", "tolist", "split", "std", "median"]
                .contains(&attribute.attr.as_str()),
            Expr::Name(name) => [
                "len", "sum", "max", "min", "int", "float", "str", "list", "sorted", "input",
            ]
            .contains(&name.id.as_str()),
            _ => false,
        },
        other => other.is_literal_expr(),
    }
}

fn finding(
    ctx: &Context<'_>,
    (idx, found): (CellIdx, &crate::facts::Use),
    by: CellIdx,
    shadow: Shadow,
) -> Option<Finding> {
    let name = ctx.facts.text(found.name);
    let message = match shadow {
        Shadow::Value => format!("`{name}` is called, and cell {by} has bound it to a value that can't be"),
        Shadow::Module => format!("`{name}` is called, and cell {by} has bound it to a module, which can't be"),
    };
    let mut finding = META.finding(ctx.in_code(ctx.code(idx)?, span(found.range)), message);
    finding.subject = Some(name.to_owned());
    finding.confidence = Confidence::Likely;
    finding.related = ctx
        .notebook
        .cell(by)
        .map(|cell| Related {
            message: "bound here".to_owned(),
            place: ctx.of_cell(cell),
        })
        .into_iter()
        .collect();
    finding.hint = Some(format!("give the other `{name}` another name"));
    Some(finding)
}
