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
        for secret in ctx
            .secrets
            .found
            .iter()
            .filter(|secret| secret.place.kind == PlaceKind::Source)
        {
            let mut finding = META.finding(secret.place.clone(), secret.message("written into this cell"));
            finding.confidence = secret.confidence;
            finding.subject = Some(secret.detector.to_owned());
            finding.hint = Some(HINT.to_owned());
            out.push(finding);
        }
    }
}

const HINT: &str = "revoke it, then read it from the environment: `os.environ[…]`";
