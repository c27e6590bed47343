//! IPython's transformations of a cell's text before Python reads it, each with its way back.
//!
//! The rules are those of `IPython.core.inputtransformer2`: empty first lines, common indent, prompts.

use std::sync::OnceLock;

use regex::Regex;

use crate::text::{OffsetMap, Span};

/// A cell's text on its way to the parser.
pub(super) struct Transformed {
    pub text: String,
    pub to_source: OffsetMap,
}

impl Transformed {
    /// The source as it stands, but for prompts and a common indent.
    pub fn new(source: &str) -> Self {
        let mut this = Self {
            text: source.to_owned(),
            to_source: OffsetMap::shifted(source.len(), 0),
        };
        this.strip_indent();
        this.strip_prompts();
        this
    }

    fn strip_indent(&mut self) {
        let first = self
            .text
            .lines()
            .find(|line| !line.trim().is_empty())
            .unwrap_or_default();
        let indent: String = first.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
        if !indent.is_empty() {
            self.strip_line_prefixes(|line| if line.starts_with(&indent) { indent.len() } else { 0 });
        }
    }

    fn strip_prompts(&mut self) {
        static PROMPTS: OnceLock<Option<(Regex, Regex, Regex)>> = OnceLock::new();
        let prompts = PROMPTS.get_or_init(|| {
            let classic_first = Regex::new(r"^>>>( |$)").ok()?;
            let classic = Regex::new(r"^(>>>|\.\.\.)( |$)").ok()?;
            let ipython = Regex::new(r"^((\[nav\]|\[ins\])?In \[\d+\]: |((\[nav\]|\[ins\])? *\.{3,}: ))").ok()?;
            Some((classic_first, classic, ipython))
        });
        let Some((classic_first, classic, ipython)) = prompts else {
            return;
        };
        let mut lines = self.text.lines();
        let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        if !first.starts_with(['>', 'I', '[', ' ', '.']) && !second.starts_with(['>', 'I', '[', ' ', '.']) {
            return;
        }
        let prefix = |pattern: &Regex, line: &str| pattern.find(line).map_or(0, |found| found.len());
        if classic_first.is_match(first) || (first.trim().is_empty() && classic_first.is_match(second)) {
            self.strip_line_prefixes(|line| prefix(classic, line));
        } else if ipython.is_match(first) {
            self.strip_line_prefixes(|line| prefix(ipython, line));
        }
    }

    /// Drops the first `len(line)` bytes of each line.
    fn strip_line_prefixes(&mut self, len: impl Fn(&str) -> usize) {
        let mut cuts = Vec::new();
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            let cut = len(line.trim_end_matches(['\n', '\r']));
            if cut > 0 {
                cuts.push((Span::new(at, at + cut), String::new()));
            }
            at += line.len();
        }
        self.replace(cuts);
    }

    /// Replaces spans of the text (sorted, disjoint), keeping the way back.
    pub fn replace(&mut self, cuts: Vec<(Span, String)>) {
        if cuts.is_empty() {
            return;
        }
        let mut text = String::with_capacity(self.text.len());
        let mut map = OffsetMap::default();
        let mut at = 0;
        for (cut, replacement) in cuts {
            text.push_str(Span::new(at, cut.start).slice(&self.text));
            map.push(cut.start - at, Span::new(at, cut.start));
            text.push_str(&replacement);
            if !replacement.is_empty() {
                map.push(replacement.len(), cut);
            }
            at = cut.end;
        }
        let end = self.text.len();
        text.push_str(Span::new(at, end).slice(&self.text));
        map.push(end - at, Span::new(at, end));
        self.to_source = map.through(&self.to_source);
        self.text = text;
    }
}
