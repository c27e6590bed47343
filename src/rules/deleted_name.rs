//! MB203: a name that a cell above has deleted.

use crate::facts::flow::Absence;
use crate::finding::{Finding, Severity};

use super::missing_name::{self, Missing};
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB203",
    name: "deleted-name",
    summary: "a name is read after it was deleted",
    severity: Severity::Error,
    reads: Reads::Python,
    page: include_str!("deleted_name.md"),
};

pub(super) struct DeletedName;

impl Rule for DeletedName {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for miss in missing_name::misses(ctx) {
            let Absence::Deleted(by) = miss.absence else {
                continue;
            };
            let name = ctx.facts.text(miss.name);
            let missing = Missing {
                says: format!("cell {by} deletes it before"),
                related: (by != miss.cell).then_some((by, "deleted here")),
                hint: format!("delete `{name}` after its last use, or not at all"),
            };
            out.extend(missing_name::finding(&META, ctx, miss, missing));
        }
    }
}
