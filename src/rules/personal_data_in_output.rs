//! MB304: e-mail addresses, cards, accounts, ids and phone numbers in an output.

use crate::finding::{Confidence, Finding, Severity};
use crate::secrets::personal;

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB304",
    name: "personal-data-in-output",
    summary: "an output shows personal data",
    severity: Severity::Warning,
    reads: Reads::Anything,
    page: include_str!("personal_data_in_output.md"),
};

pub(super) struct PersonalDataInOutput;

impl Rule for PersonalDataInOutput {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for data in personal(ctx.notebook, ctx.secrets) {
            let message = match data.count {
                1 => format!("this output shows what looks like one {}", data.name),
                count => format!("this output shows {count} of what looks like {}", data.name),
            };
            let mut finding = META.finding(data.place, message);
            finding.confidence = Confidence::Likely;
            finding.subject = Some(data.kind.to_owned());
            finding.hint = Some("clear the output, or show the table without these columns".to_owned());
            out.push(finding);
        }
    }
}
