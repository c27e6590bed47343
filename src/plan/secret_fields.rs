//! Secrets in code become fields that the environment fills.

use std::collections::BTreeMap;

use crate::python::span;
use crate::text::Span;

use super::build::{Builder, Refusal};
use super::config::Configuration;
use super::fate::single_assignment;
use super::forms::is_password;
use super::model::SecretField;
use super::names::snake_case;
use super::pieces::{Fate, Piece};
use super::steps::SecretUse;
use super::stores::{asked_of_store, stores};

impl Builder<'_> {
    /// The secrets of kept code. One that is not a whole literal at a step's top level can't be taken out by machine.
    pub(super) fn secrets(&mut self) -> Result<Vec<SecretUse>, Vec<Refusal>> {
        let mut out: Vec<SecretUse> = Vec::new();
        let mut refused = Vec::new();
        for secret in &self.options.secrets {
            let Some((i, piece)) = self
                .pieces
                .iter()
                .enumerate()
                .find(|(_, p)| p.cell == secret.cell && p.code.to_file.original(p.span).contains(secret.span))
            else {
                continue;
            };
            if !piece.is_taken() {
                continue;
            }
            let stem = snake_case(&secret.kind, 5);
            let literal = literal_holding(piece, secret.span)
                .filter(|_| matches!(piece.fate, Fate::Keep | Fate::Config | Fate::Constant));
            let in_function = piece
                .facts
                .scopes
                .iter()
                .filter_map(|&s| self.facts.scope(s))
                .any(|s| literal.is_some_and(|at| span(s.range).contains(at)));
            let Some(at) = literal.filter(|_| !in_function && piece.fate != Fate::Constant) else {
                refused.push(Refusal {
                    cell: Some(secret.cell),
                    message: format!(
                        "cell {} holds a secret ({}) inside other code",
                        secret.cell, secret.kind
                    ),
                    hint: "read it from the environment in the notebook, revoke the old one, and graduate again"
                        .to_owned(),
                });
                continue;
            };
            let name = single_assignment(piece.stmt)
                .and_then(|(n, _)| self.facts.names.find(n))
                .filter(|_| piece.fate == Fate::Config);
            let wanted = name.map_or(stem, |n| self.facts.text(n).to_lowercase());
            let field = self.names.take(&wanted);
            out.push(SecretUse {
                field: SecretField {
                    env: field.to_uppercase(),
                    field,
                    cell: secret.cell,
                },
                name,
                literal: name.is_none().then_some((i, at)),
            });
        }
        for piece in self.pieces.iter().filter(|p| p.fate == Fate::Config) {
            let asked = single_assignment(piece.stmt).filter(|(_, value)| is_password(value, &self.facts.imports));
            let Some((text, name)) = asked.and_then(|(n, _)| Some((n, self.facts.names.find(n)?))) else {
                continue;
            };
            let lower = text.to_lowercase();
            let field = if lower == text { lower } else { self.names.take(&lower) };
            out.push(SecretUse {
                field: SecretField {
                    env: field.to_uppercase(),
                    field,
                    cell: piece.cell,
                },
                name: Some(name),
                literal: None,
            });
        }
        let stores = stores(self.facts, self.histories, self.pieces);
        for (i, piece) in self.pieces.iter().enumerate() {
            for asked in asked_of_store(piece, self.facts, &stores) {
                let env = env_name(&asked.secret);
                let known = out.iter().find(|secret| secret.field.env == env);
                let field = known.map(|secret| secret.field.clone()).unwrap_or_else(|| SecretField {
                    field: self.names.take(&env.to_lowercase()),
                    env,
                    cell: piece.cell,
                });
                out.push(SecretUse {
                    field,
                    name: None,
                    literal: Some((i, asked.call)),
                });
            }
        }
        if refused.is_empty() { Ok(out) } else { Err(refused) }
    }
}

/// The variable of the environment for a secret that a platform keeps under this name.
fn env_name(secret: &str) -> String {
    let name = snake_case(secret, usize::MAX).to_uppercase();
    if name.is_empty() { "SECRET".to_owned() } else { name }
}

/// The string literal of a piece that is the secret and nothing else.
fn literal_holding(piece: &Piece<'_>, secret: Span) -> Option<Span> {
    use ruff_python_ast::visitor::{Visitor, walk_expr};
    struct Finder<'f> {
        piece: &'f Piece<'f>,
        secret: Span,
        found: Option<Span>,
    }
    impl<'a> Visitor<'a> for Finder<'_> {
        fn visit_expr(&mut self, expr: &'a ruff_python_ast::Expr) {
            if let ruff_python_ast::Expr::StringLiteral(literal) = expr {
                let at = span(literal.range);
                let source = self.piece.code.to_file.original(at);
                let quotes = source.len().saturating_sub(self.secret.len());
                if source.contains(self.secret) && quotes <= 16 {
                    self.found = Some(at);
                }
            }
            walk_expr(self, expr);
        }
    }
    let mut finder = Finder {
        piece,
        secret,
        found: None,
    };
    finder.visit_stmt(piece.stmt);
    finder.found
}

/// A field whose default would be a secret is the secret's field instead.
pub(super) fn hide_secrets(config: &mut Configuration, secrets: &[SecretUse]) {
    let hidden: Vec<usize> = secrets
        .iter()
        .filter_map(|s| s.name)
        .filter_map(|n| config.by_name.remove(&n))
        .collect();
    let mut kept = Vec::new();
    let mut moved = BTreeMap::new();
    for (i, field) in std::mem::take(&mut config.fields).into_iter().enumerate() {
        if !hidden.contains(&i) {
            moved.insert(i, kept.len());
            kept.push(field);
        }
    }
    config.fields = kept;
    for index in config.by_name.values_mut() {
        *index = moved.get(index).copied().unwrap_or(usize::MAX);
    }
    for (_, _, index) in config.literals.iter_mut().chain(&mut config.asked) {
        *index = moved.get(index).copied().unwrap_or(usize::MAX);
    }
}
