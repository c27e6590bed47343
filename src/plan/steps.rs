//! From groups of pieces and their data-flow to the steps of the plan.

use std::collections::BTreeMap;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};

use crate::facts::{Direction, Effect, Facts, NameId, call_effect, dotted, io_calls};
use crate::notebook::{CellIdx, Notebook};
use crate::python::MagicKind;
use crate::text::Span;

use super::build::Options;
use super::config::Configuration;
use super::contracts::columns_read;
use super::dataflow::{DataFlow, StepFlow};
use super::local::Local;
use super::messages::Messages;
use super::model::{Argument, ConfigType, Level, Param, Return, SecretField, Step};
use super::module_tops::mentions;
use super::names::{Allocator, camel_case, is_field_name, snake_case, step_name};
use super::origins::{origins, timed_line};
use super::pieces::Piece;
use super::prose::{LINE_LENGTH, comment};
use super::rewrite::{Rewriting, rewrite};
use super::sections::Section;
use super::types::Types;

/// A secret of the notebook: where it stood, and the field that holds it now.
pub(super) struct SecretUse {
    pub field: SecretField,
    /// The notebook's name for it, where a constant held it.
    pub name: Option<NameId>,
    /// The piece, what stood in its cell's text, and what takes its place, where code held it or asked for it.
    pub replaced: Option<(usize, Span, String)>,
}

/// What all steps are made from.
pub(super) struct StepMaker<'m> {
    pub notebook: &'m Notebook<'m>,
    pub options: &'m Options,
    pub facts: &'m Facts,
    pub pieces: &'m [Piece<'m>],
    pub config: &'m Configuration,
    pub secrets: &'m [SecretUse],
    pub flow: &'m DataFlow,
    pub types: &'m Types,
    pub local: &'m Local,
    pub reflective: bool,
    /// Whether anything that the notebook imports draws with pyplot.
    pub plots: bool,
    pub messages: Messages,
    /// A free name for when a timed cell began, where durations are logged.
    pub started: Option<String>,
}

/// A step, and the standard modules that its text needs.
pub(super) struct Made {
    pub step: Step,
    /// Its body without the prose that stands in it.
    pub code: String,
    pub imports: Vec<&'static str>,
}

/// What a step takes from the configuration.
struct Configured {
    /// Names that became parameters under another name.
    renamed: BTreeMap<NameId, String>,
    /// Literals that became parameters: their piece, their span in its cell's text, the parameter.
    replaced: Vec<(usize, Span, String)>,
    params: Vec<Param>,
}

