//! The inventory as one page that needs nothing else. The template escapes all that a notebook says.

use std::io::{self, Write};

use minijinja::{Value, context};

use crate::report;
use crate::text::size;

use super::Row;
use super::table::summary;

/// Writes the page.
///
/// # Errors
/// What the writer answers, and (a fault of ours) a template that does not fit its values.
pub fn html(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let values = context! {
        summary => summary(rows),
        rows => rows.iter().map(row).collect::<Vec<_>>(),
    };
    report::html(include_str!("../../templates/report/inventory.html"), values, out)
}

fn row(row: &Row) -> Value {
    context! {
        path => row.path.as_str(),
        verdict => row.verdict.name(),
        risk => row.risk.name(),
        touches => row.touches.iter().map(|touch| touch.name()).collect::<Vec<_>>(),
        language => row.language.as_str(),
        version => row.language_version.as_deref(),
        kernel => row.kernel.as_deref(),
        errors => row.errors,
        warnings => row.warnings,
        dependencies => row.dependencies.clone(),
        reads => row.reads.clone(),
        writes => row.writes.clone(),
        owner => row.owner.as_deref(),
        size => size(row.size),
        changed => row.changed.as_deref(),
    }
}
