//! MB301: a credential in a cell's output.

use crate::finding::{Finding, PlaceKind, Severity};

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB301",
    name: "secret-in-output",
    summary: "a credential stands in an output",
    severity: Severity::Error,
    reads: Reads::Anything,
    page: include_str!("secret_in_output.md"),
};

pub(super) struct SecretInOutput;

impl Rule for SecretInOutput {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        out.extend(ctx.secrets_at(&META, PlaceKind::Output, "shown by this output", HINT));
    }
}

const HINT: &str = "revoke it, then clear the output; whoever has the file has the key";
