//! What stands where a secret would, and is none.

/// Words that people write in place of a secret.
const STAND_INS: [&str; 34] = [
    "example",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "dummy",
    "redacted",
    "your_",
    "your-",
    "yourkey",
    "yourtoken",
    "yourapi",
    "yourpass",
    "yoursecret",
    "insert",
    "replace",
    "<your",
    "my_secret",
    "my-secret",
    "mysecret",
    "my_token",
    "my_api",
    "my_password",
    "mypassword",
    "mytoken",
    "myapikey",
    "fake",
    "sample",
    "xxxx",
    "todo",
    "****",
    "....",
    "••••",
    "0123456789",
];

/// What stands in a redacted secret's place: `[redacted:github-token]`.
const MARK: &str = "[redacted:";

/// Whether the text at `start` belongs to such a mark.
pub(super) fn in_mark(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    let open = before.get(before.rfind(']').map_or(0, |end| end + 1)..);
    open.is_some_and(|open| open.contains(MARK)) || text.get(start..).is_some_and(|here| here.starts_with(MARK))
}

/// Whether `value` is a stand-in, a masked value or a look-up instead of a secret.
///
/// `human`: the value is one that a person chose, such as a password, in which words prove less.
pub(super) fn is_placeholder(value: &str, human: bool) -> bool {
    let lower = value.to_ascii_lowercase();
    if lower.starts_with("-----begin") {
        return false;
    }
    let stand_in = STAND_INS.iter().any(|word| lower.contains(word));
    let masked = repeats(value, if human { 5 } else { 6 }) || value.contains('…');
    let templated = value.contains("${")
        || value.contains("{{")
        || value.starts_with(['<', '$', '%', '{', '['])
        || value.contains("}}");
    stand_in || masked || (templated && !value.ends_with('=')) || counts_up(&lower)
}

/// One character, `times` or more in a row.
fn repeats(value: &str, times: usize) -> bool {
    let mut run = 0;
    let mut last = None;
    value.chars().any(|c| {
        // zeros in base64 are runs of `A`
        run = if last == Some(c) && c != 'A' { run + 1 } else { 1 };
        last = Some(c);
        run >= times
    })
}

/// `abcdefghij…`, `1234567890…`: nobody draws that by chance.
fn counts_up(lower: &str) -> bool {
    let mut run = 1;
    lower.as_bytes().windows(2).any(|pair| {
        run = if pair.first().map(|byte| byte + 1).as_ref() == pair.get(1) {
            run + 1
        } else {
            1
        };
        run >= 8
    })
}
