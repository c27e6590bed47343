//! Which rules speak: by code, by the start of a code, by name.

use crate::finding::{Finding, Severity};

/// A rule as it can be selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleName {
    pub code: &'static str,
    pub name: &'static str,
}

/// A selector that no rule answers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRule {
    /// Whether it has the form of a code: then another version may know it, and it is no error.
    pub code_like: bool,
    pub selector: String,
    /// A rule that was perhaps meant.
    pub suggestion: Option<&'static str>,
}

/// Selected rules and the least severity that is reported.
#[derive(Clone, Debug)]
pub struct Selection {
    codes: Vec<&'static str>,
    /// Whether every rule is selected, so that a blanket ignore can be called unused.
    complete: bool,
    least: Severity,
    unmet: Vec<String>,
}

impl Selection {
    /// Resolves selectors against the rules: what is selected (all where `select` is `None`), and what is
    /// taken away again. Where both name a rule, the longer selector wins, and of equal ones `ignore`.
    ///
    /// Codes that no rule has are passed over and kept as [`Self::unmet`]: settings outlive versions.
    ///
    /// # Errors
    /// Names that no rule has.
    pub fn resolve(
        rules: &[RuleName],
        select: Option<&[String]>,
        ignore: &[String],
        least: Severity,
    ) -> Result<Self, Vec<UnknownRule>> {
        let all = ["ALL".to_owned()];
        let select = select.unwrap_or(&all);
        let unknown: Vec<UnknownRule> = select
            .iter()
            .chain(ignore)
            .filter(|selector| !rules.iter().any(|rule| strength(selector, *rule).is_some()))
            .map(|selector| unknown(rules, selector))
            .collect();
        let (unmet, wrong): (Vec<UnknownRule>, Vec<UnknownRule>) =
            unknown.into_iter().partition(|unknown| unknown.code_like);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let strongest = |selectors: &[String], rule: RuleName| selectors.iter().filter_map(|s| strength(s, rule)).max();
        let chosen = rules
            .iter()
            .filter(|rule| strongest(select, **rule) > strongest(ignore, **rule));
        let codes: Vec<&'static str> = chosen.map(|rule| rule.code).collect();
        let complete = codes.len() == rules.len();
        let unmet = unmet.into_iter().map(|unknown| unknown.selector).collect();
        Ok(Self {
            codes,
            complete,
            least,
            unmet,
        })
    }

    /// Every rule, at every severity.
    pub fn all(rules: &[RuleName]) -> Self {
        Self {
            codes: rules.iter().map(|rule| rule.code).collect(),
            complete: true,
            least: Severity::Note,
            unmet: Vec::new(),
        }
    }

    pub fn has(&self, code: &str) -> bool {
        self.codes.contains(&code)
    }

    /// Selectors in the form of a code that no rule has.
    pub fn unmet(&self) -> &[String] {
        &self.unmet
    }

    pub fn is_complete(&self) -> bool {
        self.complete && self.least == Severity::Note
    }

    /// The least severity that is reported.
    pub fn least(&self) -> Severity {
        self.least
    }

    /// Whether a finding is to be reported.
    pub fn takes(&self, finding: &Finding) -> bool {
        finding.severity >= self.least && self.has(finding.code)
    }
}

/// How exactly a selector names a rule: `ALL` least, then by the length of the code's start; a name most.
fn strength(selector: &str, rule: RuleName) -> Option<usize> {
    if selector == "ALL" {
        return Some(1);
    }
    if selector == rule.name {
        return Some(usize::MAX);
    }
    let upper = selector.to_ascii_uppercase();
    (upper.len() >= 2 && rule.code.starts_with(&upper)).then_some(1 + upper.len())
}

/// The error for a selector that names nothing, with the nearest rule's name.
pub fn unknown(rules: &[RuleName], selector: &str) -> UnknownRule {
    let lower = selector.to_ascii_lowercase();
    let code_like = lower
        .strip_prefix("mb")
        .is_some_and(|digits| digits.len() <= 3 && digits.chars().all(|c| c.is_ascii_digit()));
    let nearest = rules
        .iter()
        .flat_map(|rule| [rule.name, rule.code])
        .map(|name| (distance(&lower, &name.to_ascii_lowercase()), name))
        .min_by_key(|&(distance, _)| distance);
    let near = nearest.filter(|(distance, name)| *distance <= name.len() / 3);
    UnknownRule {
        code_like,
        selector: selector.to_owned(),
        suggestion: near.map(|(_, name)| name),
    }
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.chars().enumerate() {
            let get = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
            let replaced = get(&row, j) + usize::from(x != y);
            next.push(replaced.min(get(&row, j + 1) + 1).min(get(&next, j) + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
