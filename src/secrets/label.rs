//! Values that only the name before them gives away: `password = "…"`, `"api_key": "…"`, `--token …`, `TOKEN=…`.
//!
//! Read by hand and not by a pattern: `key` and `token` stand in every other line of a notebook on language models.

use crate::text::Span;

use super::assignment::{Stands, is_row_id, judge};
use super::checks::{entropy, in_long_blob};
use super::columns;
use super::engine::Hit;
use super::placeholder::is_placeholder;
use super::table::Tables;

/// Words in the names of secrets.
pub(super) const WORDS: [&str; 17] = [
    "password",
    "passwd",
    "passphrase",
    "passwort",
    "passcode",
    "mot_de_passe",
    "contrasena",
    "senha",
    "pwd",
    "pass",
    "secret",
    "token",
    "key",
    "credential",
    "bearer",
    "appid",
    "_pat",
];

pub(super) const ID: &str = "assigned-secret";
pub(super) const NAME: &str = "a secret under a telling name";

/// Characters of a name, and of a value.
const LONGEST_NAME: usize = 80;
const LONGEST_VALUE: usize = 2_000;

/// The names of a text, met in order.
pub(super) struct Labels<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// Where the last name ended: words overlap, and a name may hold several.
    done: usize,
    tables: Tables,
}

/// What parts a name from its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Assigns,
    Comma,
    Space,
}

