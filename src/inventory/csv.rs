//! The inventory for spreadsheets.

use std::io::{self, Write};

use super::Row;

const HEADER: [&str; 18] = [
    "path",
    "verdict",
    "risk",
    "touches",
    "language",
    "language_version",
    "kernel",
    "cells",
    "code_cells",
    "executed",
    "errors",
    "warnings",
    "dependencies",
    "reads",
    "writes",
    "owner",
    "bytes",
    "changed",
];

/// Writes a header and a line a notebook. Lists are parted by spaces, paths by `; `.
///
/// # Errors
/// What the writer answers.
pub fn csv(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(HEADER)?;
    for row in rows {
        let touches: Vec<&str> = row.touches.iter().map(|touch| touch.name()).collect();
        let fields = [
            row.path.clone(),
            row.verdict.name().to_owned(),
            row.risk.name().to_owned(),
            touches.join(" "),
            row.language.clone(),
            row.language_version.clone().unwrap_or_default(),
            row.kernel.clone().unwrap_or_default(),
            row.cells.to_string(),
            row.code_cells.to_string(),
            row.executed.to_string(),
            row.errors.to_string(),
            row.warnings.to_string(),
            row.dependencies.join(" "),
            row.reads.join("; "),
            row.writes.join("; "),
            row.owner.clone().unwrap_or_default(),
            row.size.to_string(),
            row.changed.clone().unwrap_or_default(),
        ];
        writer.write_record(fields.iter().map(|field| inert(field)))?;
    }
    writer.flush()
}

/// A spreadsheet runs what starts like a formula; an apostrophe makes it text.
fn inert(field: &str) -> String {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{field}")
    } else {
        field.to_owned()
    }
}
