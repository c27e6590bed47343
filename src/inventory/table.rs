//! The inventory for people, in a terminal.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::finding::Severity;
use crate::report::{Style, printable, width};
use crate::text::size;

use super::{Risk, Row};

/// Writes a line a notebook, then what they come to.
///
/// # Errors
/// What the writer answers.
pub fn table(rows: &[Row], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let header = [
        "verdict", "risk", "reaches", "kernel", "owner", "changed", "size", "notebook",
    ]
    .map(str::to_owned);
    let lines: Vec<[String; 8]> = rows.iter().map(cells).collect();
    let mut widths = header.clone().map(|title| title.len());
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(columns(cell));
        }
    }
    writeln!(out, "{}", style.strong(joined(&header, &widths).trim_end()))?;
    for (line, row) in lines.iter().zip(rows) {
        let text = joined(line, &widths);
        let text = text.trim_end();
        match row.risk {
            Risk::High => writeln!(out, "{}", style.severity(Severity::Error, text))?,
            _ => writeln!(out, "{text}")?,
        }
    }
    writeln!(out, "\n{}", summary(rows))
}

fn cells(row: &Row) -> [String; 8] {
    let touches: Vec<&str> = row.touches.iter().map(|touch| touch.name()).collect();
    let shown = |text: &Option<String>| {
        text.as_deref()
            .map_or_else(|| "-".to_owned(), |text| printable(text).into_owned())
    };
    let kernel = match &row.language_version {
        Some(version) => format!("{} {}", row.language, printable(version)),
        None => row.language.clone(),
    };
    [
        row.verdict.name().to_owned(),
        row.risk.name().to_owned(),
        if touches.is_empty() {
            "-".to_owned()
        } else {
            touches.join(" ")
        },
        printable(&kernel).into_owned(),
        shown(&row.owner),
        shown(&row.changed),
        size(row.size),
        // last, where its length moves nothing
        printable(&row.path).into_owned(),
    ]
}

fn joined(cells: &[String; 8], widths: &[usize; 8]) -> String {
    let padded = cells.iter().zip(widths).map(|(cell, width)| {
        let room = width.saturating_sub(columns(cell));
        format!("{cell}{}", " ".repeat(room))
    });
    padded.collect::<Vec<_>>().join("  ")
}

fn columns(text: &str) -> usize {
    text.chars().map(width).sum()
}

/// `508 notebooks: 20 broken, 488 reproducible; risk: 3 high, 505 low`
pub(super) fn summary(rows: &[Row]) -> String {
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut risks: BTreeMap<std::cmp::Reverse<Risk>, usize> = BTreeMap::new();
    for row in rows {
        *verdicts.entry(row.verdict.name()).or_default() += 1;
        *risks.entry(std::cmp::Reverse(row.risk)).or_default() += 1;
    }
    let verdicts: Vec<String> = verdicts.iter().map(|(name, count)| format!("{count} {name}")).collect();
    let risks: Vec<String> = risks
        .iter()
        .map(|(risk, count)| format!("{count} {}", risk.0.name()))
        .collect();
    let notebooks = if rows.len() == 1 { "notebook" } else { "notebooks" };
    if rows.is_empty() {
        return "0 notebooks".to_owned();
    }
    format!(
        "{} {notebooks}: {}; risk: {}",
        rows.len(),
        verdicts.join(", "),
        risks.join(", ")
    )
}
