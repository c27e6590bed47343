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
        for secret in ctx
            .secrets
            .found
            .iter()
            .filter(|secret| secret.place.kind == PlaceKind::Metadata)
        {
            let mut finding = META.finding(secret.place.clone(), secret.message("stored in the metadata"));
            finding.confidence = secret.confidence;
            finding.subject = Some(secret.detector.to_owned());
            finding.hint = Some(HINT.to_owned());
            out.push(finding);
        }
    }
}

const HINT: &str = "revoke it, then remove it from the metadata";
