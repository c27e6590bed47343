//! MB602: a network call that may wait for ever.

use crate::finding::{Finding, Severity};

use super::calls::{Call, calls};
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB602",
    name: "unbounded-request",
    summary: "a network call has no time-out",
    severity: Severity::Warning,
    reads: Reads::Python,
    page: include_str!("unbounded_request.md"),
};

pub(super) struct UnboundedRequest;

impl Rule for UnboundedRequest {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for call in calls(ctx) {
            let Some(path) = call.path.as_deref() else { continue };
            let Some(&(_, position)) = CALLS.iter().find(|(name, _)| *name == path) else {
                continue;
            };
            if has_timeout(&call, position) {
                continue;
            }
            let name = call.name(ctx);
            let message = format!("`{name}` has no time-out: it waits as long as the server likes");
            let mut finding = META.finding(call.place(ctx), message);
            finding.subject = Some(name);
            finding.hint = Some("pass `timeout=10`, or as many seconds as the answer may take".to_owned());
            out.push(finding);
        }
    }
}

/// Calls that have no time-out unless they are given one, and its position.
const CALLS: &[(&str, Option<usize>)] = &[
    ("requests.get", None),
    ("requests.post", None),
    ("requests.put", None),
    ("requests.patch", None),
    ("requests.delete", None),
    ("requests.head", None),
    ("requests.options", None),
    ("requests.request", None),
    ("urllib.request.urlopen", Some(2)),
    ("urllib2.urlopen", Some(2)),
    ("socket.create_connection", Some(1)),
    ("ftplib.FTP", Some(4)),
    ("smtplib.SMTP", Some(3)),
    ("smtplib.SMTP_SSL", None),
    ("http.client.HTTPConnection", Some(2)),
    ("http.client.HTTPSConnection", None),
];

/// `timeout=None` says that waiting for ever is meant.
fn has_timeout(call: &Call<'_>, position: Option<usize>) -> bool {
    let by_position = position.is_some_and(|position| call.call.arguments.args.len() > position);
    let starred = call
        .call
        .arguments
        .args
        .iter()
        .any(ruff_python_ast::Expr::is_starred_expr);
    call.keyword("timeout").is_some() || by_position || starred || call.has_open_keywords()
}
