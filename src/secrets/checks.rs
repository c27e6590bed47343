//! What a candidate must be beyond its pattern: checksums, structure, entropy.

use memchr::memmem;

use crate::finding::Confidence;
use crate::text::Span;

use super::base64;

/// A match of a detector's pattern.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'t> {
    /// All that matched.
    pub whole: &'t str,
    /// What of it stands before the secret.
    pub before: &'t str,
    pub secret: &'t str,
}

/// Judges a candidate. `None` is no secret.
pub type Check = fn(Candidate<'_>) -> Option<Confidence>;

/// Shannon entropy in bits a character.
pub(super) fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let total = text.len() as f64;
    let share = |count: u32| f64::from(count) / total;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|&count| -share(count) * share(count).log2())
        .sum()
}

/// Bytes of base64 around a match that make it an image or a model, in which any pattern occurs by chance.
pub(super) const LONG_BLOB: usize = 512;

/// Whether the span lies in such base64.
pub(super) fn in_long_blob(text: &str, span: Span) -> bool {
    let before = text.as_bytes().get(..span.start).unwrap_or_default();
    let after = text.as_bytes().get(span.end..).unwrap_or_default();
    let of_blob = |byte: &&u8| is_of_blob(**byte);
    let left = before.iter().rev().take(LONG_BLOB).take_while(of_blob).count();
    let right = after.iter().take(LONG_BLOB).take_while(of_blob).count();
    left + right >= LONG_BLOB
}

