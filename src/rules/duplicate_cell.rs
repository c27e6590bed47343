//! MB704: the same code in two cells.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::finding::{Finding, Related, Severity};
use crate::notebook::Cell;

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB704",
    name: "duplicate-cell",
    summary: "the same code stands in two cells",
    severity: Severity::Note,
    reads: Reads::Anything,
    page: include_str!("duplicate_cell.md"),
};

/// Lines and characters of code below which repeating it is no copy: `df.head()`, `plt.show()`.
const LINES: usize = 3;
const CHARACTERS: usize = 80;

pub(super) struct DuplicateCell;

impl Rule for DuplicateCell {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        let mut first: HashMap<String, &Cell, FxBuildHasher> = HashMap::default();
        for cell in ctx.notebook.code_cells() {
            let Some(code) = worth_saying_once(&cell.source.text) else {
                continue;
            };
            let Some(original) = first.get(&code) else {
                first.insert(code, cell);
                continue;
            };
            let message = format!("cell {} holds the code of cell {} again", cell.idx, original.idx);
            let mut finding = META.finding(ctx.of_cell(cell), message);
            finding.related.push(Related {
                message: "it stands here first".to_owned(),
                place: ctx.of_cell(original),
            });
            finding.hint = Some("make it a function and call it, or delete one of the two".to_owned());
            out.push(finding);
        }
    }
}

/// The code without comment lines, empty lines and white space at the ends of lines; nothing where it is short.
fn worth_saying_once(source: &str) -> Option<String> {
    let lines = source.lines().map(str::trim_end);
    let code: Vec<&str> = lines
        .filter(|line| !line.is_empty() && !line.trim_start().starts_with('#'))
        .collect();
    let text = code.join("\n");
    (code.len() >= LINES && text.len() >= CHARACTERS).then_some(text)
}
