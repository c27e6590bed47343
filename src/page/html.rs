//! The page itself. The template escapes all that a notebook says.

use std::cmp::Reverse;
use std::io::{self, Write};

use minijinja::context;
use minijinja::value::Serde;

use crate::report::{self, Unread, plural};
use crate::verdict::Verdict;

use super::Section;

/// Writes the page, and on it what could not be read.
///
/// # Errors
/// What the writer answers, and (a fault of ours) a template that does not fit its values.
pub fn html(sections: &[Section], unread: &[Unread], out: &mut dyn Write) -> io::Result<()> {
    let unread: Vec<_> = unread
        .iter()
        .map(|unread| context! { message => unread.message.as_str(), hint => unread.hint.as_deref() })
        .collect();
    let single = sections.len() == 1 && unread.is_empty();
    let values = context! {
        sections => Serde(by_verdict(sections)),
        unread,
        single,
        title => title(sections),
        verdicts => verdicts(sections),
    };
    report::html(include_str!("../../templates/report/notebook.html"), values, out)
}

fn title(sections: &[Section]) -> String {
    match sections {
        [one] => format!("{}{}", one.folder, one.name),
        many => plural(many.len(), "notebook"),
    }
}

/// What to look at first.
const WORST_FIRST: [Verdict; 6] = [
    Verdict::Broken,
    Verdict::OrderDependent,
    Verdict::MixedSessions,
    Verdict::NeverRun,
    Verdict::Reproducible,
    Verdict::NotApplicable,
];

/// The worst first, and of one verdict those with the most errors, then warnings.
fn by_verdict(sections: &[Section]) -> Vec<&Section> {
    let mut sorted: Vec<&Section> = sections.iter().collect();
    sorted.sort_by_key(|section| {
        let rank = WORST_FIRST.iter().position(|verdict| verdict.name() == section.verdict);
        (rank, section.counts.map(Reverse))
    });
    sorted
}

/// How many notebooks have each verdict, those that have one.
fn verdicts(sections: &[Section]) -> Vec<(&'static str, usize)> {
    let counted = WORST_FIRST.map(|verdict| {
        let name = verdict.name();
        (name, sections.iter().filter(|section| section.verdict == name).count())
    });
    counted.into_iter().filter(|(_, count)| *count > 0).collect()
}
