//! Where the notebook ran in another order than its page: the page is the program, and what differs is said.

use crate::facts::Execution;
use crate::facts::history::{History, Other};

use super::build::Builder;
use super::model::Note;

impl Builder<'_> {
    /// A note for each value that another cell gave when the notebook ran.
    pub(super) fn order_notes(&self) -> Vec<Note> {
        let history = History::replay(self.facts, Execution::of(self.notebook));
        let note = |other: Other<'_>| {
            let name = self.facts.text(other.gives.need.name);
            let (reader, used, given) = (other.consumer.0, other.used.producer.0, other.gives.producer.0);
            Note {
                cell: other.consumer,
                text: format!(
                    "when the notebook ran, cell {reader} took `{name}` from cell {used}; from the top, as the package \
                     runs, it takes it from cell {given}"
                ),
            }
        };
        history.others(self.facts, self.cells).into_iter().map(note).collect()
    }
}
