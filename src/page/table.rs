//! HTML tables as rows of text. Nothing else of an output's HTML gets onto the page.

use serde::Serialize;

use super::shown::{cut, visible};

/// Rows and columns that are shown.
const ROWS: usize = 60;
const COLUMNS: usize = 40;
/// Characters of a cell that are shown.
const CELL: usize = 300;
/// The widest that a cell may say it is.
const WIDEST: usize = 100;

/// A table's cell.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct TableCell {
    pub head: bool,
    pub text: String,
    pub columns: usize,
    pub rows: usize,
}

/// A table that was read from HTML.
#[derive(Debug, Default, Serialize)]
pub(super) struct Table {
    pub rows: Vec<Vec<TableCell>>,
    /// Rows, and cells of the rows that are shown, past what is shown.
    pub more_rows: usize,
    pub more_cells: usize,
}

/// The tables of an HTML text, those inside others as part of these. `show` is what hides secrets.
pub(super) fn tables(html: &str, show: impl Fn(&str) -> String) -> Vec<Table> {
    let mut reader = Reader::default();
    let mut rest = html;
    while let Some((text, tail)) = rest.split_once('<') {
        reader.text(text);
        rest = match tail.strip_prefix("!--") {
            Some(comment) => comment.split_once("-->").map_or("", |(_, after)| after),
            None => {
                let (tag, after) = tag(tail);
                let name = tag.split([' ', '\t', '\n', '\r', '/']).find(|part| !part.is_empty());
                let name = name.unwrap_or_default().to_ascii_lowercase();
                let closes = tag.starts_with('/');
                if !closes && (name == "style" || name == "script") {
                    past(after, &name)
                } else {
                    reader.tag(&name, closes, tag);
                    after
                }
            }
        };
    }
    reader.text(rest);
    reader.end_table();
    for cell in reader
        .tables
        .iter_mut()
        .flat_map(|table| table.rows.iter_mut().flatten())
    {
        let words = unescaped(&cell.text);
        let shown = show(&words.split_whitespace().collect::<Vec<_>>().join(" "));
        let (start, more) = cut(&shown, CELL);
        cell.text = visible(start) + if more > 0 { "…" } else { "" };
    }
    reader.tables
}

/// The tag that `text` starts with, and what follows it. A `>` in quotes ends no tag.
fn tag(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => {
                return (
                    text.get(..at).unwrap_or_default(),
                    text.get(at + 1..).unwrap_or_default(),
                );
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    (text, "")
}

/// What follows the end of a style or script.
fn past<'t>(text: &'t str, name: &str) -> &'t str {
    let mut ends = text.match_indices("</");
    let end = ends.find(|(at, _)| {
        let found = text.get(at + 2..at + 2 + name.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(name))
    });
    let rest = end.and_then(|(at, _)| text.get(at..)).unwrap_or_default();
    rest.split_once('>').map_or("", |(_, after)| after)
}

#[derive(Default)]
struct Reader {
    tables: Vec<Table>,
    open: Option<Table>,
    row: Option<Vec<TableCell>>,
    cell: Option<TableCell>,
    depth: usize,
}

impl Reader {
    fn text(&mut self, text: &str) {
        if let Some(cell) = &mut self.cell {
            // a cell that is longer than will be shown needs not be kept whole
            if cell.text.len() < 20 * CELL {
                cell.text.push_str(cut(text, 20 * CELL).0);
            }
        }
    }

    fn tag(&mut self, name: &str, closes: bool, tag: &str) {
        match (name, closes) {
            ("table", false) => {
                self.depth += 1;
                if self.depth == 1 {
                    self.open = Some(Table::default());
                }
            }
            ("table", true) => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    self.end_table();
                }
            }
            _ if self.depth != 1 => self.text(" "),
            ("tr", false) => {
                self.end_row();
                self.row = Some(Vec::new());
            }
            ("tr", true) => self.end_row(),
            ("td" | "th", false) => {
                self.end_cell();
                self.cell = Some(TableCell {
                    head: name == "th",
                    text: String::new(),
                    columns: number(tag, "colspan"),
                    rows: number(tag, "rowspan"),
                });
            }
            ("td" | "th", true) => self.end_cell(),
            _ => self.text(" "),
        }
    }

    fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        let Some(table) = &mut self.open else { return };
        let row = self.row.get_or_insert_default();
        if row.len() < COLUMNS {
            row.push(cell);
        } else {
            table.more_cells += 1;
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        let row = self.row.take().filter(|row| !row.is_empty());
        if let (Some(row), Some(table)) = (row, &mut self.open) {
            if table.rows.len() < ROWS {
                table.rows.push(row);
            } else {
                table.more_rows += 1;
            }
        }
    }

    fn end_table(&mut self) {
        self.end_row();
        self.tables
            .extend(self.open.take().filter(|table| !table.rows.is_empty()));
    }
}

/// The number that an attribute of a tag holds; 1 where there is none, or one that no table needs.
fn number(tag: &str, attribute: &str) -> usize {
    let lower = tag.to_ascii_lowercase();
    let value = lower.split_once(attribute).map(|(_, rest)| rest.trim_start());
    let value = value.and_then(|rest| rest.strip_prefix('=')).unwrap_or_default();
    let digits = value.trim_start().trim_start_matches(['"', '\'']);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let number = digits.get(..end).and_then(|digits| digits.parse().ok());
    number.filter(|number| (1..=WIDEST).contains(number)).unwrap_or(1)
}

/// Text with the character references that tables hold replaced by what they stand for.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let named = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        match named.and_then(|(name, tail)| Some((reference(name)?, tail))) {
            Some((c, tail)) => {
                out.push(c);
                rest = tail;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out + rest
}

fn reference(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let code = name.strip_prefix('#')?;
            let hex = code.strip_prefix(['x', 'X']);
            let code = hex.map_or_else(|| code.parse(), |hex| u32::from_str_radix(hex, 16));
            char::from_u32(code.ok()?)
        }
    }
}
