//! The inventory as one page that needs nothing else. The template escapes all that a notebook says.

use std::io::{self, Write};

use minijinja::{Environment, Value, context};

use crate::report::size;

use super::Row;
use super::table::summary;

/// Writes the page.
///
/// # Errors
/// What the writer answers, and (a fault of ours) a template that does not fit its values.
pub fn html(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let mut environment = Environment::new();
    let page = environment
        .add_template("inventory.html", include_str!("../../templates/report/inventory.html"))
        .and_then(|()| {
            environment.get_template("inventory.html")?.render(context! {
                summary => summary(rows),
                rows => rows.iter().map(row).collect::<Vec<_>>(),
            })
        });
    out.write_all(page.map_err(io::Error::other)?.as_bytes())
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
