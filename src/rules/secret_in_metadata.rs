//! MB303: a credential in the notebook's metadata, or in a cell's metadata or attachments.

use crate::finding::{Finding, PlaceKind, Severity};

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB303",
    name: "secret-in-metadata",
    summary: "a credential stands in metadata or an attachment",
    severity: Severity::Error,
    reads: Reads::Anything,
    page: include_str!("secret_in_metadata.md"),
};

pub(super) struct SecretInMetadata;

impl Rule for SecretInMetadata {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        out.extend(ctx.secrets_at(&META, PlaceKind::Metadata, "stored in the metadata", HINT));
    }
}

const HINT: &str = "revoke it, then remove it from the metadata";
