//! MB201: a name that no cell binds.

use crate::facts::flow::{Absence, misses};
use crate::finding::{Finding, Severity};

use super::missing_name::{self, Missing};
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB201",
    name: "undefined-name",
    summary: "a name that no cell binds is read",
    severity: Severity::Error,
    reads: Reads::Python3,
    page: include_str!("undefined_name.md"),
};

pub(super) struct UndefinedName;

impl Rule for UndefinedName {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for miss in misses(ctx.facts) {
            let name = ctx.facts.text(miss.name);
            let (says, related) = match miss.absence {
                Absence::NeverBound => ("no cell binds it".to_owned(), None),
                Absence::Deleted(by) => (format!("cell {by} deletes it before"), Some((by, "deleted here"))),
                Absence::BoundLater(_) => continue,
            };
            let missing = Missing {
                says,
                related,
                hint: format!("bind `{name}` in a cell above, or bring back the cell that did"),
            };
            out.extend(missing_name::finding(&META, ctx, &miss, missing));
        }
    }
}
