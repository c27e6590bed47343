//! MB702: a file name that says nothing of what is in it.

use crate::finding::{Finding, Place, Severity};
use crate::notebook::CellKind;
use crate::text::Span;

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB702",
    name: "throwaway-name",
    summary: "the file's name is an editor's, a copy's or a version's",
    severity: Severity::Note,
    reads: Reads::Anything,
    page: include_str!("throwaway_name.md"),
};

pub(super) struct ThrowawayName;

impl Rule for ThrowawayName {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        let file = ctx.path.rsplit(['/', '\\']).next().unwrap_or_default();
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        // what tests read is named after them
        let of_tests = ctx
            .path
            .split(['/', '\\'])
            .any(|part| ["fixtures", "test", "tests"].contains(&part));
        let Some(why) = throwaway(stem).filter(|why| !of_tests || *why != SCRATCH) else {
            return;
        };
        let place = Place::file(Span::new(0, 0));
        let mut finding = META.finding(place, format!("`{}` {why}", ctx.quote(file)));
        finding.hint = Some(match title(ctx) {
            Some(title) => format!("name it after what it does; its title is \"{title}\""),
            None => "name it after what it does".to_owned(),
        });
        out.push(finding);
    }
}

const SCRATCH: &str = "is a name for what is thrown away";

/// What is wrong with a name, if anything is.
fn throwaway(stem: &str) -> Option<&'static str> {
    let lower = stem.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let (first, last) = (*words.first()?, *words.last()?);
    let nothing = first == "untitled" || is_numbered(first, "untitled");
    if nothing || lower == "new notebook" || is_of_kaggle(&lower) {
        return Some("is the name that the editor gave it");
    }
    if is_copy(&lower, &words) {
        return Some("is the name of a copy: nothing says which of the two counts");
    }
    if is_last_word(&words) {
        return Some("says which version came last, and not what it is: git knows the versions");
    }
    let scratch = ["asdf", "foo", "scratch", "temp", "test", "tmp"];
    let alone = words.len() == 1 || (words.len() == 2 && last.bytes().all(|byte| byte.is_ascii_digit()));
    if alone && scratch.iter().any(|word| first == *word || is_numbered(first, word)) {
        return Some(SCRATCH);
    }
    None
}

/// `untitled3`
fn is_numbered(word: &str, start: &str) -> bool {
    let rest = word.strip_prefix(start);
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `notebook1a2b3c4d5e`, and the names of what it hands out.
fn is_of_kaggle(stem: &str) -> bool {
    let hash = stem.strip_prefix("notebook");
    let hash = hash.is_some_and(|hash| hash.len() == 10 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    hash || ["__notebook__", "__notebook_source__"].contains(&stem)
}

/// `model-Copy1`, `Copy of model`, `model - Copy`, `model copy 2`, `model (1)`
fn is_copy(stem: &str, words: &[&str]) -> bool {
    let last = |n: usize| words.iter().rev().nth(n).copied().unwrap_or_default();
    let number = |word: &str| !word.is_empty() && word.len() < 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let download = stem.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    words.starts_with(&["copy", "of"])
        || (words.len() > 1 && (last(0) == "copy" || is_numbered(last(0), "copy")))
        || (words.len() > 2 && last(1) == "copy" && number(last(0)))
        || download.is_some_and(|(_, inside)| number(inside))
}

/// `model_final_v2`, `final2`, `final_final`, `report_v3_final`: a last version after which another came.
fn is_last_word(words: &[&str]) -> bool {
    let is_version = |word: &str| is_numbered(word, "v") || word == "new" || word == "last" || word == "really";
    let at = words
        .iter()
        .position(|word| *word == "final" || is_numbered(word, "final"));
    let Some((before, [found, after @ ..])) = at.and_then(|at| words.split_at_checked(at)) else {
        return false;
    };
    let again = after
        .iter()
        .all(|word| is_version(word) || word.bytes().all(|byte| byte.is_ascii_digit()) || *word == "final");
    let beside = before.last().is_some_and(|word| is_version(word));
    again && (is_numbered(found, "final") || !after.is_empty() || beside)
}

/// The notebook's first heading, where it has one.
fn title(ctx: &Context<'_>) -> Option<String> {
    let cells = ctx.notebook.cells.iter();
    let titles = cells.filter_map(|cell| match cell.kind {
        CellKind::Heading(_) => Some(cell.source.text.as_str()),
        CellKind::Markdown => cell.source.text.lines().find_map(|line| line.strip_prefix("# ")),
        _ => None,
    });
    titles
        .map(|title| ctx.quote(title.trim_matches(['#', '*', ' '])))
        .find(|title| !title.is_empty())
}
