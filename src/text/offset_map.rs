//! Maps offsets in a derived text (a decoded JSON string, a dedented cell) back to the text it came from.

use super::{EditSet, Span};

/// A stretch of derived text and the original bytes that it stands for.
///
/// Where both lengths are equal the stretch was copied and maps byte by byte; else it is one unit
/// (an escape, a dropped prefix) and any offset inside stands for the whole of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    pub derived: Span,
    pub original: Span,
}

impl Segment {
    fn copied(&self) -> bool {
        self.derived.len() == self.original.len()
    }

    /// The original bytes of a part of it.
    fn original_of(&self, part: Span) -> Span {
        if !self.copied() {
            return self.original;
        }
        let start = self.original.start + (part.start - self.derived.start);
        Span::new(start, start + part.len())
    }
}

/// An ordered list of segments that covers a derived text.
#[derive(Clone, Debug, Default)]
pub struct OffsetMap {
    segments: Vec<Segment>,
}

impl OffsetMap {
    /// The map of a text copied from `original_start` on.
    pub fn shifted(len: usize, original_start: usize) -> Self {
        let mut map = Self::default();
        map.push(len, Span::new(original_start, original_start + len));
        map
    }

    /// Appends a stretch of `len` derived bytes that stand for `original`.
    pub fn push(&mut self, len: usize, original: Span) {
        if len == 0 && original.is_empty() {
            return;
        }
        let start = self.derived_len();
        let segment = Segment {
            derived: Span::new(start, start + len),
            original,
        };
        match self.segments.last_mut() {
            Some(last) if last.copied() && segment.copied() && last.original.end == original.start => {
                last.derived.end = segment.derived.end;
                last.original.end = original.end;
            }
            _ => self.segments.push(segment),
        }
    }

    /// Length of the derived text.
    pub fn derived_len(&self) -> usize {
        self.segments.last().map_or(0, |segment| segment.derived.end)
    }

    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The original bytes that a derived range stands for.
    ///
    /// The end is that of the last unit inside, so that a range never swallows what lies between
    /// two stretches (the `",\n "` between two items of a list of lines).
    pub fn original(&self, derived: Span) -> Span {
        if derived.is_empty() {
            let at = self.original_start(derived.start);
            return Span::new(at, at);
        }
        let start = self.original_start(derived.start);
        let end = self.original_end(derived.end);
        Span::new(start, end)
    }

    /// The map of the derived text after `edits`: what they put in stands for what it replaced.
    pub fn edited(&self, edits: &EditSet) -> Self {
        let mut out = Self::default();
        let mut at = 0;
        for edit in edits.edits() {
            self.copy_into(&mut out, Span::new(at, edit.span.start));
            out.push(edit.replacement.len(), self.original(edit.span));
            at = edit.span.end;
        }
        self.copy_into(&mut out, Span::new(at, self.derived_len()));
        out
    }

    /// Appends the stretches of a derived range to `out`.
    fn copy_into(&self, out: &mut Self, range: Span) {
        for segment in &self.segments {
            let start = segment.derived.start.max(range.start);
            let end = segment.derived.end.min(range.end);
            if start >= end {
                continue;
            }
            out.push(end - start, segment.original_of(Span::new(start, end)));
        }
    }

    /// The original bytes of a derived range, without what lies between its stretches.
    pub fn pieces(&self, derived: Span) -> Vec<Span> {
        let mut pieces: Vec<Span> = Vec::new();
        let first = self.segments.partition_point(|s| s.derived.end <= derived.start);
        for segment in self.segments.iter().skip(first) {
            if segment.derived.start >= derived.end {
                break;
            }
            let inside = Span::new(
                segment.derived.start.max(derived.start),
                segment.derived.end.min(derived.end),
            );
            let piece = segment.original_of(inside);
            match pieces.last_mut() {
                Some(last) if last.start <= piece.start && piece.start <= last.end => {
                    last.end = last.end.max(piece.end)
                }
                _ if piece.is_empty() => {}
                _ => pieces.push(piece),
            }
        }
        pieces
    }

    /// The derived range that stands for `original`, where none of it was dropped at its ends.
    pub fn derived(&self, original: Span) -> Option<Span> {
        let inside = |segment: &&Segment, at: usize| segment.original.start <= at && at < segment.original.end;
        let from = self.segments.partition_point(|s| s.original.end <= original.start);
        let first = self.segments.get(from).filter(|s| inside(s, original.start))?;
        let last = original.end.checked_sub(1)?;
        let to = self.segments.partition_point(|s| s.original.end <= last);
        let end = self.segments.get(to).filter(|s| inside(s, last))?;
        let start = if first.copied() {
            first.derived.start + (original.start - first.original.start)
        } else {
            first.derived.start
        };
        let end = if end.copied() {
            end.derived.start + (original.end - end.original.start)
        } else {
            end.derived.end
        };
        Some(Span::new(start, end))
    }

    /// The map from this map's derived text to what `outer` maps this map's original text to.
    pub fn through(&self, outer: &OffsetMap) -> OffsetMap {
        let mut map = OffsetMap::default();
        for segment in &self.segments {
            if !segment.copied() {
                map.push(segment.derived.len(), outer.original(segment.original));
                continue;
            }
            let mut at = segment.original.start;
            let first = outer.segments.partition_point(|s| s.derived.end <= at);
            for part in outer.segments.iter().skip(first) {
                if part.derived.start >= segment.original.end {
                    break;
                }
                let end = part.derived.end.min(segment.original.end);
                if at < end {
                    map.push(end - at, part.original_of(Span::new(at, end)));
                    at = end;
                }
            }
        }
        map
    }

    fn segment_at(&self, offset: usize) -> Option<&Segment> {
        let index = self.segments.partition_point(|s| s.derived.end <= offset);
        self.segments.get(index)
    }

    fn original_start(&self, offset: usize) -> usize {
        match self.segment_at(offset) {
            Some(segment) if segment.copied() => segment.original.start + (offset - segment.derived.start),
            Some(segment) => segment.original.start,
            None => self.segments.last().map_or(0, |s| s.original.end),
        }
    }

    fn original_end(&self, offset: usize) -> usize {
        match self.segment_at(offset.saturating_sub(1)) {
            Some(segment) if segment.copied() => segment.original.start + (offset - segment.derived.start),
            Some(segment) => segment.original.end,
            None => self.segments.last().map_or(0, |s| s.original.end),
        }
    }
}
