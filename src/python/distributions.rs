//! From modules to what is installed for them, by `data/imports.tsv`, and what that brings along, by `data/brings.tsv`.

use std::collections::BTreeSet;

use super::tables::Table;

static DISTRIBUTIONS: Table = Table::new(include_str!("../../data/imports.tsv"));
/// Distributions named like their import, that everybody knows.
static COMMON: Table = Table::new(include_str!("../../data/distributions.txt"));
static BRINGS: Table = Table::new(include_str!("../../data/brings.tsv"));

/// The distribution that a dotted module comes from, by the longest prefix in the table; `false` where it was guessed
/// from the module's own name, which may be another distribution's.
pub fn distribution(module: &str) -> (String, bool) {
    let mut prefix = module;
    loop {
        if let Some(name) = DISTRIBUTIONS.get(prefix) {
            return (name.to_owned(), true);
        }
        match prefix.rsplit_once('.') {
            Some((shorter, _)) => prefix = shorter,
            None => break,
        }
    }
    let name = module.split('.').next().unwrap_or_default().replace('_', "-");
    let known = COMMON.contains(&name);
    (name, known)
}

/// A distribution's name as installers compare it.
pub fn normalised(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

/// What `from module import name` imports: `google.cloud.storage` is a distribution's own, and not only a name in
/// `google.cloud`.
pub(crate) fn module_of(module: &str, name: &str) -> String {
    let inner = format!("{module}.{name}");
    if DISTRIBUTIONS.contains(&inner) {
        inner
    } else {
        module.to_owned()
    }
}

/// Which of the `declared` distributions (normalised) bring `wanted` along, as what they need themselves.
pub fn brought_by<'d>(wanted: &str, mut declared: impl Iterator<Item = &'d str>) -> Option<&'d str> {
    declared.find(|&name| brings(name, wanted))
}

fn brings(name: &str, wanted: &str) -> bool {
    let mut seen = BTreeSet::from([name]);
    let mut open = vec![name];
    while let Some(next) = open.pop() {
        for brought in BRINGS.get(next).unwrap_or_default().split_terminator(' ') {
            if brought == wanted {
                return true;
            }
            if seen.insert(brought) {
                open.push(brought);
            }
        }
    }
    false
}
