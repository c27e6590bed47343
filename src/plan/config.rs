//! What a run can vary: constants in capitals, and the paths of files that the pipeline reads and writes.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use crate::facts::{Direction, Facts, NameId, io_calls};
use crate::python::{span, string_literal};
use crate::text::Span;

use super::bindings::Histories;
use super::fate::single_assignment;
use super::forms::{asked_for, asks_for_role};
use super::model::{ConfigField, ConfigType, PathUse};
use super::names::{Allocator, snake_case};
use super::pieces::{Fate, Piece};
use super::purity::shows_its_source;

/// The configuration, and where it is read.
#[derive(Debug, Default)]
pub(super) struct Configuration {
    pub fields: Vec<ConfigField>,
    /// Notebook names that are fields: index into `fields`.
    pub by_name: BTreeMap<NameId, usize>,
    /// Notebook names that are fields and stand in text as they are (`"p > @CUTOFF"`, `f"{CUTOFF=}"`): their
    /// parameters keep the notebook's spelling.
    pub spelled_out: BTreeSet<NameId>,
    /// Path literals that are fields: index of the piece, span in the cell's text, index into `fields`.
    pub literals: Vec<(usize, Span, usize)>,
    /// Calls that a field stands in for where it is set: as above.
    pub asked: Vec<(usize, Span, usize)>,
}

