//! A difference for people, plain or coloured.

use std::io::{self, Write};

use crate::notebook::{CellIdx, CellKind};
use crate::report::{Style, printable};

use super::metadata::KeyChange;
use super::outputs::OutputChange;
use super::source::{Hunk, Line, Side};
use super::{CellDiff, Fate, NotebookDiff};

/// Writes what differs; nothing where nothing does.
///
/// # Errors
/// What the writer answers.
pub fn plain(names: (&str, &str), diff: &NotebookDiff, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if diff.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", style.strong(&format!("--- {}", printable(names.0))))?;
    writeln!(out, "{}", style.strong(&format!("+++ {}", printable(names.1))))?;
    for change in &diff.metadata {
        write_key("notebook metadata", change, out)?;
    }
    let mut counts_only = 0;
    for cell in &diff.cells {
        if cell.matters() {
            write_cell(cell, style, out)?;
        } else {
            counts_only += 1;
        }
    }
    let mut rest = Vec::new();
    if diff.unchanged > 0 {
        rest.push(format!("{} unchanged", cells(diff.unchanged)));
    }
    if counts_only > 0 {
        rest.push(format!(
            "{} with another execution count or editors' metadata only",
            cells(counts_only)
        ));
    }
    if diff.noise > 0 {
        rest.push("editors' metadata of the notebook differs".to_owned());
    }
    if rest.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", style.faint(&rest.join("; ")))
}

fn cells(count: usize) -> String {
    if count == 1 {
        "1 cell".to_owned()
    } else {
        format!("{count} cells")
    }
}

fn write_cell(cell: &CellDiff, style: Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{}", style.strong(&title(cell)))?;
    write_hunks(&cell.source, style, "  ", out)?;
    for output in &cell.outputs {
        write_output(output, style, out)?;
    }
    for change in &cell.metadata {
        write_key("  metadata", change, out)?;
    }
    Ok(())
}

/// `cell 5 moved from 2 and changed (code, In [3] → In [7])`
pub(super) fn title(cell: &CellDiff) -> String {
    let number = |idx: Option<CellIdx>| idx.map_or_else(String::new, |idx| idx.to_string());
    let differs = !cell.source.is_empty() || !cell.outputs.is_empty() || !cell.metadata.is_empty();
    let what = match cell.fate {
        Fate::Added => format!("cell {} added", number(cell.new)),
        Fate::Removed => format!("old cell {} removed", number(cell.old)),
        Fate::Kept => {
            let was = number(cell.old);
            let moved = match (cell.moved, cell.old == cell.new) {
                (true, _) => format!(" moved from {was}{}", if differs { " and" } else { "" }),
                (false, false) => format!(" (was {was})"),
                (false, true) => String::new(),
            };
            let changed = if differs || cell.old_kind.is_some() {
                " changed"
            } else {
                ""
            };
            format!("cell {}{moved}{changed}", number(cell.new))
        }
    };
    let kind = match cell.old_kind {
        Some(old) => format!("{} → {}", kind(old), kind(cell.kind)),
        None => kind(cell.kind).to_owned(),
    };
    let counts = cell.counts.map_or_else(String::new, |(old, new)| {
        let count = |count: Option<i64>| count.map_or_else(|| " ".to_owned(), |count| count.to_string());
        format!(", In [{}] → In [{}]", count(old), count(new))
    });
    format!("{what} ({kind}{counts})")
}

fn kind(kind: CellKind) -> &'static str {
    match kind {
        CellKind::Code => "code",
        CellKind::Markdown => "Markdown",
        CellKind::Raw => "raw",
        CellKind::Heading(_) => "heading",
        CellKind::Unknown => "of unknown type",
    }
}

fn write_hunks(hunks: &[Hunk], style: Style, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    for (i, hunk) in hunks.iter().enumerate() {
        if i > 0 {
            writeln!(out, "{indent}{}", style.faint("…"))?;
        }
        for line in &hunk.lines {
            writeln!(out, "{indent}{}", painted(line, style))?;
        }
    }
    Ok(())
}

/// Colour says which words differ; without it a line has its sign only.
fn painted(line: &Line, style: Style) -> String {
    let (sign, paint): (_, fn(Style, bool, &str) -> String) = match line.side {
        Side::Both => ("  ", |_, _, text| text.to_owned()),
        Side::Old => ("- ", Style::removed),
        Side::New => ("+ ", Style::added),
    };
    let parts = line.parts.iter();
    let parts = parts.map(|(differs, text)| paint(style, *differs, &printable(text)));
    let text: String = std::iter::once(paint(style, false, sign)).chain(parts).collect();
    text.trim_end().to_owned()
}

fn write_output(output: &OutputChange, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let number = output.new.or(output.old).unwrap_or_default();
    let summary = printable(&output.summary);
    match output.fate {
        Fate::Added => writeln!(
            out,
            "  {}",
            style.added(false, &format!("+ output {number}: {summary}"))
        )?,
        Fate::Removed => writeln!(
            out,
            "  {}",
            style.removed(false, &format!("- output {number}: {summary}"))
        )?,
        Fate::Kept => writeln!(out, "  ~ output {number}: {summary}")?,
    }
    write_hunks(&output.text, style, "    ", out)
}

fn write_key(of: &str, change: &KeyChange, out: &mut dyn Write) -> io::Result<()> {
    let value = |value: &Option<String>| value.as_deref().map_or("none", |text| text).to_owned();
    let (old, new) = (value(&change.old), value(&change.new));
    writeln!(
        out,
        "{of} {}: {} → {}",
        printable(&change.key),
        printable(&old),
        printable(&new)
    )
}