impl<'t> Labels<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            done: 0,
            tables: Tables::default(),
        }
    }

    /// The secrets that the name gives away that `word` is part of: after it, or in the column that it heads.
    pub(super) fn at(&mut self, word: Span) -> impl Iterator<Item = Hit> + use<> {
        let mut hits = Vec::new();
        if word.end > self.done {
            hits = columns::hits(&mut self.tables, self.text, word);
            let after = self.after(word);
            if hits.is_empty() {
                hits.extend(after);
            }
        }
        hits.into_iter()
    }

    /// The secret after the name.
    fn after(&mut self, word: Span) -> Option<Hit> {
        let of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let before = self.bytes.get(..word.start).unwrap_or_default();
        let left = before
            .iter()
            .rev()
            .take(LONGEST_NAME)
            .take_while(|byte| of_name(byte))
            .count();
        let after = self.bytes.get(word.end..).unwrap_or_default();
        let right = after.iter().take(LONGEST_NAME).take_while(|byte| of_name(byte)).count();
        let name = Span::new(word.start - left, word.end + right);
        self.done = name.end;
        if left >= LONGEST_NAME || right >= LONGEST_NAME {
            return None;
        }
        let (sign, value, quoted) = self.value(name)?;
        let stands = match (sign, quoted) {
            (Sign::Comma | Sign::Space, false) if sign == Sign::Comma => return None,
            (Sign::Space, _) if !self.is_option(name) && !self.is_column(name, value) => Stands::Beside,
            (_, true) => Stands::Quoted,
            _ => Stands::Bare,
        };
        let secret = value.slice(self.text);
        if secret.len() < 6 || entropy(secret) < 2.5 || is_placeholder(secret, true) || in_long_blob(self.text, value) {
            return None;
        }
        if is_row_id(name.slice(self.text), secret, self.near_after(value)) {
            return None;
        }
        let said = line_before(self.text, name.start);
        let confidence = judge(name.slice(self.text).trim_matches(['-', '_']), said, secret, stands)?;
        Some(Hit {
            detector: ID,
            name: NAME,
            confidence,
            span: value,
        })
    }

    /// `--name` of a command.
    fn is_option(&self, name: Span) -> bool {
        name.slice(self.text).starts_with("--")
    }

    /// Whether name and value are columns of a printed table, which two spaces part at least.
    fn is_column(&self, name: Span, value: Span) -> bool {
        let between = Span::new(name.end, value.start).slice(self.text);
        between.len() >= 2 && between.bytes().all(|byte| byte == b' ')
    }

    /// What stands after a value: a few more names and values.
    fn near_after(&self, value: Span) -> &'t str {
        let mut end = self.text.len().min(value.end + 300);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        Span::new(value.end, end).slice(self.text)
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    fn skip(&self, mut at: usize, most: usize, of: impl Fn(u8) -> bool) -> usize {
        let end = at + most;
        while at < end && of(self.byte(at)) {
            at += 1;
        }
        at
    }

    /// The sign after a name, the value after the sign, and whether it stands in quotes.
    fn value(&self, name: Span) -> Option<(Sign, Span, bool)> {
        let quote = |byte: u8| matches!(byte, b'"' | b'\'' | b'`');
        let space = |byte: u8| matches!(byte, b' ' | b'\t');
        let mut at = self.skip(name.end, 4, |byte| byte == b'\\');
        let quoted_name = quote(self.byte(at));
        at = self.skip(at, 1, quote);
        at = self.skip(at, 1, |byte| byte == b']');
        let spaced = self.skip(at, 24, space);
        let (sign, mut at) = match (self.byte(spaced), self.byte(spaced + 1)) {
            (b'=', b'>' | b'=') | (b':' | b'?' | b'+', b'=') => (Sign::Assigns, spaced + 2),
            (b'=' | b'|', _) => (Sign::Assigns, spaced + 1),
            (b':', b':') => return None,
            (b':', _) => (Sign::Assigns, self.annotation(spaced + 1)),
            (b',', _) if quoted_name || self.is_constant(name) => (Sign::Comma, spaced + 1),
            _ if spaced > at && !quoted_name => (Sign::Space, self.copula(spaced)),
            _ => return None,
        };
        at = self.skip(at, 24, space);
        let prefixed = self.skip(at, 2, |byte| {
            matches!(byte, b'r' | b'b' | b'u' | b'f' | b'R' | b'B' | b'@')
        });
        let escaped = self.skip(prefixed, 4, |byte| byte == b'\\');
        if quote(self.byte(escaped)) {
            let mark = self.byte(escaped);
            let mut start = escaped + 1;
            // `"""` and `'''`
            start = self.skip(start, 2, |byte| byte == mark);
            // `'"…"'`, as a program is told a text with its quotes
            let inner = self.byte(start);
            let mark = if quote(inner) { inner } else { mark };
            start = self.skip(start, 1, |byte| byte == inner && quote(byte));
            let end = self.skip(start, LONGEST_VALUE, |byte| byte != mark && byte != b'\n');
            if self.byte(end) != mark {
                return None;
            }
            let value = Span::new(start, end).slice(self.text).trim_end_matches('\\');
            // the quote closed a text that the name stood in
            if value.starts_with([',', ')', '}', ']', ';', ':']) && !quoted_name && sign != Sign::Comma {
                return None;
            }
            return Some((sign, Span::new(start, start + value.len()), true));
        }
        // in an address the next parameter follows
        let in_query = matches!(self.bytes.get(name.start.wrapping_sub(1)), Some(b'?' | b'&'));
        let ends = |byte: u8| {
            byte.is_ascii_whitespace()
                || quote(byte)
                || matches!(byte, b';' | b',' | b'\\' | b'|' | b'<')
                || (in_query && byte == b'&')
        };
        let end = self.skip(at, LONGEST_VALUE, |byte| !ends(byte));
        let value = Span::new(at, end).slice(self.text).trim_end_matches(['.', ')']);
        (!value.is_empty()).then(|| (sign, Span::new(at, at + value.len()), false))
    }

    /// `CURLOPT_PASSWORD`.
    fn is_constant(&self, name: Span) -> bool {
        let name = name.slice(self.text);
        name.contains('_') && !name.bytes().any(|byte| byte.is_ascii_lowercase())
    }

    /// Past `: str =`, where a type stands between a name and its value.
    fn annotation(&self, at: usize) -> usize {
        let start = self.skip(at, 4, |byte| byte == b' ');
        let end = self.skip(start, 40, |byte| {
            byte.is_ascii_alphabetic() || matches!(byte, b'[' | b']' | b'.' | b'_' | b'|')
        });
        let sign = self.skip(end, 2, |byte| byte == b' ');
        if end > start && self.byte(sign) == b'=' && self.byte(sign + 1) != b'=' {
            sign + 1
        } else {
            at
        }
    }

    /// Past `is`, as people write it.
    fn copula(&self, at: usize) -> usize {
        match self.text.get(at..at + 3) {
            Some("is " | "IS ") => at + 3,
            _ => at,
        }
    }
}

