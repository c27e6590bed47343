//! A module's import block, in the order that isort (and ruff's `I` rules) want.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{Import, ImportSection, LINE_LENGTH, Plan, Step};

/// An import of the generated code itself.
pub(super) fn of(section: ImportSection, module: &str, symbol: Option<&str>, alias: Option<&str>) -> Import {
    Import {
        section,
        module: module.to_owned(),
        symbol: symbol.map(str::to_owned),
        alias: alias.map(str::to_owned),
        for_effect: false,
    }
}

/// Those of the modules in which a plan's steps stand.
pub(super) fn of_steps<'p>(plan: &Plan, steps: impl Iterator<Item = &'p Step>) -> BTreeSet<Import> {
    let of_step = |step: &Step| match step.module.rsplit_once('.') {
        Some((folder, module)) => {
            let folder = format!("{}.{folder}", plan.package);
            of(ImportSection::FirstParty, &folder, Some(module), None)
        }
        None => of(ImportSection::FirstParty, &plan.package, Some(&step.module), None),
    };
    steps.map(of_step).collect()
}

/// The block, merged and sorted, one statement a line; sections apart by an empty line.
pub(super) fn block(imports: &[Import]) -> String {
    let mut sections: BTreeMap<ImportSection, Vec<&Import>> = BTreeMap::new();
    for import in imports {
        sections.entry(import.section).or_default().push(import);
    }
    let texts: Vec<String> = sections.values().map(|section| lines(section).join("\n")).collect();
    texts.join("\n\n")
}

/// One statement: what it imports, and what is written.
struct Line<'a> {
    module: &'a str,
    members: Vec<(&'a str, Option<&'a str>)>,
    for_effect: bool,
}

fn lines(imports: &[&Import]) -> Vec<String> {
    let mut plain: BTreeMap<(&str, Option<&str>), bool> = BTreeMap::new();
    let mut merged: BTreeMap<&str, (BTreeSet<&str>, bool)> = BTreeMap::new();
    let mut single: BTreeMap<(&str, &str, Option<&str>), bool> = BTreeMap::new();
    for import in imports {
        // `import x as x` and `from m import x as x` mark a re-export, which is not what a notebook means by it
        let alias = import
            .alias
            .as_deref()
            .filter(|alias| Some(*alias) != import.symbol.as_deref());
        match import.symbol.as_deref() {
            None => {
                *plain
                    .entry((&import.module, alias.filter(|a| *a != import.module)))
                    .or_default() |= import.for_effect
            }
            Some(symbol) if alias.is_some() || symbol == "*" => {
                *single.entry((&import.module, symbol, alias)).or_default() |= import.for_effect;
            }
            Some(symbol) => {
                let entry = merged.entry(&import.module).or_default();
                entry.0.insert(symbol);
                entry.1 |= import.for_effect;
            }
        }
    }
    let mut from: Vec<Line> = Vec::new();
    for (module, (symbols, for_effect)) in merged {
        let mut members: Vec<_> = symbols.into_iter().map(|symbol| (symbol, None)).collect();
        members.sort_by(|a, b| by_member(*a, *b));
        from.push(Line {
            module,
            members,
            for_effect,
        });
    }
    for ((module, symbol, alias), for_effect) in single {
        from.push(Line {
            module,
            members: vec![(symbol, alias)],
            for_effect,
        });
    }
    from.sort_by(|a, b| {
        by_module(a.module, b.module).then_with(|| match (a.members.first(), b.members.first()) {
            (Some(x), Some(y)) => by_member(*x, *y),
            _ => Ordering::Equal,
        })
    });
    let mut straight: Vec<_> = plain.into_iter().collect();
    straight.sort_by(|((a, x), _), ((b, y), _)| by_module(a, b).then_with(|| by_alias(*x, *y)));

    let effect = |for_effect: bool| if for_effect { "  # noqa: F401" } else { "" };
    let mut out: Vec<String> = straight
        .into_iter()
        .map(|((module, alias), noqa)| format!("import {}{}", renamed(module, alias), effect(noqa)))
        .collect();
    out.extend(from.into_iter().map(|line| {
        let members: Vec<String> = line
            .members
            .iter()
            .map(|(symbol, alias)| renamed(symbol, *alias))
            .collect();
        let plain = format!("from {} import {}", line.module, members.join(", "));
        // laid out over several lines, the comment has to stand where the statement begins
        if line.for_effect && plain.chars().count() + effect(true).len() > usize::from(LINE_LENGTH) {
            return format!(
                "from {} import ({}\n    {},\n)",
                line.module,
                effect(true),
                members.join(", ")
            );
        }
        format!("{plain}{}", effect(line.for_effect))
    }));
    out
}

