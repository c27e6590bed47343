//! Three texts into one, line by line: what was, and what two people made of it.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// What opens a conflict in a text, and what closes it.
pub(super) const OPENS: &str = "<<<<<<< yours";
pub(super) const CLOSES: &str = ">>>>>>> notebook";

/// A text made of three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    pub text: String,
    /// The lines at which conflicts open, from 1; empty where the texts fit together.
    pub conflicts: Vec<usize>,
}

/// Both changes to `base`. Where they touch one another and differ, all three stand there between markers, so that no
/// line of `yours` is ever lost but those that were in `base`, that you left alone, and that `theirs` changed.
pub fn merge(base: &str, yours: &str, theirs: &str) -> Merged {
    let [base, yours, theirs] = [base, yours, theirs].map(lines);
    let [mut yours_changes, mut theirs_changes] =
        [&yours, &theirs].map(|now| changes(&base, now).into_iter().peekable());
    let mut out = Merged {
        text: String::new(),
        conflicts: Vec::new(),
    };
    let mut at = Place::default();
    loop {
        let starts = [yours_changes.peek(), theirs_changes.peek()].map(|change| change.map(|change| change.was.start));
        let Some(start) = starts.into_iter().flatten().min() else {
            break;
        };
        out.push(base.get(at.base..start));
        let first = at.moved_to(start);
        // changes that touch are one place: who edits a line next to another's has not seen the other's
        let mut end = start;
        let [mut last_yours, mut last_theirs] = [None, None];
        loop {
            let touches = |change: &Change| change.was.start <= end;
            let (change, last) = if let Some(change) = yours_changes.next_if(touches) {
                (change, &mut last_yours)
            } else if let Some(change) = theirs_changes.next_if(touches) {
                (change, &mut last_theirs)
            } else {
                break;
            };
            end = end.max(change.was.end);
            *last = Some(change);
        }
        let after = |last: &Option<Change>, first: usize| match last {
            Some(change) => change.now.end + (end - change.was.end),
            None => first + (end - start),
        };
        let next = Place {
            base: end,
            yours: after(&last_yours, first.yours),
            theirs: after(&last_theirs, first.theirs),
        };
        let texts = [
            base.get(start..end),
            yours.get(first.yours..next.yours),
            theirs.get(first.theirs..next.theirs),
        ];
        out.settle(
            texts.map(Option::unwrap_or_default),
            last_yours.is_some(),
            last_theirs.is_some(),
        );
        at = next;
    }
    out.push(base.get(at.base..));
    out
}

impl Merged {
    fn push(&mut self, lines: Option<&[&str]>) {
        lines.into_iter().flatten().for_each(|line| self.text.push_str(line));
    }

    /// A place that you changed, or the notebook, or both.
    fn settle(&mut self, [was, yours, theirs]: [&[&str]; 3], by_you: bool, by_notebook: bool) {
        if !(by_you && by_notebook) || yours == theirs {
            return self.push(Some(if by_you { yours } else { theirs }));
        }
        self.end_line();
        self.conflicts.push(self.text.matches('\n').count() + 1);
        for (marker, lines) in [(OPENS, yours), ("||||||| before", was), ("=======", theirs)] {
            self.text.push_str(&format!("{marker}\n"));
            self.push(Some(lines));
            self.end_line();
        }
        self.text.push_str(&format!("{CLOSES}\n"));
    }

    fn end_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}

/// The same place in three texts, as numbers of lines.
#[derive(Clone, Copy, Default)]
struct Place {
    base: usize,
    yours: usize,
    theirs: usize,
}

impl Place {
    /// Further down, where all three are the same up to there.
    fn moved_to(self, base: usize) -> Self {
        let by = base - self.base;
        Self {
            base,
            yours: self.yours + by,
            theirs: self.theirs + by,
        }
    }
}

/// Lines that were there, and those that stand there now.
struct Change {
    was: Range<usize>,
    now: Range<usize>,
}

fn changes(base: &[&str], now: &[&str]) -> Vec<Change> {
    let operations = capture_diff_slices(Algorithm::Patience, base, now);
    let changed = operations
        .iter()
        .filter(|operation| !matches!(operation, DiffOp::Equal { .. }));
    changed
        .map(|operation| Change {
            was: operation.old_range(),
            now: operation.new_range(),
        })
        .collect()
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}
