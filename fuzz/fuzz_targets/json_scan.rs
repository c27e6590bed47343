//! The scanner against serde_json: what that accepts is accepted, and strings decode to the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mortarboard::json::{Kind, decode, scan};

fuzz_target!(|text: &str| {
    let scanned = scan(text, 0);
    let theirs = serde_json::from_str::<serde_json::Value>(text);
    let Ok(document) = scanned else {
        assert!(theirs.is_err(), "serde_json reads what the scanner refuses");
        return;
    };
    let Some(root) = document.root() else { return };
    for node in document.descendants(root) {
        let span = document.span(node);
        assert!(text.get(span.range()).is_some(), "a span that is not of the text");
        if let Kind::String { .. } = document.kind(node)
            && let Ok(string) = serde_json::from_str::<String>(span.slice(text))
        {
            assert_eq!(decode(text, span).text, string);
        }
    }
});
