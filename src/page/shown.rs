//! The notebook's texts as they may be shown: secrets hidden where they stand, nothing in them that steers a reader's eye.

use crate::json::{Decoded, NodeId};
use crate::notebook::Notebook;
use crate::report::printable;
use crate::rules::Context;
use crate::secrets::{Secrets, without_ansi};
use crate::text::Span;

/// Leading characters of a secret that may be shown.
const BARED: usize = 4;

/// Hides the secrets of one notebook.
pub(super) struct Shown<'c> {
    pub notebook: &'c Notebook<'c>,
    secrets: &'c Secrets,
    /// Bytes of the file that hold secrets, in order, and how many characters of each may be shown.
    hidden: Vec<(Span, usize)>,
}

impl<'c> Shown<'c> {
    pub fn new(ctx: &Context<'c>) -> Self {
        let pieces = ctx.secrets.found.iter().flat_map(|secret| {
            // what base64 or colour codes hold is not shown by its first characters
            let bared = match secret.pieces.len() {
                1 if secret.packed.is_none() => BARED.min(secret.value().chars().count() / 4),
                _ => 0,
            };
            secret.pieces.iter().map(move |piece| (*piece, bared))
        });
        let mut hidden: Vec<(Span, usize)> = pieces.collect();
        hidden.sort_unstable();
        Self {
            notebook: ctx.notebook,
            secrets: ctx.secrets,
            hidden,
        }
    }

    /// Whether bytes of the file hold a secret, or a part of one.
    pub fn holds_secret(&self, span: Span) -> bool {
        !self.hidden_in(span).is_empty()
    }

    fn hidden_in(&self, span: Span) -> &[(Span, usize)] {
        let from = self.hidden.partition_point(|(piece, _)| piece.end <= span.start);
        let to = self.hidden.partition_point(|(piece, _)| piece.start < span.end);
        self.hidden.get(from..to).unwrap_or_default()
    }

    /// A text of the file. Lines and columns stay: a secret's characters become stars, its line ends stay.
    pub fn decoded(&self, decoded: &Decoded) -> String {
        let segments = decoded.map.segments();
        let whole = segments.first().zip(segments.last());
        let whole = whole.map_or_else(Span::default, |(first, last)| {
            Span::new(first.original.start, last.original.end)
        });
        let mut out = String::with_capacity(decoded.text.len());
        let mut at = 0;
        for (piece, bared) in self.hidden_in(whole) {
            let Some(here) = decoded.map.derived(*piece).filter(|here| here.start >= at) else {
                continue;
            };
            out.push_str(Span::new(at, here.start).slice(&decoded.text));
            let secret = here.slice(&decoded.text).chars().enumerate();
            out.extend(secret.map(|(i, c)| if i < *bared || matches!(c, '\n' | '\r') { c } else { '*' }));
            at = here.end;
        }
        out.push_str(decoded.text.get(at..).unwrap_or_default());
        self.text(&out)
    }

    /// The text of a JSON value.
    pub fn node(&self, node: NodeId) -> String {
        self.decoded(&self.notebook.text_of(node))
    }

    /// A text that was made of the file's texts.
    pub fn text(&self, text: &str) -> String {
        self.secrets.masker.mask(&without_ansi(text)).into_owned()
    }
}

/// A line as it is shown: tabs stay, and what would turn or hide it is made visible.
pub(super) fn visible(line: &str) -> String {
    let parts: Vec<_> = line.split('\t').map(printable).collect();
    parts.join("\t")
}

/// A text's start, with how much of it that is, where it is longer than a page has room for.
pub(super) fn cut(text: &str, characters: usize) -> (&str, usize) {
    match text.char_indices().nth(characters) {
        Some((at, _)) => (
            text.get(..at).unwrap_or_default(),
            text.get(at..).unwrap_or_default().chars().count(),
        ),
        None => (text, 0),
    }
}
