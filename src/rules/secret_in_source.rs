//! MB302: a credential in a cell's source.

use crate::finding::{Finding, PlaceKind, Severity};

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB302",
    name: "secret-in-source",
    summary: "a credential stands in the source of a cell",
    severity: Severity::Error,
    reads: Reads::Anything,
    page: include_str!("secret_in_source.md"),
};

pub(super) struct SecretInSource;

impl Rule for SecretInSource {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        out.extend(ctx.secrets_at(&META, PlaceKind::Source, "written into this cell", HINT));
    }
}

const HINT: &str = "revoke it, then read it from the environment: `os.environ[…]`";