fn renamed(name: &str, alias: Option<&str>) -> String {
    alias.map_or_else(|| name.to_owned(), |alias| format!("{name} as {alias}"))
}

fn by_module(a: &str, b: &str) -> Ordering {
    natural(&a.to_lowercase(), &b.to_lowercase()).then_with(|| natural(a, b))
}

/// `*` first, then constants, classes, and the rest.
fn by_member(a: (&str, Option<&str>), b: (&str, Option<&str>)) -> Ordering {
    let rank = |name: &str| {
        let upper = name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase);
        if name == "*" {
            0
        } else if name.len() > 1 && upper {
            // counted in bytes, as ruff does: `X` is a class to it, `É` a constant
            1
        } else if name.starts_with(char::is_uppercase) {
            2
        } else {
            3
        }
    };
    rank(a.0)
        .cmp(&rank(b.0))
        .then_with(|| by_module(a.0, b.0))
        .then_with(|| by_alias(a.1, b.1))
}

fn by_alias(a: Option<&str>, b: Option<&str>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => natural(a, b),
        _ => a.is_some().cmp(&b.is_some()),
    }
}

/// As people count: `x2` before `x10`. Digits with a leading zero compare as a fraction does, as isort's order has it.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (run_a, run_b) = (digits(a), digits(b));
        if run_a.is_empty() || run_b.is_empty() {
            let (mut rest_a, mut rest_b) = (a.chars(), b.chars());
            match (rest_a.next(), rest_b.next()) {
                (None, None) => return Ordering::Equal,
                (None, Some(_)) => return Ordering::Less,
                (Some(_), None) => return Ordering::Greater,
                (Some(x), Some(y)) if x != y => return x.cmp(&y),
                _ => (a, b) = (rest_a.as_str(), rest_b.as_str()),
            }
            continue;
        }
        let order = if run_a.starts_with('0') || run_b.starts_with('0') {
            run_a.cmp(run_b)
        } else {
            run_a.len().cmp(&run_b.len()).then_with(|| run_a.cmp(run_b))
        };
        if order != Ordering::Equal {
            return order;
        }
        a = a.get(run_a.len()..).unwrap_or_default();
        b = b.get(run_b.len()..).unwrap_or_default();
    }
}

fn digits(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{block, of};
    use crate::plan::ImportSection::{Stdlib, ThirdParty};

    #[test]
    fn the_order_is_isorts() {
        let imports = [
            of(ThirdParty, "sklearn.svm", Some("SVC"), None),
            of(ThirdParty, "pandas", None, Some("pd")),
            of(ThirdParty, "sklearn", Some("x10"), None),
            of(ThirdParty, "sklearn", Some("x2"), None),
            of(ThirdParty, "sklearn", Some("Base"), None),
            of(ThirdParty, "sklearn", Some("a"), Some("b")),
            of(Stdlib, "os", None, None),
            of(Stdlib, "os", None, None),
        ];
        assert_eq!(
            block(&imports),
            "import os\n\nimport pandas as pd\nfrom sklearn import Base, x2, x10\nfrom sklearn import a as b\nfrom \
             sklearn.svm import SVC"
        );
    }
}
