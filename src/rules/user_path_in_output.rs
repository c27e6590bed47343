//! MB402: a home directory or the name of its owner in an output.

use crate::finding::{Finding, Severity};
use crate::secrets::homes;

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB402",
    name: "user-path-in-output",
    summary: "an output shows somebody's home directory or user name",
    severity: Severity::Note,
    reads: Reads::Anything,
    page: include_str!("user_path_in_output.md"),
};

pub(super) struct UserPathInOutput;

impl Rule for UserPathInOutput {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        // a traceback names it a dozen times: one finding an output is enough
        let mut last = None;
        for home in homes(ctx.notebook, &ctx.secrets.masker) {
            let output = (home.place.cell, home.place.output);
            if last.replace(output) == Some(output) {
                continue;
            }
            let what = home.kind.replace('-', " ");
            let message = format!("this output shows the {what} `{}`", ctx.quote(&home.text));
            let mut finding = META.finding(home.place, message);
            finding.subject = Some(home.text);
            finding.hint = Some("`mortarboard redact --paths` writes `~` in its place".to_owned());
            out.push(finding);
        }
    }
}
