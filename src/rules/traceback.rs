//! What a stored traceback says of its cell: the run that it is of, and the line of the cell that raised.

use crate::notebook::{Cell, Output};
use crate::secrets::without_ansi;

use super::Context;

/// The outermost frame of a traceback, where that is the cell's own.
pub(super) struct Raised {
    /// The count of the run, where the frame names it.
    pub run: Option<i64>,
    /// The line of the cell, from 1.
    pub line: usize,
    /// The line's text, without its indentation.
    pub text: String,
}

/// How IPython heads a frame of a cell, by age: the number of the run follows, but for the second.
const HEADS: [&str; 4] = ["<ipython-input-", "/ipykernel_", "Input In [", "Cell In"];

/// Reads the traceback of an error output.
pub(super) fn raised(ctx: &Context<'_>, output: &Output) -> Option<Raised> {
    let frames = ctx.notebook.frames(output)?;
    let frames = without_ansi(&frames);
    let mut lines = frames.lines();
    let (head, header) = lines.find_map(|line| Some((HEADS.iter().find(|head| line.contains(**head))?, line)))?;
    let own = match header.split_once(" in ") {
        Some((_, place)) => place.contains("<module>") || place.contains("<cell line:"),
        None => header.starts_with("Cell In") || header.starts_with("Input In"),
    };
    let arrow = lines.find_map(|line| line.trim_start_matches('-').strip_prefix("> "))?;
    let (line, text) = arrow.split_once(' ')?;
    let run = header.split_once(head).filter(|_| !head.starts_with('/'));
    let digits = run.map(|(_, rest)| rest.trim_start_matches([' ', '[']));
    let digits = digits.map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default());
    own.then_some(Raised {
        run: digits.and_then(|digits| digits.parse().ok()),
        line: line.trim().parse().ok()?,
        text: text.trim().to_owned(),
    })
}

impl Raised {
    /// Whether the cell holds the line, wherever it stands by now.
    pub fn is_in(&self, cell: &Cell) -> bool {
        let bare = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
        let wanted = bare(&self.text);
        // IPython quotes magics as the calls that they become
        wanted.is_empty()
            || wanted.contains("get_ipython()")
            || cell.source.text.lines().any(|line| bare(line) == wanted)
    }
}
