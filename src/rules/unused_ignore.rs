//! MB001: an ignore that suppresses nothing.

use crate::finding::{Finding, Severity};

use super::{Context, Meta, Reads, Rule};

pub(crate) static META: Meta = Meta {
    code: "MB001",
    name: "unused-ignore",
    summary: "an ignore comment or tag suppresses nothing",
    severity: Severity::Warning,
    reads: Reads::Anything,
    page: include_str!("unused_ignore.md"),
};

/// Stands in the list for its page and its name. What it reports is known only once all the others have
/// spoken, so `suppress` makes its findings.
pub(super) struct UnusedIgnore;

impl Rule for UnusedIgnore {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, _: &Context<'_>, _: &mut Vec<Finding>) {}
}