impl StepMaker<'_> {
    /// Makes the step of `group`, the kept pieces of `section`.
    pub fn make(&self, index: usize, section: &Section, group: &[usize], names: &mut Allocator) -> Option<Made> {
        let pieces: Vec<(usize, &Piece<'_>)> = group.iter().filter_map(|&i| Some((i, self.pieces.get(i)?))).collect();
        let (first, last) = (pieces.first()?.1.cell, pieces.last()?.1.cell);
        let flow = self.flow.steps.get(index)?;
        let inputs = self.flow.inputs.get(index)?;
        let outputs = self.flow.outputs.get(index)?;
        let needed = outputs
            .iter()
            .copied()
            .filter(|name| !self.flow.only_shown.contains(&(index, *name)));
        let needed: Vec<NameId> = needed.collect();
        let named_by = if needed.is_empty() { outputs } else { &needed };
        let function = names.take(&self.wanted_name(section, &pieces, (inputs, named_by), index));
        let Configured {
            renamed,
            replaced,
            params: config_params,
        } = self.configured(&pieces);
        let figures = self.plots.then_some(function.as_str());
        let awaits = pieces.iter().any(|(_, p)| p.facts.awaits);
        let mut body = String::new();
        let mut comments: Vec<(usize, String)> = Vec::new();
        let mut parts = Vec::new();
        let mut imports = Vec::new();
        let mut saved = 0;
        let mut shown = 0;
        for (at, &(i, piece)) in pieces.iter().enumerate() {
            let here: Vec<_> = replaced
                .iter()
                .filter(|(p, _, _)| *p == i)
                .map(|(_, s, t)| (*s, t.clone()))
                .collect();
            let how = Rewriting {
                facts: self.facts,
                local: self.local,
                renamed: &renamed,
                replaced: &here,
                reflective: self.reflective,
                awaits,
                shared: &|name| self.flow.state.contains_key(&name),
                figures,
                messages: self.messages,
            };
            let rewritten = rewrite(piece, &how, saved);
            let begins_cell = at == 0 || pieces.get(at - 1).is_some_and(|(_, before)| before.cell != piece.cell);
            if begins_cell {
                body.push('\n');
                headings(section, piece.cell, &mut shown, &mut body);
                comments.push((body.len(), comment_above(section, piece.cell)));
            }
            let timed = |other: usize| pieces.get(other).and_then(|(_, piece)| self.timed(piece));
            let before = at.checked_sub(1).and_then(timed);
            let now = timed(at).filter(|_| self.started.is_some());
            if let Some(started) = self.started.as_ref().filter(|_| now.is_some() && now != before) {
                body.push_str(&format!("{started} = time.perf_counter()\n"));
                imports.push("time");
            }
            let start = body.len();
            body.push_str(&rewritten.text);
            parts.push((Span::new(start, body.len()), piece));
            body.push('\n');
            imports.extend(rewritten.imports);
            saved += rewritten.figures;
            let ends_cell = pieces.get(at + 1).is_none_or(|(_, next)| next.cell != piece.cell);
            if let Some((started, what)) = self
                .started
                .as_ref()
                .zip(now)
                .filter(|(_, now)| Some(now) != timed(at + 1).as_ref())
            {
                body.push_str(&format!(
                    "logger.info(\"{what} took %.2f s\", time.perf_counter() - {started})\n"
                ));
            }
            if ends_cell && self.plots && self.shows_figure_at_end(piece.cell, &pieces) {
                saved += 1;
                body.push_str(&format!("save_figures(figures_dir, \"{function}-{saved}\")\n"));
            }
        }
        // what the platform gives may have been taken another way: a secret from the environment
        let needed = |name: &&NameId| !self.flow.given.contains(name) || mentions(&body, self.facts.text(**name));
        let mut params = self.data_params(inputs.iter().filter(needed));
        params.extend(config_params);
        let returns: Vec<Return> = outputs.iter().map(|&name| self.returned(name)).collect();
        let result_class = (returns.len() > 1 && returns.iter().all(|r| is_field_name(&r.name)))
            .then(|| names.take(&format!("{}Results", camel_case(&function))));
        let globals = self.globals(flow);
        let level = self.level(flow, inputs, &globals);
        let code = body.clone();
        let origins = origins(self.notebook, &code, &parts);
        for (at, comment) in comments.iter().rev() {
            body.insert_str(*at, comment);
        }
        let is_kept = |cell: CellIdx| pieces.iter().any(|(_, piece)| piece.cell == cell);
        Some(Made {
            code,
            step: Step {
                function,
                module: "steps".to_owned(),
                title: if section.continued {
                    format!("{}, continued", section.title)
                } else {
                    section.title.clone()
                },
                prose: docstring(section, is_kept),
                cells: (first, last),
                after_cell: last,
                ran: Vec::new(),
                params,
                returns,
                result_class,
                requires: self.requires(&pieces, inputs),
                globals,
                origins,
                body: body.trim_start_matches('\n').to_owned(),
                is_async: awaits,
                saves_figures: saved > 0,
                level,
            },
            imports,
        })
    }

    /// What is timed together with the piece: its whole cell under `%%time`, or its line behind `%time`.
    fn timed(&self, piece: &Piece<'_>) -> Option<String> {
        let cell = self.options.notebook.page(piece.cell).0;
        let mut magics = piece.code.magics.iter();
        if magics.any(|magic| magic.kind == MagicKind::Cell && magic.name == "time") {
            return Some(format!("cell {cell}"));
        }
        let line = timed_line(self.notebook, piece)?;
        Some(format!("line {line} of cell {cell}"))
    }

    /// From the heading, else from what the step does.
    fn wanted_name(
        &self,
        section: &Section,
        pieces: &[(usize, &Piece<'_>)],
        (inputs, outputs): (&[NameId], &[NameId]),
        index: usize,
    ) -> String {
        let from_heading = step_name(&section.title);
        if !from_heading.is_empty() && !section.continued {
            return from_heading;
        }
        if let Some(said) = pieces.first().and_then(|(_, piece)| said_above(&piece.lead)) {
            return step_name(said);
        }
        let calls = || {
            let all = pieces.iter().map(|(_, p)| io_calls(p.stmt, &self.facts.imports));
            all.flatten()
        };
        let says = |mark: &str| pieces.iter().any(|(_, p)| p.text().contains(mark));
        let updates = !outputs.is_empty() && outputs.iter().all(|name| inputs.contains(name));
        let verb = match outputs {
            [] if calls().any(|c| c.direction == Direction::Write) => "write",
            [] if pieces.iter().any(|(_, p)| self.is_plot(p)) => "plot",
            [] if says("print(") => "report",
            [] => "run",
            _ if calls().any(|c| c.direction != Direction::Write) => "load",
            _ if says(".fit(") => "fit",
            _ if updates => "update",
            _ => "make",
        };
        let reads = |piece: &Piece<'_>| {
            let calls = io_calls(piece.stmt, &self.facts.imports);
            calls.iter().any(|call| call.direction == Direction::Read)
        };
        let loaded: Vec<NameId> = pieces
            .iter()
            .filter(|(_, piece)| reads(piece))
            .flat_map(|(_, piece)| piece.facts.binds.iter().map(|bind| bind.name))
            .filter(|name| outputs.contains(name))
            .collect();
        // of many values the last is what the cells were written for
        let named = match (outputs, inputs) {
            _ if verb == "load" && (1..=2).contains(&loaded.len()) => loaded.as_slice(),
            ([], [first, ..]) => std::slice::from_ref(first),
            ([_, _, .., last], _) => std::slice::from_ref(last),
            (outputs, _) => outputs,
        };
        let things: Vec<String> = named
            .iter()
            .map(|&n| snake_case(self.facts.text(n), 4))
            .filter(|n| !n.is_empty())
            .collect();
        if things.is_empty() {
            match verb {
                "plot" => "plot_figures".to_owned(),
                "report" => "report_values".to_owned(),
                "write" => "write_files".to_owned(),
                _ if index == 0 => "set_up".to_owned(),
                _ => format!("step_{}", index + 1),
            }
        } else {
            format!("{verb}_{}", things.join("_and_"))
        }
    }

    /// The columns that the step reads of the frames among its inputs.
    fn requires(&self, pieces: &[(usize, &Piece<'_>)], inputs: &[NameId]) -> Vec<(String, Vec<String>)> {
        let frames = inputs.iter().copied().filter(|name| self.types.frames.contains(name));
        let frames: Vec<NameId> = frames.collect();
        let mut found = columns_read(self.facts, pieces, &frames);
        let in_order = frames.into_iter().filter_map(|frame| {
            let columns = found.remove(&frame)?;
            Some((self.facts.text(frame).to_owned(), columns.into_iter().collect()))
        });
        in_order.collect()
    }

    fn data_params<'n>(&self, inputs: impl Iterator<Item = &'n NameId>) -> Vec<Param> {
        inputs
            .map(|&name| {
                let text = self.facts.text(name).to_owned();
                Param {
                    name: text.clone(),
                    annotation: self.annotation(name),
                    argument: Argument::Value(text),
                }
            })
            .collect()
    }

    fn returned(&self, name: NameId) -> Return {
        Return {
            name: self.facts.text(name).to_owned(),
            annotation: self.annotation(name),
        }
    }

    fn annotation(&self, name: NameId) -> String {
        self.types
            .annotations
            .get(&name)
            .cloned()
            .unwrap_or_else(|| "Any".to_owned())
    }

    /// The configuration that these pieces read: renamed names, replaced literals, and the parameters for them.
    fn configured(&self, pieces: &[(usize, &Piece<'_>)]) -> Configured {
        let mut renamed = BTreeMap::new();
        let mut replaced = Vec::new();
        let mut params: Vec<Param> = Vec::new();
        let mut add = |name: &str, field: &str, annotation: &str| {
            if !params.iter().any(|p| p.name == name) {
                params.push(Param {
                    name: name.to_owned(),
                    annotation: annotation.to_owned(),
                    argument: Argument::Config(field.to_owned()),
                });
            }
        };
        for &(i, piece) in pieces {
            for name in super::modules::names_read(self.facts, piece) {
                if let Some(field) = self.config.by_name.get(&name).and_then(|&f| self.config.fields.get(f)) {
                    let spelled_out = self.config.spelled_out.contains(&name);
                    let param = if spelled_out {
                        self.facts.text(name)
                    } else {
                        &field.field
                    };
                    if !spelled_out {
                        renamed.insert(name, field.field.clone());
                    }
                    add(param, &field.field, annotation_of(field.type_));
                }
                if let Some(secret) = self.secrets.iter().find(|s| s.name == Some(name)) {
                    renamed.insert(name, format!("{}.get_secret_value()", secret.field.field));
                    add(&secret.field.field, &secret.field.field, "SecretStr");
                }
            }
            for (_, at, field) in self.config.literals.iter().filter(|(p, ..)| *p == i) {
                if let Some(field) = self.config.fields.get(*field) {
                    replaced.push((i, *at, field.field.clone()));
                    add(&field.field, &field.field, annotation_of(field.type_));
                }
            }
            for (_, at, field) in self.config.asked.iter().filter(|(p, ..)| *p == i) {
                if let Some(field) = self.config.fields.get(*field) {
                    replaced.push((i, Span::new(at.start, at.start), format!("({} or ", field.field)));
                    replaced.push((i, Span::new(at.end, at.end), ")".to_owned()));
                    add(&field.field, &field.field, annotation_of(field.type_));
                }
            }
            for secret in self.secrets {
                if let Some(taken_out) = secret.replaced.as_ref().filter(|(p, ..)| *p == i) {
                    replaced.push(taken_out.clone());
                    add(&secret.field.field, &secret.field.field, "SecretStr");
                }
            }
        }
        Configured {
            renamed,
            replaced,
            params,
        }
    }

    fn globals(&self, flow: &StepFlow) -> Vec<String> {
        let touched = flow.bound.keys().chain(&flow.deletes);
        let mut names: Vec<String> = touched
            .filter(|name| self.flow.state.contains_key(name))
            .map(|&name| self.facts.text(name).to_owned())
            .collect();
        names.sort();
        names.dedup();
        names
    }

    fn level(&self, flow: &StepFlow, inputs: &[NameId], globals: &[String]) -> Level {
        if !globals.is_empty() || flow.reads.iter().any(|name| self.flow.state.contains_key(name)) {
            Level::State
        } else if flow.changed.iter().any(|name| inputs.contains(name)) {
            Level::Mutating
        } else {
            Level::Pure
        }
    }

    /// Whether the notebook showed a figure when the cell ended: by its outputs, or where it never ran, by its calls.
    fn shows_figure_at_end(&self, cell: CellIdx, pieces: &[(usize, &Piece<'_>)]) -> bool {
        let Some(cell) = self.notebook.cell(cell) else {
            return false;
        };
        let here = || pieces.iter().filter(|(_, p)| p.cell == cell.idx);
        let shown_by_call = here().any(|(_, p)| is_show(p.stmt, self.facts));
        let ran = cell.execution_count.is_some() || !cell.outputs.is_empty();
        let image = cell
            .outputs
            .iter()
            .any(|o| o.mime("image/png").or_else(|| o.mime("image/svg+xml")).is_some());
        let plots = here().any(|(_, p)| self.is_plot(p));
        !shown_by_call && if ran { image } else { plots }
    }

    /// Whether the piece draws, or opens a figure, where it stands.
    fn is_plot(&self, piece: &Piece<'_>) -> bool {
        let mut finder = Drawing {
            facts: self.facts,
            found: false,
        };
        finder.visit_stmt(piece.stmt);
        finder.found
    }
}

/// The first comment of a cell, where it reads like a heading: a few words, and no code.
fn said_above(lead: &str) -> Option<&str> {
    let said = lead.trim_start().lines().next()?.trim_start_matches('#').trim();
    let said = said.trim_end_matches(['.', ':', '!']);
    let is_prose = said.chars().all(|c| c.is_alphanumeric() || " ,'-&/".contains(c));
    let words = said.split_whitespace().count();
    let starts = said.chars().next().is_some_and(char::is_alphabetic);
    (is_prose && starts && (2..=9).contains(&words) && !step_name(said).is_empty()).then_some(said)
}

/// Lines of prose that a docstring has at most.
const DOCSTRING: usize = 12;

/// Lines of prose that a comment has at most.
const COMMENT: usize = 4;

/// The prose below the section's heading.
fn docstring(section: &Section, is_kept: impl Fn(CellIdx) -> bool) -> Vec<String> {
    let Some(prose) = section.prose.get(&section.begins) else {
        return Vec::new();
    };
    let width = usize::from(LINE_LENGTH) - "    ".len();
    if is_kept(section.begins) {
        prose.beginning(width, DOCSTRING)
    } else {
        prose.clone().without_lead().beginning(width, DOCSTRING)
    }
}

/// The prose above a cell inside the section.
fn comment_above(section: &Section, cell: CellIdx) -> String {
    let prose = section.prose.get(&cell).filter(|_| cell != section.begins);
    prose.map_or_else(String::new, |prose| {
        comment(&prose.end(usize::from(LINE_LENGTH) - "    # ".len(), COMMENT))
    })
}

/// Headings that stand above this cell inside the section, as comments.
fn headings(section: &Section, cell: CellIdx, shown: &mut usize, body: &mut String) {
    while let Some((_, title)) = section.headings.get(*shown).filter(|(idx, _)| *idx <= cell) {
        body.push_str(&format!("# {title}\n"));
        *shown += 1;
    }
}

struct Drawing<'d> {
    facts: &'d Facts,
    found: bool,
}

impl<'a> Visitor<'a> for Drawing<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if !matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            walk_stmt(self, stmt);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            let imports = &self.facts.imports;
            let opens = dotted(&call.func, imports).is_some_and(|path| {
                ["figure", "subplots"]
                    .map(|f| format!("matplotlib.pyplot.{f}"))
                    .contains(&path)
            });
            self.found |= opens || call_effect(call, imports, &|n| self.facts.is_value(n)) == Effect::Plot;
        }
        walk_expr(self, expr);
    }
}

fn is_show(stmt: &Stmt, facts: &Facts) -> bool {
    let Stmt::Expr(expr) = stmt else {
        return false;
    };
    matches!(expr.value.as_ref(), Expr::Call(call)
        if dotted(&call.func, &facts.imports).as_deref() == Some("matplotlib.pyplot.show"))
}

fn annotation_of(type_: ConfigType) -> &'static str {
    match type_ {
        ConfigType::Int => "int",
        ConfigType::Float => "float",
        ConfigType::Str => "str",
        ConfigType::Bool => "bool",
        ConfigType::Path => "Path",
    }
}
