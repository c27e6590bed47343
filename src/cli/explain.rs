//! `mortarboard explain`: a rule's page, the same that its tests run.

use std::io::{ErrorKind, Write};

use crate::check::rule_names;
use crate::rules;
use crate::select;

use super::Outcome;
use super::args::ExplainArgs;
use super::talk::UserError;

pub(super) fn run(args: &ExplainArgs) -> Result<Outcome, Vec<UserError>> {
    let text = match &args.rule {
        None => list(),
        Some(name) => match rules::find(name) {
            Some(meta) => meta.page.to_owned(),
            None => return Err(vec![UserError::unknown_rule(&select::unknown(&rule_names(), name), "")]),
        },
    };
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(vec![UserError::new(error.to_string(), "check where stdout goes")])
        }
        _ => Ok(Outcome::Clean),
    }
}

fn list() -> String {
    let metas = rules::RULES.iter().map(|rule| rule.meta());
    metas
        .map(|meta| {
            format!(
                "{}  {:24}  {:7}  {}\n",
                meta.code,
                meta.name,
                meta.severity.name(),
                meta.summary
            )
        })
        .collect()
}