/// Characters of base64.
pub(super) fn is_of_blob(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// A key that is meant to be seen, such as one that a page sends with each request: what it opens is limited by whoever
/// gave it, and only that one knows how well.
pub(super) fn public(candidate: Candidate<'_>) -> Option<Confidence> {
    mixed(candidate).map(|_| Confidence::Possible)
}

/// Mapbox's public tokens start with `pk.`; the others are secret.
pub(super) fn mapbox(candidate: Candidate<'_>) -> Option<Confidence> {
    if candidate.secret.starts_with("pk.") {
        public(candidate)
    } else {
        Some(Confidence::Certain)
    }
}

/// A pattern so particular that a match is a secret.
pub(super) fn certain(_: Candidate<'_>) -> Option<Confidence> {
    Some(Confidence::Certain)
}

/// Letters of both cases or digits mixed in: what a random token of this length always has.
pub(super) fn mixed(Candidate { secret, .. }: Candidate<'_>) -> Option<Confidence> {
    let body = body(secret);
    let digits = body.chars().any(|c| c.is_ascii_digit());
    let letters = body.chars().any(|c| c.is_ascii_alphabetic());
    (digits && letters).then_some(Confidence::Certain)
}

/// What stands after the prefix that names a token's issuer.
fn body(secret: &str) -> &str {
    let (prefix, body) = secret.split_once(['-', '_', '.']).unwrap_or(("", secret));
    if prefix.len() < body.len() { body } else { secret }
}

/// Letters of both cases and digits: names of files and variables, which may be as long, have one case.
pub(super) fn drawn(candidate: Candidate<'_>) -> Option<Confidence> {
    let body = body(candidate.secret);
    let upper = body.bytes().any(|byte| byte.is_ascii_uppercase());
    let lower = body.bytes().any(|byte| byte.is_ascii_lowercase());
    (upper && lower && !is_name(body)).then(|| mixed(candidate)).flatten()
}

/// The same for what stands after the last `-`.
pub(super) fn mixed_tail(candidate: Candidate<'_>) -> Option<Confidence> {
    let tail = candidate.secret.rsplit('-').next().unwrap_or_default();
    mixed(Candidate {
        secret: tail,
        ..candidate
    })
}

/// What a checksum says of a token: one that is right is certain. One that is wrong may be of a token made by hand, or
/// of an issuer's own server, so that it only leaves a doubt.
fn summed(right: bool) -> Option<Confidence> {
    Some(if right { Confidence::Certain } else { Confidence::Likely })
}

/// Tokens of GitHub and npm end in the CRC-32 of what stands between it and their prefix, in base 62.
pub(super) fn base62_sum(Candidate { secret, .. }: Candidate<'_>) -> Option<Confidence> {
    let (_, body) = secret.split_once('_')?;
    let (random, checksum) = body.split_at_checked(body.len().checked_sub(6)?)?;
    summed(in_base(crc32(random.as_bytes()), 62, 6) == checksum)
}

/// Grafana's service tokens end in the CRC-32 of all before, its bytes from the last to the first.
pub(super) fn grafana(candidate: Candidate<'_>) -> Option<Confidence> {
    let secret = candidate.secret;
    match secret.rsplit_once('_') {
        Some((body, checksum)) if secret.starts_with("glsa_") => {
            let bytes = crc32(body.as_bytes()).to_le_bytes();
            summed(bytes.map(|byte| format!("{byte:02x}")).concat() == checksum)
        }
        _ => Some(Confidence::Certain),
    }
}

/// Atlassian's tokens end in `=` and the CRC-32 of all before, in capitals; the `=` counts.
pub(super) fn atlassian(Candidate { secret, .. }: Candidate<'_>) -> Option<Confidence> {
    let at = secret.rfind('=').map_or(secret.len(), |at| at + 1);
    let (body, checksum) = secret.split_at_checked(at)?;
    summed(checksum.is_empty() || format!("{:08X}", crc32(body.as_bytes())) == checksum)
}

/// GitLab's routable tokens end in the CRC-32 of all before, in base 36; the older ones have none.
pub(super) fn gitlab(Candidate { secret, .. }: Candidate<'_>) -> Option<Confidence> {
    if !secret.contains('.') {
        return Some(Confidence::Certain);
    }
    let (body, checksum) = secret.split_at_checked(secret.len().checked_sub(7)?)?;
    summed(in_base(crc32(body.as_bytes()), 36, 7) == checksum)
}

/// Bitbucket's app passwords end in the CRC-32 of all before, in capitals.
pub(super) fn bitbucket(Candidate { secret, .. }: Candidate<'_>) -> Option<Confidence> {
    let (body, checksum) = secret.split_at_checked(secret.len().checked_sub(8)?)?;
    summed(format!("{:08X}", crc32(body.as_bytes())) == checksum)
}

pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| {
        if crc & 1 == 1 {
            (crc >> 1) ^ 0xedb8_8320
        } else {
            crc >> 1
        }
    };
    !bytes
        .iter()
        .fold(!0, |crc: u32, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

fn in_base(mut number: u32, base: u32, places: usize) -> String {
    // base 36 has no capitals
    const BASE_36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    const BASE_62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let digits = if base == 36 { BASE_36 } else { BASE_62 };
    let mut out = vec![b'0'; places];
    for place in out.iter_mut().rev() {
        *place = digits.get((number % base) as usize).copied().unwrap_or(b'0');
        number /= base;
    }
    out.iter().map(|byte| char::from(*byte)).collect()
}

/// A JSON Web Token: three parts, of which the first two are base64url of JSON objects.
pub(super) fn jwt(Candidate { secret, .. }: Candidate<'_>) -> Option<Confidence> {
    let mut parts = secret.split('.');
    let header = base64::decode(parts.next()?)?;
    let payload = base64::decode(parts.next()?)?;
    let names_algorithm = header.windows(5).any(|window| window == b"\"alg\"");
    (names_algorithm && payload.first() == Some(&b'{')).then_some(Confidence::Certain)
}

/// `Basic` credentials: base64 of `user:password`.
pub(super) fn basic(Candidate { secret, .. }: Candidate<'_>) -> Option<Confidence> {
    let decoded = String::from_utf8(base64::decode(secret)?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    let printable = decoded.chars().all(|c| !c.is_control());
    (printable && !user.is_empty() && password.len() >= 3).then_some(Confidence::Certain)
}

/// A private key: enough base64 between its lines.
pub(super) fn pem(Candidate { whole, .. }: Candidate<'_>) -> Option<Confidence> {
    let body = whole.split("-----").nth(2)?;
    let base64 = body
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='))
        .count();
    let elided = body.contains("...") || body.contains('…') || body.contains("XXXX");
    (base64 >= 64 && !elided && entropy(body) > 3.5).then_some(Confidence::Certain)
}

/// A URI's password, unless it names a local test database's well-known one.
pub(super) fn uri_password(Candidate { whole, secret, .. }: Candidate<'_>) -> Option<Confidence> {
    let user = whole.split_once("://")?.1.split(':').next()?;
    let stock = [
        "postgres", "root", "admin", "guest", "user", "username", "password", "pass", "pwd", "test", "secret", "mysql",
        "neo4j",
    ];
    if secret == user || stock.contains(&secret) || secret.starts_with(['$', '{', '<', '%', '[']) {
        return None;
    }
    let local = whole.contains("@localhost") || whole.contains("@127.0.0.1");
    Some(if local {
        Confidence::Possible
    } else {
        Confidence::Likely
    })
}

/// A private key in base64 of its PEM form, alone or within a file: enough of it, and no certificate.
pub(super) fn pem_base64(Candidate { secret, .. }: Candidate<'_>) -> Option<Confidence> {
    let key = match base64::decode(secret) {
        Some(bytes) => {
            let held = |part: &[u8]| memmem::find(&bytes, part).is_some();
            held(b"PRIVATE KEY") || !(held(b"-----BEGIN C") || held(b"PUBLIC KEY"))
        }
        None => true,
    };
    (key && secret.len() >= 80 && entropy(secret) > 3.5).then_some(Confidence::Certain)
}

/// A JSON Web Token in base64.
pub(super) fn jwt_base64(Candidate { secret, .. }: Candidate<'_>) -> Option<Confidence> {
    let decoded = String::from_utf8(base64::decode(secret)?).ok()?;
    (decoded.starts_with("eyJ") && decoded.contains('.')).then_some(Confidence::Certain)
}

/// A key beside the name of whoever gave it: something between the two says what it is.
pub(super) fn vendor(Candidate { before, secret, .. }: Candidate<'_>) -> Option<Confidence> {
    let lower = before.to_ascii_lowercase();
    let digits = secret.bytes().filter(u8::is_ascii_digit).count();
    let letters = secret.bytes().filter(u8::is_ascii_alphabetic).count();
    let labelled = LABELS.iter().any(|label| lower.contains(label));
    let drawn = digits >= 3 && letters >= 3 && entropy(secret) >= 3.0 && !is_name(secret);
    (labelled && drawn && !is_public(&lower)).then_some(Confidence::Likely)
}

/// The start of a JSON Web Token, as one that was cut or made by hand still shows: a header that names an algorithm.
pub(super) fn jwt_start(Candidate { secret, .. }: Candidate<'_>) -> Option<Confidence> {
    let header = base64::decode(secret.split('.').next()?)?;
    let names_algorithm = header.windows(5).any(|window| window == b"\"alg\"");
    names_algorithm.then_some(Confidence::Likely)
}

/// Words that say that a number in a service's line is one that everybody may know.
const PUBLIC: [&str; 16] = [
    "commit",
    "sha",
    "revision",
    "hash",
    "md5",
    "digest",
    "checksum",
    "uuid",
    "run",
    "etag",
    "version",
    "public",
    "user_id",
    "client_id",
    "clientid",
    "job",
];
const LABELS: [&str; 11] = [
    "key",
    "token",
    "secret",
    "pass",
    "auth",
    "private",
    "access",
    "credential",
    "apikey",
    "appid",
    "login",
];

fn is_public(lower: &str) -> bool {
    lower
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .any(|word| {
            PUBLIC
                .iter()
                .any(|public| word == *public || (public.contains('_') && word.ends_with(public)))
        })
}

/// A value in the line of a service's name: something between the two says that it is a key.
pub(super) fn service(Candidate { before, secret, .. }: Candidate<'_>) -> Option<Confidence> {
    let lower = before.to_ascii_lowercase();
    let near = lower.trim_end_matches(['"', '\'', '\\', ' ', '`']);
    let labelled = LABELS.iter().any(|label| lower.contains(label));
    let assigned = lower.len() > near.len() && near.ends_with(['=', '(', ':']) || near.ends_with('=');
    let positional = near.ends_with(',') && near.contains('(');
    let beside = before.len() == before.trim_end().len() + 1 && !before.trim_end().contains(char::is_whitespace);
    let hexadecimal = secret.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if !(labelled || assigned || positional || beside) || is_public(&lower) || (!hexadecimal && is_name(secret)) {
        return None;
    }
    Some(if labelled {
        Confidence::Likely
    } else {
        Confidence::Possible
    })
}

/// Words, numbers and dates joined: what people write, and nobody draws.
pub(super) fn is_name(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    if letters == 0 || value.contains("://") || value.contains("www.") {
        return true;
    }
    if digits == 0 {
        return !unpronounceable(value);
    }
    let parts = value.split(|c: char| !c.is_ascii_alphanumeric());
    let word = |part: &str| {
        let stem = part.trim_end_matches(|c: char| c.is_ascii_digit());
        stem.is_empty()
            || (stem.len() < 14 && stem.bytes().all(|byte| byte.is_ascii_alphabetic()) && !unpronounceable(stem))
    };
    let several = value.bytes().filter(|byte| !byte.is_ascii_alphanumeric()).count() >= 1;
    several && parts.clone().all(word)
}

/// Six consonants in a row, or upper and lower case shuffled: no language is written so.
pub(super) fn unpronounceable(value: &str) -> bool {
    let mut run = 0;
    let consonants = value.bytes().any(|byte| {
        let consonant = byte.is_ascii_alphabetic() && !b"aeiouyAEIOUY".contains(&byte);
        run = if consonant { run + 1 } else { 0 };
        run >= 6
    });
    let bytes = value.as_bytes();
    let switches = bytes
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()))
        .count();
    consonants || (value.len() >= 16 && switches * 5 >= value.len())
}

/// A Slack token's last part: random, or the digits of an old one.
pub(super) fn slack(candidate: Candidate<'_>) -> Option<Confidence> {
    let tail = candidate.secret.rsplit('-').next().unwrap_or_default();
    let digits = tail.bytes().filter(u8::is_ascii_digit).count();
    (digits >= 2 && (digits < tail.len() || digits >= 10)).then_some(Confidence::Certain)
}

/// A Discord token starts with base64 of its bot's number. One that doesn't may be made up, and needs the word beside it.
pub(super) fn discord(candidate: Candidate<'_>) -> Option<Confidence> {
    let lower = candidate.before.to_ascii_lowercase();
    let said = lower.contains("discord") || lower.contains("bot");
    let number = candidate.secret.split('.').next().and_then(base64::decode);
    let numbered =
        number.is_some_and(|number| (17..=20).contains(&number.len()) && number.iter().all(u8::is_ascii_digit));
    match (numbered, said) {
        (true, _) => Some(Confidence::Certain),
        (false, true) => mixed(candidate),
        (false, false) => None,
    }
}

/// A value that a client or a login is given: random, and no hash that everybody may know.
pub(super) fn called_key(Candidate { whole, secret, .. }: Candidate<'_>) -> Option<Confidence> {
    let hexadecimal = secret.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let digits = secret.bytes().filter(u8::is_ascii_digit).count();
    let mixed =
        secret.bytes().any(|byte| byte.is_ascii_uppercase()) && secret.bytes().any(|byte| byte.is_ascii_lowercase());
    let drawn = digits >= 2 && (hexadecimal || mixed && entropy(secret) >= 3.5) && !is_name(secret);
    (drawn && !is_public(&whole.to_ascii_lowercase()) && !secret.contains("//")).then_some(Confidence::Possible)
}

/// A password between a call's quotes: no word, no name, no address.
pub(super) fn called_password(Candidate { secret, .. }: Candidate<'_>) -> Option<Confidence> {
    super::assignment::judge("password", "", secret, super::assignment::Stands::Quoted)
}

/// `user:password` of a command.
pub(super) fn user_password(Candidate { secret, .. }: Candidate<'_>) -> Option<Confidence> {
    let (user, password) = secret.split_once(':')?;
    if user.starts_with("http") || password.starts_with("//") || user == password {
        return None;
    }
    super::assignment::judge("password", "", password, super::assignment::Stands::Quoted)
}
