//! Byte edits on a text: the only way in which a notebook's bytes are ever changed.

use super::Span;

/// Replaces the bytes of `span` by `replacement`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub replacement: String,
}

/// Two edits that touch the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    pub kept: Span,
    pub refused: Span,
}

/// Sorted, disjoint edits. Applying an empty set gives the same bytes.
#[derive(Clone, Debug, Default)]
pub struct EditSet {
    edits: Vec<Edit>,
}

impl EditSet {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an edit. Insertions at one place keep the order in which they were added.
    ///
    /// # Errors
    /// Refuses an edit that touches bytes of one already there.
    pub fn push(&mut self, span: Span, replacement: impl Into<String>) -> Result<(), Overlap> {
        let at = self
            .edits
            .partition_point(|e| (e.span.start, e.span.end) <= (span.start, span.end));
        let before = at.checked_sub(1).and_then(|i| self.edits.get(i));
        let clash = before
            .filter(|e| e.span.end > span.start)
            .or_else(|| self.edits.get(at).filter(|e| e.span.start < span.end));
        if let Some(kept) = clash {
            return Err(Overlap {
                kept: kept.span,
                refused: span,
            });
        }
        let edit = Edit {
            span,
            replacement: replacement.into(),
        };
        self.edits.insert(at, edit);
        Ok(())
    }

    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// The text with every edit made. Edits past the end of `text` are made at its end.
    pub fn apply(&self, text: &str) -> String {
        self.apply_within(text, Span::new(0, text.len()))
    }

    /// The part `within` of `text`, with the edits that lie inside it made.
    pub fn apply_within(&self, text: &str, within: Span) -> String {
        let mut out = String::with_capacity(within.len());
        let mut at = within.start;
        for edit in self.edits.iter().filter(|e| within.contains(e.span)) {
            out.push_str(Span::new(at, edit.span.start).slice(text));
            out.push_str(&edit.replacement);
            at = edit.span.end;
        }
        out.push_str(Span::new(at, within.end).slice(text));
        out
    }
}
