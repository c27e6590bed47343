//! Colour, where it is wanted.

use crate::finding::Severity;

/// Paints, or leaves as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    pub colour: bool,
}

impl Style {
    fn paint(self, codes: &str, text: &str) -> String {
        if self.colour {
            format!("\u{1b}[{codes}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    pub(crate) fn severity(self, severity: Severity, text: &str) -> String {
        let codes = match severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Note => "1;36",
        };
        self.paint(codes, text)
    }

    pub(crate) fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(crate) fn faint(self, text: &str) -> String {
        self.paint("34", text)
    }

    /// What a change takes away; `strong` for the words of a line that differ.
    pub(crate) fn removed(self, strong: bool, text: &str) -> String {
        self.paint(if strong { "1;4;31" } else { "31" }, text)
    }

    /// What a change adds.
    pub(crate) fn added(self, strong: bool, text: &str) -> String {
        self.paint(if strong { "1;4;32" } else { "32" }, text)
    }

    /// A line of a unified difference.
    pub fn difference(self, line: &str) -> String {
        match line.as_bytes() {
            [b'-', b'-', b'-', ..] | [b'+', b'+', b'+', ..] => self.strong(line),
            [b'-', ..] => self.removed(false, line),
            [b'+', ..] => self.added(false, line),
            _ => line.to_owned(),
        }
    }
}
