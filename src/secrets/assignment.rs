//! Secrets that only their names give away: `password = "…"`, `"api_key": "…"`, `TOKEN=…`.

use crate::finding::Confidence;

use super::checks::Candidate;

/// What the name says that the value is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Chosen by a person.
    Password,
    /// Drawn by a machine: long and random.
    Key,
}

/// Judges an assignment of a quoted value.
pub(super) fn quoted(Candidate { before, secret, .. }: Candidate<'_>) -> Option<Confidence> {
    judge(before, secret, true)
}

/// Judges `NAME=value` without quotes, where more things look alike.
pub(super) fn bare(
    Candidate {
        before, secret: value, ..
    }: Candidate<'_>,
) -> Option<Confidence> {
    let code = value.contains(['(', ')', '[', ']', '{', '}', '<', '>', ',', ';', '"', '\'']);
    let dotted_name = value.contains('.')
        && value
            .split('.')
            .all(|part| part.chars().all(|c| c.is_ascii_alphabetic() || c == '_'));
    if code || dotted_name {
        None
    } else {
        judge(before, value, false)
    }
}

fn judge(before: &str, value: &str, quoted: bool) -> Option<Confidence> {
    let name = before.to_ascii_lowercase();
    let name = name.trim_end_matches(|c: char| !c.is_alphanumeric());
    let name = name
        .rsplit(|c: char| !c.is_alphanumeric() && c != '_' && c != '-')
        .next()
        .unwrap_or_default();
    match kind_of(name)? {
        Kind::Password => password(value, quoted),
        Kind::Key => key(value),
    }
}

/// What a variable, keyword or dictionary key of this name holds; `None` for one that only speaks of secrets.
fn kind_of(name: &str) -> Option<Kind> {
    let about = [
        "name", "path", "file", "url", "uri", "id", "type", "field", "column", "col", "arn", "env", "var", "pattern",
        "size", "len", "length", "label", "prefix", "suffix", "version", "endpoint", "dir", "regex", "hint", "count",
        "index", "idx", "format", "hash", "policy", "template", "text", "input", "prompt", "param", "scope", "expiry",
        "expires",
    ];
    let last = name.rsplit(['_', '-']).next().unwrap_or_default();
    if about.contains(&last) {
        return None;
    }
    let model = [
        "pad",
        "bos",
        "eos",
        "unk",
        "mask",
        "cls",
        "sep",
        "oov",
        "start",
        "end",
        "stop",
        "special",
        "image",
        "next",
        "page",
        "cancellation",
    ];
    let first = name.split(['_', '-']).next().unwrap_or_default();
    if model.contains(&first) && name.contains("token")
        || ["hash", "sha", "md5", "checksum", "digest", "commit", "etag", "public"]
            .iter()
            .any(|word| name.contains(word))
    {
        return None;
    }
    let password = [
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "passwort",
        "mot_de_passe",
        "contrasena",
        "senha",
        "pass",
        "pw",
    ];
    if password.iter().any(|word| name.ends_with(word)) {
        return Some(Kind::Password);
    }
    Some(Kind::Key)
}

fn password(value: &str, quoted: bool) -> Option<Confidence> {
    let digits = value.chars().any(|c| c.is_ascii_digit());
    let letters = value.chars().any(char::is_alphabetic);
    let symbols = value
        .chars()
        .any(|c| !c.is_alphanumeric() && !matches!(c, '_' | '-' | ' ' | '.' | '/' | ':'));
    let spaced = value.contains(char::is_whitespace);
    let lower = value.to_ascii_lowercase();
    let word = ["password", "passwd", "secret", "getpass", "environ", "pwd"]
        .iter()
        .any(|word| lower.contains(word));
    let common = word
        || is_code(value)
        || spaced
        || is_hash(value)
        || is_uuid(value)
        || value.starts_with(['/', '~', '.', '\\', '#', '%', '@', ':', '-', '&']);
    let short = value.chars().count() < 6;
    if common || short || !(letters && (digits || symbols)) {
        return None;
    }
    let strong = digits && value.chars().count() >= 8;
    Some(if quoted && strong {
        Confidence::Likely
    } else {
        Confidence::Possible
    })
}

fn key(value: &str) -> Option<Confidence> {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let letters = value.chars().filter(char::is_ascii_alphabetic).count();
    let legal = value
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-_+/=.~:".contains(c));
    let words = value
        .split(['-', '_', '.', '/', ':'])
        .all(|part| part.chars().all(|c| c.is_ascii_lowercase()) || part.chars().all(|c| c.is_ascii_digit()));
    let random = digits >= 2 && letters >= 2 && super::checks::entropy(value) >= 3.2;
    if value.len() < 16
        || !legal
        || words
        || !random
        || value.contains("://")
        || value.starts_with(['/', '.'])
        || is_uuid(value)
        || is_address(value)
        || is_code(value)
    {
        return None;
    }
    Some(Confidence::Likely)
}

/// `os.environ["X"]`, `settings.SECRET`, `getpass()`: the value is elsewhere.
fn is_code(value: &str) -> bool {
    ["environ", "getenv", "getpass", "secrets.", "config.", "self.", "input("]
        .iter()
        .any(|word| value.contains(word))
}

/// MD5, SHA-1 and SHA-256 of a password are not the password.
fn is_hash(value: &str) -> bool {
    [32, 40, 64, 128].contains(&value.len()) && value.chars().all(|c| c.is_ascii_hexdigit())
}

/// `org/model-7b-v2`, `bucket.s3.example.com/x`, `file.p12`: names of things that can be fetched.
fn is_address(value: &str) -> bool {
    let host = [".com", ".org", ".net", ".io/", ".p12", ".pem", ".json", ".txt", ".csv"]
        .iter()
        .any(|part| value.contains(part));
    let mut parts = value.split(['/', '-', '_', '.']);
    let words = parts
        .clone()
        .filter(|part| part.len() >= 3 && part.chars().all(|c| c.is_ascii_alphabetic()));
    host || (value.matches('/').count() == 1 && words.count() > 0 && parts.all(|part| part.len() < 14))
}

fn is_uuid(value: &str) -> bool {
    let groups: Vec<usize> = value.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && value.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}