/// Collects the configuration. `secrets` are the spans, per piece, that hold one: they never become a default.
pub(super) fn configuration(
    facts: &Facts,
    histories: &Histories,
    pieces: &[Piece<'_>],
    names: &mut Allocator,
) -> Configuration {
    let mut out = Configuration::default();
    for piece in pieces.iter().filter(|p| p.fate == Fate::Config) {
        let Some((name, value)) = single_assignment(piece.stmt) else {
            continue;
        };
        let Some(id) = facts.names.find(name) else { continue };
        let wanted = name.to_lowercase().trim_matches('_').to_owned();
        let plain = names.is_free(&wanted) && !is_pydantics(&wanted);
        // bound once and only here, the name is free for what takes its place
        let field = if wanted == name && !is_pydantics(&wanted) {
            wanted
        } else if plain {
            names.take(&wanted)
        } else {
            names.take(&format!(
                "{wanted}_{}",
                if looks_like_a_path(value) { "path" } else { "value" }
            ))
        };
        let history = histories.get(id);
        let shown = history
            .readers
            .iter()
            .filter_map(|&r| pieces.get(r))
            .any(|p| shows_its_source(p.stmt));
        if history.in_text || shown {
            out.spelled_out.insert(id);
        }
        out.by_name.insert(id, out.fields.len());
        let asked = asked_for(value, &facts.imports);
        let default = if asked.is_some() {
            String::new()
        } else {
            one_line(value, piece.code.slice(value))
        };
        let prompt = asked
            .as_ref()
            .and_then(|(_, prompt)| prompt.clone())
            .filter(|text| !text.is_empty());
        out.fields.push(ConfigField {
            field,
            name: Some(name.to_owned()),
            cell: piece.cell,
            type_: asked.map_or_else(|| scalar_type(value), |(type_, _)| type_),
            default,
            description: description(&piece.trail).or(prompt),
            path_use: None,
        });
    }
    path_constants(facts, histories, pieces, &mut out);
    for (i, piece) in pieces.iter().enumerate().filter(|(_, p)| p.is_kept()) {
        path_literals(facts, i, piece, names, &mut out);
        roles(facts, i, piece, names, &mut out);
    }
    out
}

/// The role that SageMaker gives to what runs on it, and that can be named elsewhere.
fn roles(facts: &Facts, index: usize, piece: &Piece<'_>, names: &mut Allocator, out: &mut Configuration) {
    let value = match piece.stmt {
        Stmt::Assign(assign) => Some(assign.value.as_ref()),
        _ => None,
    };
    let Some(Expr::Call(call)) = value.filter(|value| asks_for_role(value, &facts.imports)) else {
        return;
    };
    let described = "the IAM role of SageMaker's jobs; where it is empty, SageMaker is asked for its own";
    let known = out
        .fields
        .iter()
        .position(|f| f.description.as_deref() == Some(described));
    let field = known.unwrap_or_else(|| {
        out.fields.push(ConfigField {
            field: names.take("execution_role"),
            name: None,
            cell: piece.cell,
            type_: ConfigType::Str,
            default: string_literal(""),
            description: Some(described.to_owned()),
            path_use: None,
        });
        out.fields.len() - 1
    });
    out.asked.push((index, span(call.range()), field));
}

/// A string with a folder or an extension in it.
fn looks_like_a_path(value: &Expr) -> bool {
    matches!(value, Expr::StringLiteral(literal) if literal.value.to_str().contains(['/', '.']))
}

/// Names that `BaseSettings` uses itself.
fn is_pydantics(name: &str) -> bool {
    let own = [
        "construct",
        "copy",
        "dict",
        "fields",
        "h",
        "help",
        "json",
        "schema",
        "validate",
    ];
    own.contains(&name) || name.starts_with("model_") || name.starts_with("settings_") || name.is_empty()
}

fn scalar_type(value: &Expr) -> ConfigType {
    match value {
        Expr::BooleanLiteral(_) => ConfigType::Bool,
        Expr::NumberLiteral(number) if number.value.is_float() => ConfigType::Float,
        Expr::NumberLiteral(_) => ConfigType::Int,
        Expr::UnaryOp(unary) => scalar_type(&unary.operand),
        _ => ConfigType::Str,
    }
}

/// The author's own literal; a string that was written over several lines becomes one.
fn one_line(value: &Expr, text: &str) -> String {
    match value {
        Expr::StringLiteral(literal) if text.contains('\n') => string_literal(literal.value.to_str()),
        _ => text.to_owned(),
    }
}

/// The author's own comment behind the constant.
fn description(trail: &str) -> Option<String> {
    let comment = trail.lines().next()?.trim().trim_start_matches('#').trim();
    // a form's field tells its type, which the field has already
    let comment = comment.split("@param").next().unwrap_or_default();
    let comment = comment.trim().trim_end_matches('#').trim_end();
    let is_prose =
        comment.chars().any(char::is_alphabetic) && !comment.starts_with("noqa") && !comment.starts_with("type:");
    is_prose.then(|| comment.to_owned())
}

/// A constant that is only ever the path of an I/O call is a path.
fn path_constants(facts: &Facts, histories: &Histories, pieces: &[Piece<'_>], out: &mut Configuration) {
    let names: Vec<(NameId, usize)> = out.by_name.iter().map(|(&id, &field)| (id, field)).collect();
    for (id, field) in names {
        let text = facts.text(id);
        let readers: Vec<&Piece<'_>> = histories
            .get(id)
            .readers
            .iter()
            .filter_map(|&r| pieces.get(r))
            .collect();
        let uses = |piece: &Piece<'_>| {
            let scopes = piece.facts.scopes.iter().filter_map(|&s| facts.scope(s));
            piece
                .facts
                .uses
                .iter()
                .chain(scopes.flat_map(|s| &s.reads))
                .filter(|u| u.name == id)
                .count()
        };
        let calls: Vec<_> = readers
            .iter()
            .flat_map(|p| io_calls(p.stmt, &facts.imports))
            .filter(|call| call.name.as_deref() == Some(text))
            .collect();
        let all_paths = !calls.is_empty() && calls.len() == readers.iter().map(|p| uses(p)).sum::<usize>();
        let Some(config) = out
            .fields
            .get_mut(field)
            .filter(|f| all_paths && f.type_ == ConfigType::Str && !f.default.is_empty())
        else {
            continue;
        };
        let uses: Vec<PathUse> = calls.iter().map(|call| path_use(call.direction)).collect();
        if is_remote(&config.default) {
            continue;
        }
        config.path_use = uses.into_iter().max();
        if calls.iter().all(|call| takes_path_objects(&call.callable)) {
            config.type_ = ConfigType::Path;
        }
    }
}

/// Literal paths of I/O calls become fields, the same path one field.
fn path_literals(facts: &Facts, index: usize, piece: &Piece<'_>, names: &mut Allocator, out: &mut Configuration) {
    let scopes: Vec<Span> = piece
        .facts
        .scopes
        .iter()
        .filter_map(|&s| facts.scope(s))
        .map(|s| span(s.range))
        .collect();
    for call in io_calls(piece.stmt, &facts.imports) {
        let here = span(call.path);
        let inside = scopes.iter().any(|s| s.contains(here));
        let Some(path) = call.literal.as_deref().filter(|p| !inside && is_path(p)) else {
            continue;
        };
        let default = string_literal(path);
        let used = path_use(call.direction);
        let known = out.fields.iter().position(|f| f.name.is_none() && f.default == default);
        let field = known.unwrap_or_else(|| {
            let remote = is_remote(path);
            let type_ = if !remote && takes_path_objects(&call.callable) {
                ConfigType::Path
            } else {
                ConfigType::Str
            };
            out.fields.push(ConfigField {
                field: names.take(&field_name(path, remote)),
                name: None,
                cell: piece.cell,
                type_,
                default,
                description: remote.then(|| used.word().to_owned()),
                path_use: (!remote).then_some(used),
            });
            out.fields.len() - 1
        });
        if let Some(config) = out.fields.get_mut(field) {
            config.path_use = config.path_use.map(|known| known.max(used));
            if !takes_path_objects(&call.callable) {
                config.type_ = ConfigType::Str;
            }
        }
        out.literals.push((index, here, field));
    }
}

fn path_use(direction: Direction) -> PathUse {
    match direction {
        Direction::Read => PathUse::Read,
        Direction::Write => PathUse::Write,
        Direction::Update => PathUse::Update,
    }
}

fn is_remote(path: &str) -> bool {
    path.contains("://")
}

/// A string that can be a path to one file: no pattern, no inline data.
fn is_path(text: &str) -> bool {
    let inline = text.trim_start().starts_with(['{', '[', '<']);
    !text.is_empty() && text.len() < 300 && !inline && !text.contains(['\n', '*', '\0', '@']) && text != ":memory:"
}

fn field_name(path: &str, remote: bool) -> String {
    let trimmed = path.trim_end_matches('/').split(['?', '#']).next().unwrap_or_default();
    let file = trimmed.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file.split('.').find(|part| !part.is_empty()).unwrap_or_default();
    let name = snake_case(stem, 6);
    let name = if name.is_empty() { "input".to_owned() } else { name };
    format!("{name}_{}", if remote { "url" } else { "path" })
}

/// Calls that take a `pathlib.Path` where they take a string.
fn takes_path_objects(callable: &str) -> bool {
    callable == "open"
        || callable.starts_with("pandas.")
        || callable.starts_with("numpy.")
        || callable.starts_with("matplotlib.")
        || callable.starts_with(".to_")
        || callable == ".savefig"
}
