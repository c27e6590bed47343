//! What is not in the package, and what is left to a person.

use crate::facts::StmtKind;
use crate::facts::flow::{Absence, Doubt, misses};
use crate::notebook::{CellIdx, Language};
use crate::python::{Body, MagicKind};

use super::build::{Builder, Refusal};
use super::fate::ForeignCell;
use super::model::{Dropped, Note, Plan};
use super::origins::{lines_of, timed_line};
use super::pieces::{Fate, Piece};

impl Builder<'_> {
    pub(super) fn dropped(&self, unused: &[(&Piece<'_>, String)]) -> Vec<Dropped> {
        let mut out = Vec::new();
        for piece in self.pieces {
            let reason = match &piece.fate {
                Fate::Dropped(reason) => reason.clone(),
                Fate::Left(reason) => format!("stays in the notebook: {reason}"),
                Fate::Given if piece.facts.kind == StmtKind::Import => {
                    "only the notebook's platform has this module: what is used of it is handed to `run`".to_owned()
                }
                Fate::Given => "opens the platform's store of secrets: they come from the environment".to_owned(),
                Fate::Import => match unused.iter().find(|(p, _)| std::ptr::eq(*p, piece)) {
                    Some((_, names)) => format!("imported and not used: {names}"),
                    None => continue,
                },
                _ => continue,
            };
            let is_import = matches!(piece.fate, Fate::Given | Fate::Import);
            let names = piece.facts.binds.iter().map(|b| self.facts.text(b.name).to_owned());
            out.push(Dropped {
                cell: piece.cell,
                lines: lines_of(self.notebook, piece),
                reason,
                names: if is_import { Vec::new() } else { names.collect() },
                excerpt: excerpt(piece.text()),
            });
        }
        for (idx, fate) in self.foreign {
            let reason = match fate {
                ForeignCell::Shows(reason) => reason.clone(),
                ForeignCell::Left(reason) => format!("stays in the notebook: {reason}"),
            };
            let Some(cell) = self.notebook.cell(*idx) else { continue };
            let names = self
                .facts
                .cell(*idx)
                .map(|c| c.guessed.iter().map(|&n| self.facts.text(n).to_owned()).collect());
            out.push(Dropped {
                cell: *idx,
                lines: (1, cell.source.text.lines().count().max(1)),
                reason,
                names: names.unwrap_or_default(),
                excerpt: excerpt(&cell.source.text),
            });
        }
        for code in self.cells.iter().filter(|c| matches!(c.body, Body::Python(_))) {
            for magic in code
                .magics
                .iter()
                .filter(|m| m.effect == crate::python::Effect::RunsBody)
            {
                let lines = crate::text::LineIndex::new(
                    &self
                        .notebook
                        .cell(code.idx)
                        .map(|c| c.source.text.clone())
                        .unwrap_or_default(),
                );
                let line = lines.line(magic.source.start) + 1;
                let here = self
                    .pieces
                    .iter()
                    .filter(|piece| piece.cell == code.idx && piece.is_kept());
                let is_logged = |line| here.clone().any(|piece| timed_line(self.notebook, piece) == Some(line));
                out.push(Dropped {
                    cell: code.idx,
                    lines: (line, line),
                    reason: if magic.name == "time"
                        && self.times()
                        && (magic.kind == MagicKind::Cell || is_logged(line))
                    {
                        "the duration is logged".to_owned()
                    } else {
                        format!("%{} only measures or hides what runs under it", magic.name)
                    },
                    names: Vec::new(),
                    excerpt: format!("%{}", magic.name),
                });
            }
        }
        out.sort_by_key(|d| (d.cell, d.lines));
        out
    }

    pub(super) fn left_cells(&self) -> Vec<Refusal> {
        let mut out: Vec<Refusal> = Vec::new();
        let mut add = |cell: CellIdx, reason: &str| {
            let cell = self.options.notebook.page(cell);
            let message = format!("cell {cell} stays in the notebook: {reason}");
            if !out.iter().any(|r| r.message == message) {
                out.push(Refusal {
                    cell: Some(cell),
                    message,
                    hint: "rewrite it as plain Python, or keep the thin notebook for it".to_owned(),
                });
            }
        };
        for piece in self.pieces {
            if let Fate::Left(reason) = &piece.fate {
                add(piece.cell, reason);
            }
        }
        for (cell, fate) in self.foreign {
            if let ForeignCell::Left(reason) = fate {
                add(*cell, reason);
            }
        }
        out.sort_by_key(|r| r.cell);
        out
    }

    pub(super) fn notes(&self) -> Vec<Note> {
        let mut out = Vec::new();
        if self.notebook.language == Language::Python2 {
            out.push(Note {
                cell: CellIdx(0),
                text: "the notebook was last run by Python 2: its code is Python 3 too, but `/` between whole numbers \
                       and the order of dictionaries are not the same; its outputs are not used as tests"
                    .to_owned(),
            });
        }
        for miss in misses(self.notebook, self.facts)
            .into_iter()
            .filter(|miss| miss.doubt == Doubt::Certain)
        {
            let name = self.facts.text(miss.name);
            let page = |cell: CellIdx| self.options.notebook.page(cell);
            let why = match miss.absence {
                Absence::NeverBound => "no cell binds it".to_owned(),
                Absence::BoundLater(cell) => format!("only cell {} binds it", page(cell).0),
                Absence::Deleted(cell) => format!("cell {} deletes it before", page(cell).0),
            };
            out.push(Note {
                cell: miss.cell,
                text: format!(
                    "it reads `{name}`, and {why}: a run from the top stops here, in the notebook and in the package"
                ),
            });
        }
        out.extend(self.order_notes());
        let first = self.pieces.iter().find(|piece| piece.is_kept());
        let mut kept = self.pieces.iter().filter(|piece| piece.is_taken());
        if let Some(first) = first.filter(|_| kept.all(|piece| piece.facts.kind == StmtKind::Import)) {
            out.push(Note {
                cell: first.cell,
                text: "the notebook imports and computes nothing; what its outputs show came from code that is gone"
                    .to_owned(),
            });
        }
        for code in self.cells {
            let asks = self.notebook.cell(code.idx).is_some_and(|cell| {
                let source = &cell.source.text;
                source.contains("get_ipython") && *source != code.text
            });
            if asks
                && self
                    .pieces
                    .iter()
                    .any(|piece| piece.cell == code.idx && piece.is_taken())
            {
                out.push(Note {
                    cell: code.idx,
                    text: "it asks for the notebook's kernel: the package has the answer that a notebook gets"
                        .to_owned(),
                });
            }
        }
        for (cell, file) in &self.options.taken_in {
            out.push(Note {
                cell: *cell,
                text: format!(
                    "the code of {file} stands where the notebook runs it: when that changes, graduate again"
                ),
            });
        }
        for file in self.files {
            out.push(Note {
                cell: CellIdx(0),
                text: format!(
                    "{}.py was taken along as it is: nobody has typed or linted it",
                    file.name
                ),
            });
        }
        for piece in self.pieces.iter().filter(|p| p.is_kept()) {
            if piece.text().contains("input(") {
                out.push(Note {
                    cell: piece.cell,
                    text: "it asks a person with input(): make it an option".to_owned(),
                });
            }
        }
        out
    }

    pub(super) fn state_notes(&self, plan: &Plan) -> Vec<Note> {
        plan.steps
            .iter()
            .filter(|s| s.level == super::model::Level::State)
            .map(|s| Note {
                cell: s.cells.0,
                text: format!("{} shares names through its module: see what shares state", s.function),
            })
            .collect()
    }
}

fn excerpt(text: &str) -> String {
    let line = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default().trim();
    let short: String = line.chars().take(60).collect();
    if short.len() < line.len() {
        format!("{short}…")
    } else {
        short
    }
}
