//! Notebook names that stand in text which a library or the shell reads.

/// The `@name` references of a pandas query or eval expression.
pub(super) fn query_names(text: &str) -> Vec<String> {
    text.split('@').skip(1).filter_map(leading_identifier).collect()
}

/// Every identifier of a formula or a piece of SQL: the caller keeps those that the notebook binds.
pub(super) fn identifiers(text: &str) -> Vec<String> {
    let mut found: Vec<String> = text
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter_map(leading_identifier)
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Names that IPython puts into a shell command or a magic's arguments: all of `{len(name)}`, `$name`; `$$` left out.
///
/// The caller keeps those that the notebook binds.
pub(super) fn interpolated(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('{') {
        let inner = text.get(at + 1..).unwrap_or_default();
        if let Some(end) = inner.find('}').filter(|_| !inner.starts_with('{')) {
            found.extend(identifiers(inner.get(..end).unwrap_or_default()));
        }
    }
    for (at, _) in text.match_indices('$') {
        let before_is_dollar = text.get(..at).is_some_and(|before| before.ends_with('$'));
        if !before_is_dollar {
            found.extend(leading_identifier(text.get(at + 1..).unwrap_or_default()));
        }
    }
    found
}

fn leading_identifier(text: &str) -> Option<String> {
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    let name = text.get(..end)?;
    let starts_well = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    starts_well.then(|| name.to_owned())
}
