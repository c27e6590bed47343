//! Ignores that a notebook carries: comments, cell tags, metadata. One that hides nothing is a finding itself.

use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;

use crate::finding::{Finding, Fix, Place, PlaceKind};
use crate::json::Kind;
use crate::notebook::{Cell, CellIdx, Notebook};
use crate::python::CellCode;
use crate::rules::{self, Context};
use crate::select::Selection;
use crate::text::{Edit, LineIndex, Span};

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
    stands: Stands,
    used: bool,
    /// The bytes of the comment and of the blanks before it, where taking them out changes no code.
    comment: Option<Span>,
}

/// Where an ignore was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    /// A comment in a cell's source.
    Source(CellIdx, Span),
    Tag(CellIdx),
    /// Bytes of the notebook's metadata.
    Metadata(Span),
}

/// All that a notebook asks to ignore.
pub struct Ignores {
    list: Vec<Ignore>,
}

/// What every comment that ignores holds.
pub const MARK: &str = "mortarboard:";

/// Takes the ignored findings out. Returns how many, and adds a finding for each ignore that hides nothing.
pub fn apply(ctx: &Context<'_>, selection: &Selection, findings: &mut Vec<Finding>) -> usize {
    let mut ignores = Ignores::gather(ctx.notebook, ctx.cells).list;
    if ignores.is_empty() {
        return 0;
    }
    let before = findings.len();
    findings.retain(|finding| {
        let mut hidden = false;
        let covering = |ignore: &&mut Ignore| ignore.covers((finding.code, finding.rule), &finding.place);
        for ignore in ignores.iter_mut().filter(covering) {
            ignore.used = true;
            hidden = true;
        }
        !hidden
    });
    let suppressed = before - findings.len();
    // a comment may hold several: it goes when none of them is used
    let needed: Vec<Span> = ignores
        .iter()
        .filter(|ignore| ignore.used || unused(ctx, selection, ignore).is_none())
        .filter_map(|ignore| ignore.comment)
        .collect();
    for ignore in ignores.iter().filter(|ignore| !ignore.used) {
        let Some(mut finding) = unused(ctx, selection, ignore) else {
            continue;
        };
        finding.fix = ignore.comment.filter(|comment| !needed.contains(comment)).map(remove);
        findings.push(finding);
    }
    suppressed
}

impl Ignores {
    /// Reads the ignores of a notebook. `cells` tell comments from strings, where they are Python.
    pub fn gather(notebook: &Notebook<'_>, cells: &[CellCode]) -> Self {
        let mut list = Vec::new();
        for cell in &notebook.cells {
            if cell.source.text.contains(MARK) {
                let code = cells.iter().find(|code| code.idx == cell.idx);
                comments(cell, code, &mut list);
            }
            list.extend(cell.tags.iter().filter_map(|tag| by_tag(cell.idx, tag)));
        }
        metadata(notebook, &mut list);
        Self { list }
    }

    /// Whether what a rule (its code and name) finds at this place is ignored.
    pub fn cover(&self, rule: (&str, &str), place: &Place) -> bool {
        self.list.iter().any(|ignore| ignore.covers(rule, place))
    }
}

impl Ignore {
    fn covers(&self, (code, name): (&str, &str), place: &Place) -> bool {
        let named = match &self.rule {
            Some(rule) => rule == name || rule.eq_ignore_ascii_case(code),
            None => true,
        };
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
fn unused(ctx: &Context<'_>, selection: &Selection, ignore: &Ignore) -> Option<Finding> {
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
    let place = match ignore.stands {
        Stands::Source(cell, span) => ctx.in_source(ctx.notebook.cell(cell)?, span),
        Stands::Tag(cell) => ctx.of_cell(ctx.notebook.cell(cell)?),
        Stands::Metadata(span) => Place {
            kind: PlaceKind::Metadata,
            ..Place::file(span)
        },
    };
    let mut finding = meta.finding(place, message);
    finding.hint = Some(hint.to_owned());
    finding.subject.clone_from(&ignore.rule);
    selection.takes(&finding).then_some(finding)
}

fn remove(comment: Span) -> Fix {
    Fix {
        safe: true,
        description: "remove the comment that ignores nothing".to_owned(),
        edits: vec![Edit {
            span: comment,
            replacement: String::new(),
        }],
    }
}

/// `mortarboard:ignore`, `mortarboard-ignore-rule-name`
fn by_tag(cell: CellIdx, tag: &str) -> Option<Ignore> {
    let rest = tag.strip_prefix("mortarboard")?.trim_start_matches([':', '-']);
    let rule = rest.strip_prefix("ignore")?.trim_start_matches([':', '-', '=']).trim();
    Some(Ignore {
        reach: Reach::Cell(cell),
        rule: (!rule.is_empty()).then(|| rule.to_owned()),
        stands: Stands::Tag(cell),
        used: false,
        comment: None,
    })
}

/// `{"mortarboard": {"ignore": ["rule-name"]}}` in the notebook's metadata; a single name need not be in a list.
fn metadata(notebook: &Notebook<'_>, ignores: &mut Vec<Ignore>) {
    let Some(value) = notebook
        .metadata
        .and_then(|metadata| notebook.lookup(metadata, &["mortarboard", "ignore"]))
    else {
        return;
    };
    let single = matches!(notebook.json.kind(value), Kind::String { .. }).then_some(value);
    for item in notebook.json.items(value).chain(single) {
        ignores.push(Ignore {
            reach: Reach::Notebook,
            rule: Some(notebook.text_of(item).text),
            stands: Stands::Metadata(notebook.json.span(item)),
            used: false,
            comment: None,
        });
    }
}

/// `# mortarboard: ignore[a, b]`: on the cell's first line by itself it covers the cell, else its line. In text it is
/// a comment of HTML.
fn comments(cell: &Cell, code: Option<&CellCode>, ignores: &mut Vec<Ignore>) {
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
        let before = text.get(..at - start).unwrap_or_default();
        let hash = if cell.is_code() {
            before.rfind(['#', '/', '-', '%'])
        } else {
            before.trim_end().ends_with("<!--").then(|| before.trim_end().len() - 1)
        };
        let Some(hash) = hash else {
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
        let sign = ['#', '/', '-', '%', '<', '!', ' ', '\t'];
        let alone = text
            .get(..hash)
            .is_some_and(|before| before.trim_matches(sign).is_empty());
        let reach = if alone && first >= start && first <= at {
            Reach::Cell(cell.idx)
        } else {
            Reach::Line(cell.idx, line + 1)
        };
        let stands = Stands::Source(cell.idx, Span::new(start + hash, start + text.trim_end().len()));
        let blank = text.get(..hash).map_or(0, |before| before.trim_end().len());
        let python = code.is_some_and(|code| code.parsed().is_some()) && text.get(hash..=hash) == Some("#");
        let comment = python.then(|| {
            let span = Span::new(start + blank, start + text.trim_end().len());
            cell.source.map.original(span)
        });
        let names = rest
            .trim_start()
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'))
            .map(|(names, _)| names);
        match names {
            None => ignores.push(Ignore {
                reach,
                rule: None,
                stands,
                used: false,
                comment,
            }),
            Some(names) => ignores.extend(names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(
                |name| Ignore {
                    reach,
                    rule: Some(name.to_owned()),
                    stands,
                    used: false,
                    comment,
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
