//! MB206: a star import whose names can't be known.

use crate::finding::{Finding, Severity};
use crate::python::span;

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB206",
    name: "star-import",
    summary: "a star import binds names that can't be known",
    severity: Severity::Note,
    reads: Reads::Python,
    page: include_str!("star_import.md"),
};

pub(super) struct StarImport;

impl Rule for StarImport {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for (idx, statement) in ctx.facts.statements() {
            let mut unseen = statement.unwritten.unseen.iter().map(|unseen| unseen.what.as_str());
            let Some(star) = unseen.find(|what| what.starts_with("from ")) else {
                continue;
            };
            let Some(code) = ctx.code(idx) else { continue };
            let star = ctx.quote(star);
            let message =
                format!("`{star}` binds names that the notebook doesn't show; a missing name below can't be told");
            let mut finding = META.finding(ctx.in_code(code, span(statement.range)), message);
            finding.subject = Some(star);
            finding.hint = Some("import the names that are used".to_owned());
            out.push(finding);
        }
    }
}
