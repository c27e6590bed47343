//! The page itself. The template escapes all that a notebook says.

use std::io::{self, Write};

use minijinja::value::Serde;
use minijinja::{Environment, context};

use crate::report::{Unread, plural, printable};
use crate::verdict::Verdict;

use super::Section;

/// Writes the page, and on it what could not be read.
///
/// # Errors
/// What the writer answers, and (a fault of ours) a template that does not fit its values.
pub fn html(sections: &[Section], unread: &[Unread], out: &mut dyn Write) -> io::Result<()> {
    let mut environment = Environment::new();
    let unread: Vec<_> = unread
        .iter()
        .map(|unread| {
            let hint = unread.hint.as_deref().map(|hint| printable(hint).into_owned());
            context! { message => printable(&unread.message).into_owned(), hint }
        })
        .collect();
    let single = sections.len() == 1 && unread.is_empty();
    let page = environment
        .add_template("notebook.html", include_str!("../../templates/report/notebook.html"))
        .and_then(|()| {
            environment.get_template("notebook.html")?.render(context! {
                sections => Serde(sections),
                unread,
                single,
                title => title(sections),
                verdicts => verdicts(sections),
            })
        });
    out.write_all(page.map_err(io::Error::other)?.as_bytes())
}

fn title(sections: &[Section]) -> String {
    match sections {
        [one] => one.path.clone(),
        many => plural(many.len(), "notebook"),
    }
}

/// How many notebooks have each verdict, those that have one.
fn verdicts(sections: &[Section]) -> Vec<(&'static str, usize)> {
    let counted = Verdict::ALL.map(|verdict| {
        let name = verdict.name();
        (name, sections.iter().filter(|section| section.verdict == name).count())
    });
    counted.into_iter().filter(|(_, count)| *count > 0).collect()
}
