//! Words that look drawn by a machine: keys of kinds that nobody knows, hashes, ids.

use super::Span;

/// Characters of the shortest one.
const SHORTEST: usize = 12;
/// From this length on a row of consonants is enough.
const LONG: usize = 20;

/// The words of a text that look random. Nothing is lost where one is a hash: they are hidden in what is quoted, no more.
pub(super) fn random_words(text: &str) -> impl Iterator<Item = Span> {
    let mut words = text.split(is_break);
    std::iter::from_fn(move || {
        let word = words.by_ref().find(|word| is_random(word))?;
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        Some(Span::new(start, start + word.len()))
    })
}

/// What parts words: spaces, quotes, brackets, and what stands between a name and its value or the parts of a path.
fn is_break(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '"' | '\'' | '`' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | ',' | ';' | ':' | '=' | '/' | '\\' | '|'
        )
}

fn is_random(word: &str) -> bool {
    if word.len() < SHORTEST {
        return false;
    }
    let mut mixed = 0;
    for part in word.split(['-', '_', '.']) {
        let long = part.len() >= LONG && (is_unspeakable(part) || is_base32(part));
        if long || (part.len() >= SHORTEST && turns(part) * 5 >= part.len()) {
            return true;
        }
        mixed += usize::from(part.len() >= 4 && turns(part) > 0);
    }
    // the groups of a UUID or a licence key
    mixed >= 3
}

/// How often letters and digits, or lower and upper case, take turns. That a word starts with a capital is no turn.
fn turns(part: &str) -> usize {
    let bytes = part.as_bytes();
    if !bytes.iter().any(u8::is_ascii_digit) {
        return 0;
    }
    let kind = |byte: &u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let starts_word = |at: usize| match bytes.get(at..at + 3) {
        Some([a, b, c]) => [a, b, c].map(kind) == [0, 1, 0],
        _ => false,
    };
    let pairs = bytes.windows(2).enumerate().filter(|(at, pair)| {
        let mut kinds = pair.iter().map(kind);
        let (first, second) = (kinds.next(), kinds.next());
        first != second && (first, second) != (Some(1), Some(0)) && !starts_word(*at)
    });
    pairs.count()
}

/// Whether it is made of the 32 characters in which one-time passwords are set up.
fn is_base32(part: &str) -> bool {
    part.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7')) && part.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether neither languages nor abbreviations in names are written so: seven consonants in a row.
fn is_unspeakable(part: &str) -> bool {
    let mut run = 0;
    part.bytes().any(|byte| {
        let consonant = byte.is_ascii_alphabetic() && !b"aeiouyAEIOUY".contains(&byte);
        run = if consonant { run + 1 } else { 0 };
        run >= 7
    })
}

#[cfg(test)]
mod tests {
    use super::random_words;

    #[test]
    fn what_looks_random() {
        let found = |text: &'static str| random_words(text).map(|span| span.slice(text)).collect::<Vec<_>>();
        for random in [
            "951bc382db9cfee29c68634761dd6e19",
            "wpv1jq9xwanbn3n",
            "hf_xqkzlqzvlzhjaemsgfebhzdp",
            "prefix-67zaau13-81zw-64mr-whgv-uq69",
            "JERZOR2XLQYTUQG7YBZYHLK3KSLRYTWB",
        ] {
            assert_eq!(found(random), [random]);
        }
        assert_eq!(
            found("key = \"951bc382db9cfee29c68634761dd6e19\"  # x"),
            ["951bc382db9cfee29c68634761dd6e19"]
        );
        for plain in [
            "RandomForestClassifier(n_estimators=100, max_depth=5)",
            "train_test_split_2020_v2_final_model_12345678",
            "/home/ann/projects/2023-01-15/churn_model_v3.parquet",
            "https://storage.googleapis.com/tensorflow-1-public/course2/week3/data.zip",
            "bert-base-multilingual-uncased-sentiment",
            "getHTTPResponse200Code and ResNet50V2Preprocessing",
            "2023-01-15T10:11:12.282562Z 192.168.100.200 1234567890123456",
            "torch==2.1.0+cu118 numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.whl",
        ] {
            assert_eq!(found(plain), Vec::<&str>::new());
        }
    }
}