/// What stands in the line before a name: at most a few words.
pub(super) fn line_before(text: &str, name: usize) -> &str {
    let mut start = name.saturating_sub(24);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let before = Span::new(start, name).slice(text);
    before.rsplit('\n').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::ID;
    use crate::secrets::hits_in;

    fn found(text: &str) -> Vec<String> {
        let text = text.replace('¦', "");
        hits_in(&text)
            .iter()
            .filter(|hit| hit.detector == ID)
            .map(|hit| hit.span.slice(&text).to_owned())
            .collect()
    }

    #[test]
    fn values_under_telling_names() {
        for (text, value) in [
            (r#"password = "L4nt3rn¦$35Har""#, "L4nt3rn$35Har"),
            (
                r#"api_key="L78kcG1LzEFl¦TIPFfSSrScqg92D2AFdv""#,
                "L78kcG1LzEFlTIPFfSSrScqg92D2AFdv",
            ),
            (
                r#"{"client_secret": "8feba18beb8daac6¦a27805dada8dc3ad79c8a4a7"}"#,
                "8feba18beb8daac6a27805dada8dc3ad79c8a4a7",
            ),
            (
                "export SOME_API_KEY=L78kcG1LzEFl¦TIPFfSSrScqg92D2AFdv",
                "L78kcG1LzEFlTIPFfSSrScqg92D2AFdv",
            ),
            (
                "https://a.example.net/x?appid=c987177422ee984a¦dcacd517d557c303&q=1",
                "c987177422ee984adcacd517d557c303",
            ),
            (
                r#"def f(token: str = "L78kcG1LzEFl¦TIPFfSSrScqg9"):"#,
                "L78kcG1LzEFlTIPFfSSrScqg9",
            ),
            (r#"{\"password\": \"Harb0r¦88Mar\"}"#, "Harb0r88Mar"),
            ("tool --password Harb0r¦88Mar run", "Harb0r88Mar"),
        ] {
            assert_eq!(found(text), [value], "{text}");
        }
    }

    #[test]
    fn values_that_are_none() {
        for text in [
            r#"password = "password""#,
            r#"password = os.environ["PASSWORD"]"#,
            r#"api_key = "YOUR_API_KEY""#,
            r#"pad_token = "<pad>""#,
            r#"token = "********""#,
            r#"secret_name = "prod/db/Passw0rd""#,
            r#"password_hash = "5f4dcc3b5aa765d61d8327deb882cf99""#,
            r#"token: "hello""#,
            r#"password = getpass("Password: ")"#,
            r#"api_key = "{{ secrets.KEY_FOR_12 }}""#,
            r#"token_id = "41d7a3c2-5e08-4b6f-9a1d-2f7c80b3e695""#,
            r#"tokenizer = "bert-base-uncased-finetuned-v2""#,
            r#"search_token = "word2vec-google-news-300""#,
            "password=args.password",
            "token = tokenizer.encode(text)",
            "secret: string",
            "TOKEN=${GITHUB_TOKEN}",
            "token: https://huggingface.co/settings/tokens2",
            "api_key=api_key2",
            "sort_key = \"customer_2020_revenue_by_month\"",
            "key = 'results/2020-01-01/table_3.parquet'",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
