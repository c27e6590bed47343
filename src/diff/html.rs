//! A difference as one page that needs nothing else. The template escapes all that a notebook says.

use std::io::{self, Write};

use minijinja::{Value, context};

use crate::report;

use super::metadata::KeyChange;
use super::outputs::OutputChange;
use super::plain::title;
use super::source::{Hunk, Side};
use super::{CellDiff, Fate, NotebookDiff};

/// Writes the page.
///
/// # Errors
/// What the writer answers, and (a fault of ours) a template that does not fit its values.
pub fn html(names: (&str, &str), diff: &NotebookDiff, out: &mut dyn Write) -> io::Result<()> {
    let shown = diff.cells.iter().filter(|cell| cell.matters());
    let cells: Vec<Value> = shown.map(cell).collect();
    let values = context! {
        old => names.0,
        new => names.1,
        unchanged => diff.unchanged,
        folded => diff.cells.len() - cells.len(),
        cells,
        metadata => diff.metadata.iter().map(key).collect::<Vec<_>>(),
    };
    report::html(include_str!("../../templates/report/diff.html"), values, out)
}

fn cell(cell: &CellDiff) -> Value {
    context! {
        title => title(cell),
        source => cell.source.iter().map(hunk).collect::<Vec<_>>(),
        outputs => cell.outputs.iter().map(output).collect::<Vec<_>>(),
        metadata => cell.metadata.iter().map(key).collect::<Vec<_>>(),
    }
}

fn hunk(hunk: &Hunk) -> Value {
    let lines = hunk.lines.iter().map(|line| {
        let (side, sign) = match line.side {
            Side::Both => ("both", " "),
            Side::Old => ("old", "-"),
            Side::New => ("new", "+"),
        };
        let parts = line.parts.iter();
        let parts: Vec<Value> = parts.map(|(differs, text)| context! { differs, text }).collect();
        context! { side, sign, parts }
    });
    context! { lines => lines.collect::<Vec<_>>() }
}

fn output(output: &OutputChange) -> Value {
    context! {
        sign => match output.fate {
            Fate::Added => "+",
            Fate::Removed => "-",
            Fate::Kept => "~",
        },
        number => output.new.or(output.old),
        summary => output.summary.as_str(),
        text => output.text.iter().map(hunk).collect::<Vec<_>>(),
    }
}

fn key(change: &KeyChange) -> Value {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    context! { key => change.key.as_str(), old => value(&change.old), new => value(&change.new) }
}
