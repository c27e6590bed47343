//! Taking members out of JSON so that what is left looks as if they had never been there.

use crate::json::{Document, Kind, NodeId};
use crate::text::{Edit, EditSet, Span};

/// Edits in the making. What was planned inside a value is taken back where the value goes as a whole.
pub(super) struct Cuts<'d> {
    pub json: &'d Document,
    pub text: &'d str,
    edits: Vec<Edit>,
}

impl<'d> Cuts<'d> {
    pub fn new(json: &'d Document, text: &'d str) -> Self {
        Self {
            json,
            text,
            edits: Vec::new(),
        }
    }

    /// Puts `text` in place of a value.
    pub fn replace(&mut self, node: NodeId, text: &str) {
        self.push(self.json.span(node), text.to_owned());
    }

    /// A point to which [`Self::back_to`] goes back.
    pub fn mark(&self) -> usize {
        self.edits.len()
    }

    pub fn back_to(&mut self, mark: usize) {
        self.edits.truncate(mark);
    }

    /// Takes members out of the container `of`: each is told with whether it goes. A member that goes takes its comma
    /// and its line along.
    pub fn remove(&mut self, of: NodeId, members: impl IntoIterator<Item = (Span, bool)>) {
        let container = self.json.span(of);
        let mut last_kept: Option<Span> = None;
        let mut run: Option<usize> = None;
        for (member, goes) in members {
            match (goes, run) {
                (true, None) => run = Some(member.start),
                (false, Some(start)) => {
                    self.push(Span::new(start, member.start), String::new());
                    run = None;
                }
                _ => {}
            }
            if !goes {
                last_kept = Some(member);
            }
        }
        if run.is_some() {
            let start = last_kept.map_or(container.start + 1, |member| member.end);
            let end = self.end_of_last(of, container, last_kept.is_some());
            self.push(Span::new(start, end), String::new());
        }
    }

    /// Where the last run ends: with the last member, or right before the bracket where no member stays.
    fn end_of_last(&self, of: NodeId, container: Span, some_stay: bool) -> usize {
        let bracket = container.end.saturating_sub(1);
        if !some_stay {
            return bracket;
        }
        let last = match self.json.kind(of) {
            Kind::Object => self.json.entries(of).last().map(|(_, value)| value),
            _ => self.json.items(of).last(),
        };
        last.map_or(bracket, |last| self.json.span(last).end)
    }

    fn push(&mut self, span: Span, replacement: String) {
        self.edits.push(Edit { span, replacement });
    }

    /// All edits, in order. Of edits that lie in one another the outer one is made.
    pub fn finish(mut self) -> EditSet {
        self.edits
            .sort_by(|a, b| (a.span.start, b.span.end).cmp(&(b.span.start, a.span.end)));
        let mut set = EditSet::new();
        for edit in self.edits {
            // inside a cell that goes as a whole, what else was planned for it falls away
            let _ = set.push(edit.span, edit.replacement);
        }
        set
    }
}
