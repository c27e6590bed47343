//! What a candidate must be beyond its pattern: checksums, structure, entropy.

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

/// Whether the span lies in base64 so long that it is an image or a model, in which any pattern occurs by chance.
pub(super) fn in_long_blob(text: &str, span: Span) -> bool {
    const LONG: usize = 512;
    let of_blob = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let before = text.as_bytes().get(..span.start).unwrap_or_default();
    let after = text.as_bytes().get(span.end..).unwrap_or_default();
    let left = before.iter().rev().take(LONG).take_while(|byte| of_blob(byte)).count();
    let right = after.iter().take(LONG).take_while(|byte| of_blob(byte)).count();
    left + right >= LONG
}

/// A pattern so particular that a match is a secret.
pub(super) fn certain(_: Candidate<'_>) -> Option<Confidence> {
    Some(Confidence::Certain)
}

/// Letters of both cases or digits mixed in: what a random token of this length always has.
pub(super) fn mixed(Candidate { secret, .. }: Candidate<'_>) -> Option<Confidence> {
    let body = secret.split_once(['-', '_']).map_or(secret, |(_, body)| body);
    let digits = body.chars().any(|c| c.is_ascii_digit());
    let letters = body.chars().any(|c| c.is_ascii_alphabetic());
    (digits && letters).then_some(Confidence::Certain)
}

/// The same for what stands after the last `-`.
pub(super) fn mixed_tail(candidate: Candidate<'_>) -> Option<Confidence> {
    let tail = candidate.secret.rsplit('-').next().unwrap_or_default();
    mixed(Candidate {
        secret: tail,
        ..candidate
    })
}

/// GitHub's tokens end in the CRC-32 of what stands before, in base 62.
pub(super) fn github(Candidate { secret, .. }: Candidate<'_>) -> Option<Confidence> {
    let (_, body) = secret.split_once('_')?;
    let cut = body.len().checked_sub(6)?;
    let (random, checksum) = body.split_at_checked(cut)?;
    // tokens made by hand for tests, and those of GitHub Enterprise, have other checksums
    Some(if base62(crc32(random.as_bytes())) == checksum {
        Confidence::Certain
    } else {
        Confidence::Likely
    })
}

fn crc32(bytes: &[u8]) -> u32 {
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

fn base62(mut number: u32) -> String {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut out = [b'0'; 6];
    for place in out.iter_mut().rev() {
        *place = DIGITS.get((number % 62) as usize).copied().unwrap_or(b'0');
        number /= 62;
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
