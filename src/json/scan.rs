//! The scanner: bytes in, a [`Document`] of spans out.

use memchr::memchr3;

use super::document::{Document, Kind, NodeId};

/// Bytes of a notebook's text that a value takes, or fewer: a list that needn't grow touches less memory.
const PER_NODE: usize = 16;

/// Why a text is not JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Byte offset of the first byte that can't be read.
    pub at: usize,
    pub message: &'static str,
}

/// Scans `text` from `start` on (past a byte order mark, say) as one JSON value.
///
/// # Errors
/// The first place at which Python's `json` would stop too.
pub fn scan(text: &str, start: usize) -> Result<Document, Error> {
    let mut scanner = Scanner {
        bytes: text.as_bytes(),
        at: start,
        document: Document::with_room(text.len().saturating_sub(start) / PER_NODE),
        open: Vec::new(),
    };
    scanner.run()?;
    Ok(scanner.document)
}

/// What the scanner waits for next.
enum Expect {
    Value,
    /// A first value or the end of an array.
    ValueOrEnd,
    /// A first key or the end of an object.
    KeyOrEnd,
    Key,
    CommaOrEnd,
}

struct Scanner<'t> {
    bytes: &'t [u8],
    at: usize,
    document: Document,
    /// The containers around the current place. A list, not recursion: notebooks nest deeper than stacks do.
    open: Vec<(NodeId, bool)>,
}

impl Scanner<'_> {
    fn run(&mut self) -> Result<(), Error> {
        let mut expect = Expect::Value;
        loop {
            self.skip_space();
            expect = match expect {
                Expect::Value => self.value()?,
                Expect::ValueOrEnd if self.peek() == Some(b']') => self.close(),
                Expect::ValueOrEnd => self.value()?,
                Expect::KeyOrEnd if self.peek() == Some(b'}') => self.close(),
                Expect::KeyOrEnd | Expect::Key => self.key()?,
                Expect::CommaOrEnd => match self.open.last() {
                    None => return self.finish(),
                    Some(&(_, is_object)) => self.comma_or_end(is_object)?,
                },
            };
        }
    }

    fn finish(&self) -> Result<(), Error> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.error("there is more text after the end of the JSON value")),
        }
    }

    fn value(&mut self) -> Result<Expect, Error> {
        match self.peek() {
            None => Err(self.error("the file ends where a value should stand")),
            Some(b'{') => Ok(self.open(Kind::Object)),
            Some(b'[') => Ok(self.open(Kind::Array)),
            Some(b'"') => {
                self.string()?;
                Ok(Expect::CommaOrEnd)
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.word(),
        }
    }

    fn open(&mut self, kind: Kind) -> Expect {
        let id = self.document.open(kind, self.at);
        let is_object = kind == Kind::Object;
        self.open.push((id, is_object));
        self.at += 1;
        if is_object {
            Expect::KeyOrEnd
        } else {
            Expect::ValueOrEnd
        }
    }

    fn close(&mut self) -> Expect {
        self.at += 1;
        if let Some((id, _)) = self.open.pop() {
            self.document.close(id, self.at);
        }
        Expect::CommaOrEnd
    }

    fn comma_or_end(&mut self, is_object: bool) -> Result<Expect, Error> {
        match (self.peek(), is_object) {
            (Some(b','), _) => {
                self.at += 1;
                Ok(if is_object { Expect::Key } else { Expect::Value })
            }
            (Some(b'}'), true) | (Some(b']'), false) => Ok(self.close()),
            (None, _) => Err(self.error("the file ends in the middle of an object or array")),
            (Some(_), true) => Err(self.error("a `,` or `}` should stand here")),
            (Some(_), false) => Err(self.error("a `,` or `]` should stand here")),
        }
    }

    fn key(&mut self) -> Result<Expect, Error> {
        match self.peek() {
            Some(b'"') => self.string()?,
            None => return Err(self.error("the file ends where a key should stand")),
            Some(_) => return Err(self.error("a key in double quotes should stand here")),
        }
        self.skip_space();
        match self.peek() {
            Some(b':') => {
                self.at += 1;
                Ok(Expect::Value)
            }
            None => Err(self.error("the file ends after a key")),
            Some(_) => Err(self.error("a `:` should stand after the key")),
        }
    }

    fn string(&mut self) -> Result<(), Error> {
        let id = self.document.open(Kind::String { escaped: false }, self.at);
        let start = self.at;
        self.at += 1;
        let mut escaped = false;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            // a raw newline is the one control character that hand-edited files really hold
            let Some(found) = memchr3(b'"', b'\\', b'\n', rest) else {
                self.at = start;
                return Err(self.error("this string never ends"));
            };
            let plain = rest.get(..found).unwrap_or_default();
            // a fold has no early exit, so that it runs over many bytes at once
            if plain.iter().fold(false, |seen, &byte| seen | (byte < 0x20)) {
                self.at += plain.iter().position(|&byte| byte < 0x20).unwrap_or_default();
                return Err(self.error("a control character stands unescaped in a string"));
            }
            self.at += found;
            match rest.get(found) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return Err(self.error("a line break stands unescaped in a string")),
            }
        }
        self.at += 1;
        self.document.close(id, self.at);
        if escaped {
            self.document.mark_escaped(id);
        }
        Ok(())
    }

    fn escape(&mut self) -> Result<(), Error> {
        match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => {
                let digits = self.bytes.get(self.at + 2..self.at + 6);
                if !digits.is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit)) {
                    return Err(self.error("`\\u` should be followed by four hexadecimal digits"));
                }
                self.at += 6;
            }
            _ => return Err(self.error("this escape does not exist in JSON")),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Expect, Error> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            if self.rest_starts_with(b"-Infinity") {
                return Ok(self.leaf(Kind::NonFinite, b"-Infinity".len()));
            }
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.skip_digits(),
            _ => return Err(self.error("a digit should follow the sign")),
        }
        if self.peek() == Some(b'.') && self.digit_at(self.at + 1) {
            self.at += 1;
            self.skip_digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            let signed = matches!(self.bytes.get(self.at + 1), Some(b'+' | b'-'));
            let digits = self.at + 1 + usize::from(signed);
            if self.digit_at(digits) {
                self.at = digits;
                self.skip_digits();
            }
        }
        let end = self.at;
        self.at = start;
        Ok(self.leaf(Kind::Number, end - start))
    }

    fn word(&mut self) -> Result<Expect, Error> {
        let words: [(&[u8], Kind); 5] = [
            (b"true", Kind::True),
            (b"false", Kind::False),
            (b"null", Kind::Null),
            (b"NaN", Kind::NonFinite),
            (b"Infinity", Kind::NonFinite),
        ];
        for (word, kind) in words {
            if self.rest_starts_with(word) {
                return Ok(self.leaf(kind, word.len()));
            }
        }
        Err(self.error("no JSON value starts like this"))
    }

    fn leaf(&mut self, kind: Kind, len: usize) -> Expect {
        let id = self.document.open(kind, self.at);
        self.at += len;
        self.document.close(id, self.at);
        Expect::CommaOrEnd
    }

    fn skip_digits(&mut self) {
        while self.digit_at(self.at) {
            self.at += 1;
        }
    }

    fn digit_at(&self, at: usize) -> bool {
        self.bytes.get(at).is_some_and(u8::is_ascii_digit)
    }

    fn rest_starts_with(&self, word: &[u8]) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word))
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn error(&self, message: &'static str) -> Error {
        Error { at: self.at, message }
    }
}
