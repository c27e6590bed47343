//! Where the notebook ran in another order than its page: the page is the program, and what differs is said.

use crate::facts::Execution;
use crate::facts::history::{Gift, History};

use super::build::Builder;
use super::model::Note;

impl Builder<'_> {
    /// A note for each value that another cell gave when the notebook ran.
    pub(super) fn order_notes(&self) -> Vec<Note> {
        let history = History::replay(self.facts, Execution::of(self.notebook));
        let mut notes: Vec<Note> = Vec::new();
        for link in history.top.iter().filter(|link| link.gift == Gift::Value) {
            let mut used = history
                .recorded
                .iter()
                .filter(|used| used.consumer == link.consumer && used.need.name == link.need.name)
                .filter(|used| used.gift == Gift::Value)
                .peekable();
            let Some(other) = used.peek().map(|used| used.producer) else {
                continue;
            };
            if used.all(|used| used.producer != link.producer) {
                let name = self.facts.text(link.need.name);
                let (reader, given) = (link.consumer.0, link.producer.0);
                notes.push(Note {
                    cell: link.consumer,
                    text: format!(
                        "when the notebook ran, cell {reader} took `{name}` from cell {}; from the top, as the package \
                         runs, it takes it from cell {given}",
                        other.0
                    ),
                });
            }
        }
        notes
    }
}
