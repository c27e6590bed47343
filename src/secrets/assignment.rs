//! Secrets that only their names give away: `password = "…"`, `"api_key": "…"`, `TOKEN=…`.

use crate::finding::Confidence;

use super::checks::{entropy, is_name, unpronounceable};

/// What the name says that the value is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Chosen by a person.
    Password,
    /// Drawn by a machine: long and random.
    Key,
    /// Perhaps a key of a service, perhaps one of a dictionary.
    Weak,
}

/// Judges the value that stands after a name.
///
/// `strong`: something between the two, or around the value, shows that it is assigned.
pub(super) fn judge(name: &str, before: &str, value: &str, stands: Stands) -> Option<Confidence> {
    let parted = snake(name);
    if parted.ends_with("secret_id") && stands != Stands::Beside && is_uuid(value) {
        // half of what a program logs in to a vault with
        return Some(Confidence::Likely);
    }
    let kind = kind_of(&parted, before)?;
    let beside =
        stands == Stands::Beside && (kind == Kind::Password || is_name(value) || value.contains([':', '/', '.']));
    if beside || (stands != Stands::Quoted && looks_like_code(value)) {
        return None;
    }
    match kind {
        Kind::Password => password(value, stands == Stands::Quoted),
        Kind::Key => {
            let quoted = stands == Stands::Quoted;
            let shuffled =
                value.bytes().any(|b| b.is_ascii_uppercase()) && value.bytes().any(|b| b.is_ascii_lowercase());
            let shortest = if quoted && shuffled { 10 } else { 16 };
            let chosen = || {
                (quoted && (parted.ends_with("secret") || parted.ends_with("secret_key")))
                    .then(|| password(value, true))
                    .flatten()
            };
            key(value, shortest).or_else(chosen)
        }
        // where a name says no more than `key`, a UUID names what it stands by
        Kind::Weak => key(value, 20).filter(|_| !is_name(value) && !is_uuid(value)),
    }
}

/// How a value stands after its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    Quoted,
    /// After a sign, without quotes.
    Bare,
    /// After nothing but a space.
    Beside,
}

/// `passwordLabel` as `password_label`.
fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut last = 'A';
    for c in name.chars() {
        if c.is_ascii_uppercase() && last.is_ascii_lowercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
        last = c;
    }
    out
}

/// What a table's column of a telling name holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Password,
    Key,
    /// Keys whose heading doesn't say whose: `token` heads words, and ids that everybody may know.
    Token,
}

impl Column {
    /// Whether a cell's value may be one of them.
    pub(super) fn holds(self, value: &str) -> bool {
        let shuffled = value.bytes().any(|b| b.is_ascii_uppercase()) && value.bytes().any(|b| b.is_ascii_lowercase());
        match self {
            Self::Password => password(value, true).is_some(),
            Self::Key => key(value, 16).is_some() && !is_uuid(value),
            Self::Token => shuffled && key(value, 20).is_some() && !holds_word(value) && !value.starts_with("0x"),
        }
    }
}

/// Whether one of the parts of a value is a word.
fn holds_word(value: &str) -> bool {
    let mut parts = value.split(|c: char| !c.is_ascii_alphanumeric());
    parts.any(|part| part.len() >= 4 && part.bytes().all(|b| b.is_ascii_alphabetic()) && !unpronounceable(part))
}

/// What stands under a heading; `None` under one that doesn't speak of secrets.
pub(super) fn column_of(heading: &str, before: &str) -> Option<Column> {
    let name = snake(heading).replace([' ', '.'], "_");
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match kind_of(&name, before)? {
        Kind::Password => Some(Column::Password),
        Kind::Key if name.trim_matches('s') == "token" => Some(Column::Token),
        Kind::Key => Some(Column::Key),
        Kind::Weak => says(&["auth", "cred", "private", "access"]).then_some(Column::Key),
    }
}

fn looks_like_code(value: &str) -> bool {
    let code = value.contains(['(', ')', '[', ']', '{', '}', '<', '>', ',', ';', '"', '\'']);
    let dotted_name = value.contains('.')
        && value
            .split('.')
            .all(|part| part.chars().all(|c| c.is_ascii_alphabetic() || c == '_'));
    code || dotted_name
}

