//! Formats that are given more or fewer values than they show: ruff's F504, F507, F522 and F523.

use std::collections::BTreeSet;

use ruff_python_ast::{Expr, ExprCall};

/// The codes that `left % right` breaks.
pub(super) fn percent_codes(left: &Expr, right: &Expr) -> Option<&'static str> {
    let Expr::StringLiteral(literal) = left else {
        return None;
    };
    let (positional, named) = percent_fields(literal.value.to_str());
    match right {
        Expr::Tuple(tuple) => {
            let plain = !tuple.elts.iter().any(Expr::is_starred_expr);
            (plain && named.is_empty() && positional != tuple.elts.len()).then_some("F507")
        }
        Expr::Dict(dict) => {
            let mut keys = dict.items.iter().filter_map(|item| item.key.as_ref());
            let unused = keys.any(|key| matches!(key, Expr::StringLiteral(k) if !named.contains(k.value.to_str())));
            (unused && !named.is_empty()).then_some("F504")
        }
        _ => None,
    }
}

/// How many values a `%` format takes by position, and which by name.
fn percent_fields(text: &str) -> (usize, BTreeSet<&str>) {
    let (mut positional, mut named) = (0, BTreeSet::new());
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('%') {
        rest = after;
        if let Some(after) = rest.strip_prefix('%') {
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|r| r.split_once(')')) {
            named.insert(name);
            rest = after;
        } else {
            let spec = rest.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(rest.len());
            let (spec, after) = rest.split_at_checked(spec).unwrap_or((rest, ""));
            positional += 1 + spec.matches('*').count();
            rest = after;
        }
    }
    (positional, named)
}

/// The codes that `"…".format(…)` breaks.
pub(super) fn format_codes(call: &ExprCall) -> Vec<&'static str> {
    let Expr::Attribute(attribute) = call.func.as_ref() else {
        return Vec::new();
    };
    let Expr::StringLiteral(literal) = attribute.value.as_ref() else {
        return Vec::new();
    };
    let unpacks = call.arguments.args.iter().any(Expr::is_starred_expr)
        || call.arguments.keywords.iter().any(|k| k.arg.is_none());
    if attribute.attr.as_str() != "format" || unpacks {
        return Vec::new();
    }
    let used = format_fields(literal.value.to_str());
    let unused_position = (0..call.arguments.args.len()).any(|i| !used.contains(&i.to_string()));
    let names = call.arguments.keywords.iter().filter_map(|k| k.arg.as_ref());
    let unused_name = names.into_iter().any(|name| !used.contains(name.as_str()));
    [(unused_position, "F523"), (unused_name, "F522")]
        .into_iter()
        .filter_map(|(broken, code)| broken.then_some(code))
        .collect()
}

/// What a format takes: names, and positions as numbers, those that are left out counted.
fn format_fields(text: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let mut next = 0_usize;
    let text = text.replace("{{", "");
    for part in text.split('{').skip(1) {
        let end = part.find(['}', '.', '[', '!', ':']).unwrap_or(part.len());
        let name = part.get(..end).unwrap_or_default();
        if name.is_empty() {
            used.insert(next.to_string());
            next += 1;
        } else {
            used.insert(name.to_owned());
        }
    }
    used
}
