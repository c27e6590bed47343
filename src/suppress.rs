//! Ignores that a notebook carries: comments, cell tags, metadata. One that hides nothing is a finding itself.

use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;

use crate::finding::{Finding, Place, PlaceKind};
use crate::notebook::{Cell, CellIdx, Notebook};
use crate::python::CellCode;
use crate::rules::{self, Context};
use crate::select::Selection;
use crate::text::{LineIndex, Span};

/// What an ignore covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Line(CellIdx, usize),
    Cell(CellIdx),
    Notebook,
}

/// An ignore as it was written.
struct Ignore {
    reach: Reach,
    /// A rule's name or code; `None` for all rules.
    rule: Option<String>,
    place: Place,
    used: bool,
}

const MARK: &str = "mortarboard:";

/// Takes the ignored findings out. Returns how many, and adds a finding for each ignore that hides nothing.
pub fn apply(ctx: &Context<'_>, selection: &Selection, findings: &mut Vec<Finding>) -> usize {
    let mut ignores = gather(ctx);
    if ignores.is_empty() {
        return 0;
    }
    let before = findings.len();
    findings.retain(|finding| {
        let mut hidden = false;
        for ignore in ignores.iter_mut().filter(|ignore| ignore.covers(finding)) {
            ignore.used = true;
            hidden = true;
        }
        !hidden
    });
    let suppressed = before - findings.len();
    findings.extend(
        ignores
            .into_iter()
            .filter(|ignore| !ignore.used)
            .filter_map(|ignore| unused(selection, ignore)),
    );
    suppressed
}

impl Ignore {
    fn covers(&self, finding: &Finding) -> bool {
        let named = match &self.rule {
            Some(rule) => rule == finding.rule || rule.eq_ignore_ascii_case(finding.code),
            None => true,
        };
        let place = &finding.place;
        named
            && match self.reach {
                Reach::Notebook => true,
                Reach::Cell(cell) => place.cell == Some(cell),
                Reach::Line(cell, line) => {
                    let (Some(start), Some(end)) = (place.start, place.end) else {
                        return false;
                    };
                    place.cell == Some(cell)
                        && place.kind == PlaceKind::Source
                        && (start.line..=end.line).contains(&line)
                }
            }
    }
}

/// The finding for an unused ignore; nothing where the rule that it names was not asked to speak.
fn unused(selection: &Selection, ignore: Ignore) -> Option<Finding> {
    let meta = &rules::UNUSED_IGNORE;
    let (message, hint) = match &ignore.rule {
        None => (
            "this ignore suppresses nothing".to_owned(),
            selection.is_complete().then_some("remove it")?,
        ),
        Some(rule) => match rules::find(rule) {
            None => (
                format!("this ignore names no rule: `{rule}`"),
                "`mortarboard explain` lists the rules",
            ),
            Some(named) if selection.has(named.code) => (
                format!("this ignore suppresses nothing: `{rule}` finds nothing here"),
                "remove it",
            ),
            Some(_) => return None,
        },
    };
    let mut finding = meta.finding(ignore.place, message);
    finding.hint = Some(hint.to_owned());
    finding.subject = ignore.rule;
    selection.takes(&finding).then_some(finding)
}

fn gather(ctx: &Context<'_>) -> Vec<Ignore> {
    let mut ignores = Vec::new();
    for cell in &ctx.notebook.cells {
        if cell.is_code() && cell.source.text.contains(MARK) {
            let code = ctx.cells.iter().find(|code| code.idx == cell.idx);
            comments(ctx, cell, code, &mut ignores);
        }
        for tag in &cell.tags {
            let Some(rest) = tag.strip_prefix("mortarboard") else {
                continue;
            };
            let rule = match rest.trim_start_matches([':', '-']).strip_prefix("ignore") {
                Some("") => None,
                Some(rule) => Some(rule.trim_start_matches([':', '-', '=']).to_owned()),
                None => continue,
            };
            ignores.push(Ignore {
                reach: Reach::Cell(cell.idx),
                rule,
                place: ctx.of_cell(cell),
                used: false,
            });
        }
    }
    metadata(ctx.notebook, &mut ignores);
    ignores
}

/// `{"mortarboard": {"ignore": ["rule-name"]}}` in the notebook's metadata.
fn metadata(notebook: &Notebook<'_>, ignores: &mut Vec<Ignore>) {
    let Some(list) = notebook
        .metadata
        .and_then(|metadata| notebook.lookup(metadata, &["mortarboard", "ignore"]))
    else {
        return;
    };
    for item in notebook.json.items(list) {
        let mut place = Place::file(notebook.json.span(item));
        place.kind = PlaceKind::Metadata;
        ignores.push(Ignore {
            reach: Reach::Notebook,
            rule: Some(notebook.text_of(item).text),
            place,
            used: false,
        });
    }
}

/// `# mortarboard: ignore[a, b]`: on the cell's first line by itself it covers the cell, else its line.
fn comments(ctx: &Context<'_>, cell: &Cell, code: Option<&CellCode>, ignores: &mut Vec<Ignore>) {
    let source = &cell.source.text;
    let index = LineIndex::new(source);
    let first = source.len() - source.trim_start().len();
    for (at, _) in source.match_indices(MARK) {
        let line = index.line(at);
        let start = index.start(line);
        let text = source
            .get(start..)
            .and_then(|rest| rest.lines().next())
            .unwrap_or_default();
        let Some(hash) = text
            .get(..at - start)
            .and_then(|before| before.rfind(['#', '/', '-', '%']))
        else {
            continue;
        };
        let between = Span::new(start + hash + 1, at).slice(source);
        if !between.trim().is_empty() || code.is_some_and(|code| in_string(code, at)) {
            continue;
        }
        let Some(rest) = Span::new(at + MARK.len(), start + text.len())
            .slice(source)
            .trim_start()
            .strip_prefix("ignore")
        else {
            continue;
        };
        let alone = text.get(..hash).is_some_and(|before| before.trim().is_empty());
        let reach = if alone && first >= start && first <= at {
            Reach::Cell(cell.idx)
        } else {
            Reach::Line(cell.idx, line + 1)
        };
        let place = ctx.in_source(cell, Span::new(start + hash, start + text.trim_end().len()));
        let names = rest
            .trim_start()
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'))
            .map(|(names, _)| names);
        match names {
            None => ignores.push(Ignore {
                reach,
                rule: None,
                place,
                used: false,
            }),
            Some(names) => ignores.extend(names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(
                |name| Ignore {
                    reach,
                    rule: Some(name.to_owned()),
                    place: place.clone(),
                    used: false,
                },
            )),
        }
    }
}

/// Whether this offset of the cell's source lies in a Python token that is no comment.
fn in_string(code: &CellCode, source_offset: usize) -> bool {
    let Some(parsed) = code.parsed() else {
        return false;
    };
    parsed.tokens().iter().any(|token| {
        let range = Span::new(token.range().start().to_usize(), token.range().end().to_usize());
        let in_source = code.to_source.original(range);
        matches!(token.kind(), TokenKind::String | TokenKind::FStringMiddle) && in_source.contains_offset(source_offset)
    })
}