/// What a variable, keyword or dictionary key of this name holds; `None` for one that only speaks of secrets.
fn kind_of(name: &str, before: &str) -> Option<Kind> {
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
    let mut parts = name.split(['_', '-']);
    if name.ends_with("token") && parts.any(|part| ROW_IDS.contains(&part)) {
        return None;
    }
    let password = [
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "passwort",
        "passcode",
        "mot_de_passe",
        "contrasena",
        "senha",
        "pass",
        "pw",
    ];
    let joined: String = name.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    if password
        .iter()
        .any(|word| name.ends_with(word) || word.len() > 4 && joined.ends_with(word))
    {
        return Some(Kind::Password);
    }
    let strong = [
        "secret",
        "token",
        "apikey",
        "accesskey",
        "authkey",
        "appkey",
        "licensekey",
        "credential",
        "appid",
        "bearer",
    ];
    if name.ends_with("_pat") {
        return Some(Kind::Key);
    }
    if strong.iter().any(|word| joined.contains(word)) {
        return Some(Kind::Key);
    }
    if name == "key" {
        let last = before
            .trim_end()
            .rsplit(|c: char| !c.is_ascii_alphabetic())
            .next()
            .unwrap_or_default();
        let said = [
            "api", "secret", "access", "private", "auth", "license", "account", "app", "service", "client",
        ];
        return said
            .iter()
            .any(|word| last.eq_ignore_ascii_case(word))
            .then_some(Kind::Key);
    }
    let plain = [
        "primary",
        "foreign",
        "sort",
        "dict",
        "cache",
        "partition",
        "group",
        "row",
        "shortcut",
        "column",
        "unique",
        "map",
        "lookup",
        "legend",
        "color",
        "object",
        "s3",
        "blob",
        "registry",
        "keyboard",
        "hot",
        "answer",
        "node",
        "author",
        "authority",
        "monkey",
        "turkey",
        "storage",
        "join",
        "plot",
        "data",
        "keyword",
        "pass",
        "passed",
        "passes",
        "bypass",
        "compass",
        "passenger",
        "passengers",
        "keys",
        "keynote",
        "keypoint",
    ];
    let words: Vec<&str> = name.split(['_', '-']).collect();
    let ends = ["key", "auth", "cred", "creds", "pass", "private", "access"];
    let told = ends.iter().any(|end| name.ends_with(end)) && !words.iter().any(|word| plain.contains(word));
    told.then_some(Kind::Weak)
}

/// Words of the names that data of drives and scenes gives the ids of its rows: `sample_token`, `ego_pose_token`.
const ROW_IDS: [&str; 8] = [
    "annotation",
    "attribute",
    "calibrated",
    "category",
    "pose",
    "sample",
    "scene",
    "visibility",
];

/// Whether a value is such an id: hexadecimal, with others after it. `{'token': '…', 'scene_token': '…'}`
pub(super) fn is_row_id(name: &str, value: &str, after: &str) -> bool {
    let hexadecimal = value.len() >= 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let others = || after.match_indices("_token").filter_map(|(at, _)| after.get(..at));
    let of_row = |before: &str| ROW_IDS.iter().any(|word| before.ends_with(word));
    name == "token" && hexadecimal && others().any(of_row)
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

fn key(value: &str, shortest: usize) -> Option<Confidence> {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let letters = value.chars().filter(char::is_ascii_alphabetic).count();
    let legal = value
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-_+/=.~:".contains(c));
    let words = value
        .split(['-', '_', '.', '/', ':'])
        .all(|part| part.chars().all(|c| c.is_ascii_lowercase()) || part.chars().all(|c| c.is_ascii_digit()));
    let random = digits >= 2 && letters >= 2 && entropy(value) >= 3.2;
    if value.len() < shortest
        || !legal
        || words
        || !random
        || value.trim_end_matches('=').contains('=')
        || value.contains("://")
        || value.starts_with("arn:")
        || value.starts_with(['/', '.'])
        || is_address(value)
        || is_code(value)
        || names_something(value)
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

/// `word2vec-google-news-300`: short parts, two of them words.
fn names_something(value: &str) -> bool {
    let parts = || value.split(['-', '_']);
    let word =
        |part: &&str| part.len() >= 4 && part.bytes().all(|byte| byte.is_ascii_lowercase()) && !unpronounceable(part);
    parts().all(|part| part.len() <= 10) && parts().filter(word).count() >= 2
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
