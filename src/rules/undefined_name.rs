//! MB201: a name that no cell binds.

use crate::facts::flow::Absence;
use crate::finding::{Finding, Severity};

use super::missing_name::{self, Missing};
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB201",
    name: "undefined-name",
    summary: "a name that no cell binds is read",
    severity: Severity::Error,
    reads: Reads::Python,
    page: include_str!("undefined_name.md"),
};

pub(super) struct UndefinedName;

impl Rule for UndefinedName {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for miss in missing_name::misses(ctx) {
            let name = ctx.facts.text(miss.name);
            if miss.absence != Absence::NeverBound {
                continue;
            }
            let says = if miss.by_call {
                "only a function binds it, through `global`, which no cell above is seen to call"
            } else {
                "no cell binds it"
            };
            let missing = Missing {
                says: says.to_owned(),
                related: None,
                hint: format!("bind `{name}` in a cell above, or bring back the cell that did"),
            };
            out.extend(missing_name::finding(&META, ctx, miss, missing));
        }
    }
}
