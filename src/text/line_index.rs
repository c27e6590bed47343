//! From byte offsets to lines and columns.

/// A position as a person counts it: line and column from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    pub line: usize,
    pub column: usize,
}

/// Where each line of a text starts. Lines end with LF, CR LF or CR, as Python reads them.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            let ends_line = match byte {
                b'\n' => true,
                b'\r' => bytes.get(at + 1) != Some(&b'\n'),
                _ => false,
            };
            if ends_line {
                starts.push(at + 1);
            }
        }
        Self { starts }
    }

    /// Line (from 0) that holds `offset`.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// Offset at which line `line` (from 0) starts; the last line's start for a line past the end.
    pub fn start(&self, line: usize) -> usize {
        let last = self.starts.last().copied().unwrap_or_default();
        self.starts.get(line).copied().unwrap_or(last)
    }

    /// Offset at which line `line` (from 0) of `text` ends, without what ends it.
    pub fn end(&self, line: usize, text: &str) -> usize {
        let Some(next) = self.starts.get(line + 1) else {
            return text.len();
        };
        let whole = text.get(self.start(line)..*next).unwrap_or_default();
        self.start(line) + whole.trim_end_matches(['\r', '\n']).len()
    }

    pub fn line_count(&self) -> usize {
        self.starts.len()
    }

    /// Line and column of `offset` in `text`, the text that this index was made of.
    pub fn position(&self, text: &str, offset: usize) -> LineColumn {
        let line = self.line(offset);
        let before = text.get(self.start(line)..offset).unwrap_or_default();
        LineColumn {
            line: line + 1,
            column: before.chars().count() + 1,
        }
    }
}

/// Line and column of each of `offsets`, which rise: one pass over the text, without an index of it.
///
/// Lines end with LF (or CR LF), as the programs count that show files.
pub fn positions(text: &str, offsets: &[usize]) -> Vec<LineColumn> {
    let (mut at, mut here) = (0, LineColumn { line: 1, column: 1 });
    let mut out = Vec::with_capacity(offsets.len());
    for &offset in offsets {
        let passed = text.get(at..offset).unwrap_or_default();
        let line_start = memchr::memrchr(b'\n', passed.as_bytes()).map(|end| end + 1);
        if let Some(start) = line_start {
            let ended = passed.as_bytes().get(..start).unwrap_or_default();
            here.line += memchr::memchr_iter(b'\n', ended).count();
            here.column = 1;
        }
        let rest = passed.get(line_start.unwrap_or(0)..).unwrap_or_default();
        here.column += rest.chars().count();
        at = offset.max(at);
        out.push(here);
    }
    out
}
