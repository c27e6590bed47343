//! MB202: a name that only a cell further down binds.

use crate::facts::flow::Absence;
use crate::finding::{Finding, Severity};

use super::missing_name::{self, Missing};
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB202",
    name: "used-before-definition",
    summary: "a name is read above the only cell that binds it",
    severity: Severity::Error,
    reads: Reads::Python,
    page: include_str!("used_before_definition.md"),
};

pub(super) struct UsedBeforeDefinition;

impl Rule for UsedBeforeDefinition {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for miss in missing_name::misses(ctx) {
            let Absence::BoundLater(later) = miss.absence else {
                continue;
            };
            let name = ctx.facts.text(miss.name);
            let below = if later == miss.cell {
                "below in the same cell".to_owned()
            } else {
                format!("by cell {later}")
            };
            let missing = Missing {
                says: format!("it is bound only {below}"),
                related: Some((later, "bound here")),
                hint: format!("move the cell that binds `{name}` above the one that reads it, and run all cells again"),
            };
            out.extend(missing_name::finding(&META, ctx, miss, missing));
        }
    }
}
