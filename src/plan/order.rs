//! Where the notebook ran in another order than its page. The page is the program unless somebody says otherwise: then the
//! cells are put into the order in which they ran before anything is planned, and keep their numbers on the page.

use crate::facts::history::{Gift, History, Other};
use crate::facts::{Execution, Facts};
use crate::notebook::{Cell, CellIdx, Notebook};
use crate::python::CellCode;
use crate::text::{EditSet, Span};

use super::build::{Builder, Options};
use super::model::{Note, NotebookRef, Plan};

impl NotebookRef {
    /// The cell of the page that the planner knows by this number.
    pub fn page(&self, cell: CellIdx) -> CellIdx {
        self.order.get(cell.0).copied().unwrap_or(cell)
    }
}

/// The cells in the order in which they ran: empty where that is the page's, nothing where it can't be told.
///
/// What stands above a cell goes with it, and so do the cells below it that did not run.
pub fn recorded_order(notebook: &Notebook<'_>) -> Option<Vec<CellIdx>> {
    let execution = Execution::of(notebook);
    let ran = execution.order.filter(|_| execution.restarts.is_empty())?;
    let mut head: Vec<CellIdx> = Vec::new();
    let mut blocks: Vec<(usize, Vec<CellIdx>)> = Vec::new();
    let mut above: Vec<CellIdx> = Vec::new();
    for cell in &notebook.cells {
        above.push(cell.idx);
        if !cell.is_code() {
            continue;
        }
        let place = ran.iter().position(|&idx| idx == cell.idx);
        match (place, blocks.last_mut()) {
            (Some(place), _) => blocks.push((place, std::mem::take(&mut above))),
            (None, Some((_, block))) => block.append(&mut above),
            (None, None) => head.append(&mut above),
        }
    }
    blocks.sort_by_key(|(place, _)| *place);
    head.extend(blocks.into_iter().flat_map(|(_, block)| block));
    head.append(&mut above);
    Some(if head.is_sorted() { Vec::new() } else { head })
}

/// The text of a notebook with its cells in this order.
pub fn rearranged(notebook: &Notebook<'_>, order: &[CellIdx]) -> String {
    let mut edits = EditSet::new();
    for (place, cell) in notebook.cells.iter().zip(order) {
        if let Some(cell) = notebook.cell(*cell) {
            // cells stand apart
            let _ = edits.push(place.span, cell.span.slice(notebook.text));
        }
    }
    edits.apply_within(notebook.text, Span::new(0, notebook.text.len()))
}

/// What the recorded order gives that the page does not, a clause each, with cells counted from 1 as people count them.
pub fn differences(notebook: &Notebook<'_>, cells: &[CellCode], facts: &Facts) -> Vec<String> {
    if recorded_order(notebook).is_none_or(|order| order.is_empty()) {
        return Vec::new();
    }
    let history = History::replay(facts, Execution::of(notebook));
    let above = |consumer, name| {
        let mut links = history.top.iter();
        links.any(|link| link.consumer == consumer && link.need.name == name)
    };
    let from_below = history.recorded.iter().filter(|link| {
        link.gift != Gift::Change
            && link.consumer < link.producer
            && link.need.firm
            && !above(link.consumer, link.need.name)
    });
    let mut out: Vec<(CellIdx, String)> = Vec::new();
    for other in history.others(facts, cells) {
        let name = facts.text(other.gives.need.name);
        let (reader, used, given) = (other.consumer, other.used.producer, other.gives.producer);
        out.push((
            reader,
            format!("cell {reader} took `{name}` from cell {used}, and on the page takes it from cell {given}"),
        ));
    }
    for link in from_below {
        let (reader, used, name) = (link.consumer, link.producer, facts.text(link.need.name));
        out.push((
            reader,
            format!("cell {reader} took `{name}` from cell {used}, and on the page finds none"),
        ));
    }
    out.sort();
    out.dedup();
    out.into_iter().map(|(_, clause)| clause).collect()
}

impl Builder<'_> {
    /// A note for each value that another cell gave when the notebook ran.
    pub(super) fn order_notes(&self) -> Vec<Note> {
        let history = History::replay(self.facts, Execution::of(self.notebook));
        let note = |other: Other<'_>| {
            let name = self.facts.text(other.gives.need.name);
            let (reader, used, given) = (other.consumer.0, other.used.producer.0, other.gives.producer.0);
            Note {
                cell: other.consumer,
                text: format!(
                    "when the notebook ran, cell {reader} took `{name}` from cell {used}; from the top, as the package \
                     runs, it takes it from cell {given}"
                ),
            }
        };
        history.others(self.facts, self.cells).into_iter().map(note).collect()
    }
}

/// Gives each cell that the plan names its number on the page.
pub(super) fn renumber(plan: &mut Plan, notebook: &Notebook<'_>, options: &Options) {
    let page = |cell: CellIdx| options.notebook.page(cell);
    let test = |name: &mut String, cell: CellIdx| {
        let old = format!("test_cell_{}_", cell.0);
        if let Some(rest) = name.strip_prefix(&old) {
            *name = format!("test_cell_{}_{rest}", page(cell).0);
        }
    };
    plan.config.iter_mut().for_each(|field| field.cell = page(field.cell));
    plan.secrets
        .iter_mut()
        .for_each(|secret| secret.cell = page(secret.cell));
    plan.dropped
        .iter_mut()
        .for_each(|dropped| dropped.cell = page(dropped.cell));
    plan.notes.iter_mut().for_each(|note| note.cell = page(note.cell));
    for recorded in &mut plan.tests.recorded {
        test(&mut recorded.test, recorded.cell);
        recorded.cell = page(recorded.cell);
    }
    for printed in &mut plan.tests.printed {
        test(&mut printed.test, printed.cell);
        printed.cell = page(printed.cell);
    }
    let modules = [&mut plan.functions, &mut plan.steps_module, &mut plan.tests.own];
    let items = modules.into_iter().flat_map(|module| &mut module.items);
    let mut origins = Vec::new();
    for item in items {
        item.cell = page(item.cell);
        origins.extend(item.origins.iter_mut().flatten());
    }
    for step in &mut plan.steps {
        let all = step.cells.0.0..=step.cells.1.0;
        let code = all
            .map(CellIdx)
            .filter(|&cell| notebook.cell(cell).is_some_and(Cell::is_code));
        step.ran = code.map(page).collect();
        step.cells = (page(step.cells.0), page(step.cells.1));
        step.after_cell = page(step.after_cell);
        origins.extend(step.origins.iter_mut().flatten());
    }
    origins.into_iter().for_each(|origin| origin.cell = page(origin.cell));
}
