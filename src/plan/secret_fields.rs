//! Secrets in code become fields that the environment fills.

use std::collections::BTreeMap;

use crate::text::Span;

use super::build::{Builder, Refusal, SecretSpan};
use super::config::Configuration;
use super::fate::single_assignment;
use super::forms::is_password;
use super::model::SecretField;
use super::names::snake_case;
use super::pieces::Fate;
use super::secret_literals::{Held, held, rewritten, spans_in};
use super::steps::SecretUse;
use super::stores::{asked_of_store, stores};

impl Builder<'_> {
    /// The secrets of kept code. One that no string of a step holds can't be taken out by machine.
    pub(super) fn secrets(&mut self) -> Result<Vec<SecretUse>, Vec<Refusal>> {
        let mut out: Vec<SecretUse> = Vec::new();
        let mut refused = Vec::new();
        let mut inside: Vec<(usize, usize, Held)> = Vec::new();
        let mut secrets: Vec<&SecretSpan> = self.options.secrets.iter().collect();
        secrets.sort_by_key(|secret| (secret.cell, secret.span.start));
        for secret in secrets {
            let found = self.pieces.iter().enumerate();
            let mut found = found.filter(|(_, p)| spans_in(p, std::slice::from_ref(secret)).next().is_some());
            let Some((i, piece)) = found.next().filter(|(_, piece)| piece.is_taken()) else {
                continue;
            };
            let held = held(piece, secret.span).filter(|held| match piece.fate {
                Fate::Keep => true,
                Fate::Config => held.is_whole(),
                _ => false,
            });
            let Some(held) = held else {
                refused.push(Refusal {
                    cell: Some(secret.cell),
                    message: format!(
                        "cell {} holds a secret ({}) inside other code",
                        self.options.notebook.page(secret.cell),
                        secret.kind
                    ),
                    hint: "read it from the environment in the notebook, revoke the old one, and graduate again"
                        .to_owned(),
                });
                continue;
            };
            let text = held.secret.slice(&piece.code.text);
            let same = inside.iter().find(|(_, i, held)| {
                let before = self.pieces.get(*i);
                before.is_some_and(|before| held.secret.slice(&before.code.text) == text)
            });
            if let Some(known) = same
                .and_then(|(at, ..)| out.get(*at))
                .filter(|_| piece.fate == Fate::Keep)
            {
                let field = known.field.clone();
                inside.push((out.len(), i, held));
                out.push(SecretUse {
                    field,
                    name: None,
                    replaced: None,
                });
                continue;
            }
            let name = single_assignment(piece.stmt)
                .and_then(|(n, _)| self.facts.names.find(n))
                .filter(|_| piece.fate == Fate::Config);
            let wanted = name.map_or_else(|| snake_case(&secret.kind, 5), |n| self.facts.text(n).to_lowercase());
            let field = self.names.take(&wanted);
            if name.is_none() {
                inside.push((out.len(), i, held));
            }
            out.push(SecretUse {
                field: SecretField {
                    env: field.to_uppercase(),
                    field,
                    cell: secret.cell,
                },
                name,
                replaced: None,
            });
        }
        self.take_out(&inside, &mut out);
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
                replaced: None,
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
                let value = value_of(&field);
                out.push(SecretUse {
                    field,
                    name: None,
                    replaced: Some((i, asked.call, value)),
                });
            }
        }
        if refused.is_empty() { Ok(out) } else { Err(refused) }
    }

    /// What the strings that hold secrets become: each with the index of its secret, and of its piece.
    fn take_out(&self, inside: &[(usize, usize, Held)], out: &mut [SecretUse]) {
        for (at, i, held) in inside {
            let Some(piece) = self.pieces.get(*i) else { continue };
            let same = inside
                .iter()
                .filter(|(_, other, beside)| other == i && beside.literal == held.literal);
            let mut spans: Vec<(Span, String)> = same
                .filter_map(|(at, _, beside)| Some((beside.secret, value_of(&out.get(*at)?.field))))
                .collect();
            spans.sort_by_key(|(secret, _)| secret.start);
            let text = match spans.as_slice() {
                [(_, value)] if held.is_whole() => value.clone(),
                _ => rewritten(&piece.code.text, held, &spans),
            };
            if let Some(secret) = out.get_mut(*at) {
                secret.replaced = Some((*i, held.literal, text));
            }
        }
    }
}

/// The secret itself, of the field that holds it.
fn value_of(field: &SecretField) -> String {
    format!("{}.get_secret_value()", field.field)
}

/// The variable of the environment for a secret that a platform keeps under this name.
fn env_name(secret: &str) -> String {
    let name = snake_case(secret, usize::MAX).to_uppercase();
    if name.is_empty() { "SECRET".to_owned() } else { name }
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
