//! Names that the package needs beyond the notebook's own: legal, free, and read like what they name.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use crate::python::{is_builtin, is_stdlib};

/// Python's keywords, soft ones left out: those are legal names.
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Names that the generated modules bind themselves.
const SCAFFOLD: &[&str] = &[
    "Any",
    "Config",
    "ContractError",
    "NamedTuple",
    "Path",
    "Results",
    "SecretStr",
    "annotations",
    "asyncio",
    "builtins",
    "config",
    "figures_dir",
    "functions",
    "logger",
    "logging",
    "main",
    "pipeline",
    "require_columns",
    "reset_state",
    "run",
    "save_figures",
    "show_messages",
    "steps",
    "subprocess",
];

/// Hands out names that nothing else in the package has.
pub(super) struct Allocator {
    taken: BTreeSet<String>,
}

impl Allocator {
    /// An allocator that leaves alone every name of the notebook.
    pub fn new(notebook_names: impl Iterator<Item = String>) -> Self {
        let mut taken: BTreeSet<String> = notebook_names.collect();
        taken.extend(SCAFFOLD.iter().map(|name| (*name).to_owned()));
        Self { taken }
    }

    /// `wanted`, or `wanted_2` and so on where that is taken.
    pub fn take(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut n = 2;
        while self.taken.contains(&name) || is_reserved(&name) {
            name = format!("{wanted}_{n}");
            n += 1;
        }
        self.taken.insert(name.clone());
        name
    }

    pub fn is_free(&self, name: &str) -> bool {
        !self.taken.contains(name) && !is_reserved(name)
    }
}

fn is_reserved(name: &str) -> bool {
    is_keyword(name) || is_builtin(name)
}

pub(super) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// A legal lower-case name from prose: numbering, emoji and punctuation dropped, accents taken off.
///
/// Empty where nothing is left, as for a heading in a script that has no ASCII form. `usize::MAX` words are all.
pub(super) fn snake_case(prose: &str, most_words: usize) -> String {
    let ascii: String = prose
        .nfkd()
        .filter(|c| c.is_ascii() || c.is_whitespace())
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else if c == '\'' || c == '`' {
                '\u{0}'
            } else {
                ' '
            }
        })
        .filter(|c| *c != '\u{0}')
        .collect();
    let words: Vec<&str> = ascii.split_whitespace().collect();
    let first = words
        .iter()
        .position(|word| !word.bytes().all(|b| b.is_ascii_digit()))
        .unwrap_or(words.len());
    let kept = words.get(first..).unwrap_or_default();
    let mut name = String::new();
    for word in kept.iter().take(most_words) {
        if most_words < usize::MAX && name.len() + word.len() > 40 && !name.is_empty() {
            break;
        }
        if !name.is_empty() {
            name.push('_');
        }
        name.push_str(word);
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert_str(0, "step_");
    }
    name
}

/// Words before a number that only say where in the document a heading stands.
const LABELS: &[&str] = &[
    "appendix", "chapter", "ex", "exercise", "lab", "lesson", "part", "problem", "q", "question", "section", "step",
    "task",
];

/// Words that say nothing at the end of a name that was cut there.
const DANGLING: &[&str] = &[
    "a", "about", "an", "and", "are", "as", "at", "be", "between", "by", "called", "for", "from", "has", "have", "in",
    "into", "is", "it", "its", "named", "of", "on", "or", "our", "s", "so", "than", "that", "the", "their", "then",
    "this", "to", "using", "via", "we", "which", "with", "you", "your",
];

/// The name of a step from its heading: `Step 3. Assign it to a variable called users` is `assign_it_to_a_variable`.
pub(super) fn step_name(heading: &str) -> String {
    let whole = snake_case(heading, 6);
    let labelled: Vec<&str> = whole.split('_').collect();
    let number = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    let label =
        labelled.first().is_some_and(|word| LABELS.contains(word)) && labelled.get(1).is_some_and(|w| number(w));
    let name = if label {
        // the words behind the label and its numbers, counted anew
        let words = snake_case(heading, usize::MAX);
        let behind: Vec<&str> = words.split('_').skip(1).skip_while(|word| number(word)).collect();
        snake_case(&behind.join(" "), 6)
    } else {
        whole.clone()
    };
    let cut = name.len() < snake_case(heading, usize::MAX).len();
    let mut words: Vec<&str> = name.split('_').collect();
    while cut && words.len() > 1 && words.last().is_some_and(|word| DANGLING.contains(word)) {
        words.pop();
    }
    let name = words.join("_");
    if name.is_empty() { whole } else { name }
}

/// `LoadTheData` from `load_the_data`.
pub(super) fn camel_case(name: &str) -> String {
    name.split('_')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let mut chars = part.chars();
            chars
                .next()
                .map(|first| first.to_ascii_uppercase().to_string() + chars.as_str())
                .unwrap_or_default()
        })
        .collect()
}

/// A package name from a notebook's file name: no keyword, no module of the standard library, no import of the notebook.
pub(super) fn package_name(stem: &str, imported: &BTreeSet<String>) -> String {
    let mut name = snake_case(stem, 8);
    if name.is_empty() {
        name = "notebook".to_owned();
    }
    if is_keyword(&name) || is_stdlib(&name) || is_builtin(&name) || imported.contains(&name) || name == "graduated" {
        name.push_str("_pipeline");
    }
    name
}

/// Whether a `NamedTuple` can have a field of this name.
pub(super) fn is_field_name(name: &str) -> bool {
    !name.starts_with('_') && !is_keyword(name) && !["count", "index"].contains(&name)
}
