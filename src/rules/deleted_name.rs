//! MB203: a name that a cell above has deleted.

use crate::facts::flow::Absence;
use crate::facts::{BindKind, NameId};
use crate::finding::{Finding, Severity};
use crate::notebook::CellIdx;

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
            let missing = if only_in_handler(ctx, by, miss.name) {
                Missing {
                    says: format!("the `except … as {name}` of cell {by} binds it only inside its block"),
                    related: (by != miss.cell).then_some((by, "bound and taken away here")),
                    hint: format!("bind another name to `{name}` inside the block"),
                }
            } else {
                Missing {
                    says: format!("cell {by} deletes it before"),
                    related: (by != miss.cell).then_some((by, "deleted here")),
                    hint: format!("delete `{name}` after its last use, or not at all"),
                }
            };
            out.extend(missing_name::finding(&META, ctx, miss, missing));
        }
    }
}

/// Whether all that the cell does to the name is `except … as name`, which Python takes away at the block's end.
fn only_in_handler(ctx: &Context<'_>, cell: CellIdx, name: NameId) -> bool {
    let statements = ctx
        .facts
        .cell(cell)
        .map(|cell| cell.statements.as_slice())
        .unwrap_or_default();
    let mut binds = statements
        .iter()
        .flat_map(|statement| &statement.binds)
        .filter(|bind| bind.name == name)
        .peekable();
    binds.peek().is_some() && binds.all(|bind| bind.kind == BindKind::Except)
}
