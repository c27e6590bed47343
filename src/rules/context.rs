//! What a rule is given, and the ways to name a place in it.

use crate::facts::Facts;
use crate::facts::flow::Miss;
use crate::facts::history::History;
use crate::finding::{Finding, Fix, Located, Place, PlaceKind};
use crate::notebook::{Cell, CellIdx, Notebook};
use crate::project::Project;
use crate::python::CellCode;
use crate::secrets::Secrets;
use crate::text::{Edit, Span};

use super::Meta;

/// Characters of the notebook's own text that a message quotes.
const QUOTE: usize = 100;

/// One notebook, all that is known of it, and of the world around it what whoever calls has found out.
pub struct Context<'c> {
    /// The name that the report gives the notebook: its path.
    pub path: &'c str,
    pub notebook: &'c Notebook<'c>,
    /// The code cells; empty for a notebook that isn't Python.
    pub cells: &'c [CellCode],
    pub facts: &'c Facts,
    /// The reads that find no name in a run from the top.
    pub misses: &'c [Miss],
    /// The run from the top beside the recorded one.
    pub history: &'c History,
    pub secrets: &'c Secrets,
    /// What the files around the notebook declare, where there are any.
    pub project: Option<&'c Project>,
    /// Bytes past which an output is large.
    pub large_output: u64,
}

impl Context<'_> {
    /// A place in a cell's decoded source.
    pub fn in_source(&self, cell: &Cell, span: Span) -> Place {
        let text = Located::new(&cell.source.text, &cell.source.map);
        text.place(PlaceKind::Source, Some(cell.idx), None, span, &self.secrets.masker)
    }

    /// A place in a code cell's text as Python sees it.
    pub fn in_code(&self, code: &CellCode, span: Span) -> Place {
        match self.notebook.cell(code.idx) {
            Some(cell) => self.in_source(cell, code.to_source.original(span)),
            None => Place::file(code.to_file.original(span)),
        }
    }

    /// A cell as a whole: its first line that isn't empty.
    pub fn of_cell(&self, cell: &Cell) -> Place {
        let source = &cell.source.text;
        let start = source.len() - source.trim_start().len();
        let line = source
            .get(start..)
            .and_then(|rest| rest.lines().next())
            .unwrap_or_default();
        if line.is_empty() {
            let mut place = Place::file(cell.span);
            place.kind = PlaceKind::Source;
            place.cell = Some(cell.idx);
            return place;
        }
        self.in_source(cell, Span::new(start, start + line.trim_end().len()))
    }

    /// An output as a whole. `index` counts from 0.
    pub fn of_output(&self, cell: &Cell, index: usize) -> Place {
        let span = cell.outputs.get(index).map_or(cell.span, |output| output.span);
        let mut place = Place::file(span);
        place.kind = PlaceKind::Output;
        place.cell = Some(cell.idx);
        place.output = Some(index);
        place
    }

    /// The fix that empties the lists of outputs of these cells. Their counts stay: they tell how the cells ran.
    pub(super) fn clear_outputs(&self, cells: &[&Cell]) -> Option<Fix> {
        let lists = cells.iter().filter(|cell| !cell.outputs.is_empty());
        let edits: Vec<Edit> = lists
            .filter_map(|cell| {
                Some(Edit {
                    span: self.notebook.json.span(cell.outputs_node?),
                    replacement: "[]".to_owned(),
                })
            })
            .collect();
        let what = match cells {
            [cell] => format!("the outputs of cell {}", cell.idx),
            _ => format!("the outputs of {} cells", edits.len()),
        };
        (!edits.is_empty()).then(|| Fix {
            safe: true,
            description: format!("clear {what}"),
            edits,
        })
    }

    /// The parsed cell.
    pub fn code(&self, idx: CellIdx) -> Option<&CellCode> {
        self.cells.iter().find(|code| code.idx == idx)
    }

    /// `cell 7 (In [3])`, or `cell 7` where it has no count.
    pub fn name_cell(&self, idx: CellIdx) -> String {
        match self.notebook.cell(idx).and_then(|cell| cell.execution_count) {
            Some(count) => format!("cell {idx} (In [{count}])"),
            None => format!("cell {idx}"),
        }
    }

    /// A finding of `meta` for each credential that lies in one part of the notebook.
    pub(super) fn secrets_at(
        &self,
        meta: &'static Meta,
        kind: PlaceKind,
        stands: &'static str,
        hint: &'static str,
    ) -> impl Iterator<Item = Finding> {
        let here = self
            .secrets
            .found
            .iter()
            .filter(move |secret| secret.place.kind == kind);
        here.map(move |secret| {
            let mut finding = meta.finding(secret.place.clone(), secret.message(stands));
            finding.confidence = secret.confidence;
            finding.subject = Some(secret.detector.to_owned());
            finding.hint = Some(hint.to_owned());
            finding
        })
    }

    /// The notebook's own text for a message: secrets masked, on one line, and cut where it is long.
    pub fn quote(&self, text: &str) -> String {
        let masked = self.secrets.masker.conceal(text);
        let line = masked.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(QUOTE) {
            Some((cut, _)) => format!("{}…", line.get(..cut).unwrap_or_default()),
            None => line,
        }
    }
}
