//! Tables as programs print them: columns that spaces align, cells between bars, markup, values parted by commas.
//!
//! A printed table has no marks of its own, so that a heading is one only where what stands under it fits it.

mod markup;

use crate::text::Span;

use markup::Row;

/// What a heading stands over, or beside.
#[derive(Debug)]
pub(super) struct Column {
    /// All of the heading that a word of it stands in.
    pub heading: Span,
    /// The texts of its cells, without space around them.
    pub cells: Vec<Span>,
}

/// Bytes of a line at most.
const LONGEST_LINE: usize = 4_000;
/// Bytes of a heading at most.
const LONGEST_HEADING: usize = 60;
/// Rows that are looked at: a file that was printed whole has many.
const ROWS: usize = 1_000_000;

/// Rows from which on a table isn't read twice.
const LONG: usize = 64;

/// The tables of a text, asked for in order.
#[derive(Default)]
pub(super) struct Tables {
    /// The rows of the last long one: none of them heads another.
    rows: Span,
}

impl Tables {
    /// The column that `word`, as part of its heading, stands over.
    pub(super) fn under(&mut self, text: &str, word: Span) -> Option<Column> {
        let column = (!self.rows.contains(word)).then(|| under(text, word))??;
        if let [first, .., last] = column.cells.as_slice()
            && column.cells.len() > LONG
        {
            self.rows = Span::new(first.start.min(last.start), last.end.max(first.end));
        }
        Some(column)
    }
}

fn under(text: &str, word: Span) -> Option<Column> {
    if !may_head(text.as_bytes(), word) {
        return None;
    }
    if let Some(row) = Row::around(text, word) {
        return row.under(text);
    }
    let line = line_at(text, word)?;
    if line.slice(text).starts_with(SERIES) {
        return series(text, line, word);
    }
    if line.slice(text).contains(BARS) {
        return lined(text, line, word);
    }
    ['\t', ',', ';']
        .into_iter()
        .find(|sign| line.slice(text).contains(*sign))
        .map_or_else(|| aligned(text, line, word), |sign| parted(text, line, word, sign))
}

/// The cell beside `word` in a row of markup: `<th>password</th><td>…</td>`.
pub(super) fn beside(text: &str, word: Span) -> Option<Column> {
    may_head(text.as_bytes(), word).then(|| Row::around(text, word)?.beside())?
}

/// The cells of columns that one of the words heads.
pub(super) fn headed(text: &str, words: &[&str]) -> Vec<Span> {
    let mut tables = Tables::default();
    let mut places: Vec<Span> = places_of(words, text).collect();
    places.sort_unstable();
    let columns = places.into_iter().filter_map(|place| tables.under(text, place));
    columns.flat_map(|column| column.cells).collect()
}

/// Where the words stand in a text, in any case, each as a word of its own.
pub(super) fn places_of(words: &[&str], text: &str) -> impl Iterator<Item = Span> {
    let lower = text.to_ascii_lowercase();
    let places: Vec<Span> = words
        .iter()
        .flat_map(|word| lower.match_indices(word))
        .map(|(at, found)| Span::new(at, at + found.len()))
        .filter(|place| is_word(text, place.start, place.end))
        .collect();
    places.into_iter()
}

/// Whether what stands there is a word of its own: `pan` isn't said in `company`.
pub(super) fn is_word(text: &str, start: usize, end: usize) -> bool {
    let letter = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    let bytes = text.as_bytes();
    !letter(start.checked_sub(1).and_then(|at| bytes.get(at))) && !letter(bytes.get(end))
}

/// Whether the bytes on both sides of a word may be those around a heading: most words stand in code or prose.
fn may_head(bytes: &[u8], word: Span) -> bool {
    let of_heading = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'*' | b'`');
    let after = bytes.get(word.end..).unwrap_or_default();
    let rest = after.get(after.iter().take_while(of_heading).count()..);
    let mut next = rest
        .unwrap_or_default()
        .iter()
        .skip_while(|byte| matches!(byte, b' ' | b'"'));
    let ends = next
        .next()
        .is_none_or(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"\r\n\t,;|<\\".contains(byte));
    let before = bytes.get(..word.start).unwrap_or_default().iter().rev();
    let mut last = before
        .skip_while(of_heading)
        .skip_while(|byte| matches!(byte, b' ' | b'"'));
    ends && last
        .next()
        .is_none_or(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"\n\t,;|>:".contains(byte))
}

fn line_at(text: &str, word: Span) -> Option<Span> {
    let start = word.start.saturating_sub(LONGEST_LINE);
    let start = match memchr::memrchr(b'\n', text.as_bytes().get(start..word.start)?) {
        Some(at) => start + at + 1,
        None if start == 0 => 0,
        None => return None,
    };
    line_from(text, start).filter(|line| line.contains(word))
}

/// The line that starts there, without its end; `None` past the text and for a line that no table has.
fn line_from(text: &str, start: usize) -> Option<Span> {
    let rest = text.as_bytes().get(start..).filter(|rest| !rest.is_empty())?;
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    (end <= LONGEST_LINE).then(|| Span::new(start, start + end))
}

/// The lines after `line`, without rules.
fn lines_after(text: &str, line: Span) -> impl Iterator<Item = Span> {
    let next = move |line: &Span| line_from(text, line.end + 1);
    std::iter::successors(next(&line), next)
        .take(ROWS)
        .filter(|line| !is_rule(line.slice(text)))
}

fn line_before(text: &str, line: Span) -> Option<Span> {
    let end = line.start.checked_sub(1)?;
    line_at(text, Span::new(end, end))
}

/// Bars between cells, as markdown, databases, Spark, polars and rich draw them.
const BARS: [char; 7] = ['|', '│', '┃', '┆', '║', '┊', '╎'];

/// `----`, `|---|---|`, `├─────┼─────┤`
fn is_rule(line: &str) -> bool {
    let drawn = line.chars().filter(|c| matches!(c, '-' | '=' | '─' | '━' | '═' | '╌'));
    drawn.count() >= 2 && !line.contains(|c: char| c.is_alphanumeric())
}

/// The cells of a line, parted by what `parts` says.
fn cells(text: &str, line: Span, parts: impl Fn(char) -> bool) -> Vec<Span> {
    let mut cells = Vec::new();
    let mut start = line.start;
    let mut quoted = false;
    for (at, c) in line.slice(text).char_indices() {
        quoted ^= c == '"';
        if parts(c) && !quoted {
            cells.push(trimmed(text, Span::new(start, line.start + at)));
            start = line.start + at + c.len_utf8();
        }
    }
    cells.push(trimmed(text, Span::new(start, line.end)));
    cells
}

/// The text without space around it.
fn trimmed(text: &str, span: Span) -> Span {
    let inner = span.slice(text);
    let start = span.start + inner.len() - inner.trim_start().len();
    Span::new(start, start + inner.trim().len())
}

/// The rank of the cell that holds `word`.
fn rank(cells: &[Span], word: Span) -> Option<usize> {
    cells.iter().position(|cell| cell.contains(word))
}

/// A table between bars: its heading is ruled off, and the first.
fn lined(text: &str, line: Span, word: Span) -> Option<Column> {
    let of = |line: Span| cells(text, line, |c| BARS.contains(&c));
    let heads = of(line);
    let rank = rank(&heads, word)?;
    let ruled = line_from(text, line.end + 1).is_some_and(|line| is_rule(line.slice(text)));
    let mut above = std::iter::successors(line_before(text, line), |line| line_before(text, *line)).take(2);
    let first = !above.any(|line| !is_rule(line.slice(text)) && of(line).len() == heads.len());
    let rows = lines_after(text, line)
        .take_while(|line| line.slice(text).contains(BARS))
        .map(of);
    let cells = rows
        .filter(|row| row.len() == heads.len())
        .filter_map(|row| row.get(rank).copied());
    (ruled && first).then(|| Column {
        heading: heads.get(rank).copied().unwrap_or(word),
        cells: cells.collect(),
    })
}

/// Values parted by a sign: all lines have as many, and the first has names only.
fn parted(text: &str, line: Span, word: Span, sign: char) -> Option<Column> {
    let of = |line: Span| cells(text, line, |c| c == sign);
    let heads = of(line);
    let rank = rank(&heads, word)?;
    let is_name = |head: &Span| {
        let name = head.slice(text).trim_matches(['"', '\u{feff}']);
        name.len() <= LONGEST_HEADING
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.' | '/' | '#'))
    };
    let first = line_before(text, line).is_none_or(|line| of(line).len() != heads.len());
    let rows = lines_after(text, line)
        .map(of)
        // empty values at the end of a line may be trimmed with it
        .take_while(|row| row.len() == heads.len() || (sign == '\t' && (2..heads.len()).contains(&row.len())));
    (heads.len() > 1 && first && heads.iter().all(is_name)).then(|| Column {
        heading: heads.get(rank).copied().unwrap_or(word),
        cells: rows.filter_map(|row| row.get(rank).copied()).collect(),
    })
}

/// A word of a line, and the columns of characters that it takes.
#[derive(Clone, Copy)]
struct Run {
    span: Span,
    start: usize,
    end: usize,
    /// Spaces before it.
    gap: usize,
}

fn runs(text: &str, line: Span) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let (mut column, mut gap) = (0, 0);
    for (at, c) in line.slice(text).char_indices() {
        let here = Span::new(line.start + at, line.start + at + c.len_utf8());
        column += 1;
        match runs.last_mut() {
            _ if c.is_whitespace() => gap += 1,
            Some(run) if gap == 0 => (run.span.end, run.end) = (here.end, column),
            _ => {
                runs.push(Run {
                    span: here,
                    start: column - 1,
                    end: column,
                    gap,
                });
                gap = 0;
            }
        }
    }
    // a table that is too wide goes on below
    runs.pop_if(|run| run.span.slice(text) == "\\" && run.gap > 0);
    runs
}

/// Columns that spaces align: where nothing else parts words, a cell stands at the same place as its heading, or is as
/// many words from the start of its line.
fn aligned(text: &str, line: Span, word: Span) -> Option<Column> {
    let is_row = |line: &Span| !line.slice(text).trim_ascii().is_empty();
    let below = line_from(text, line.end + 1).filter(is_row)?;
    let heads = runs(text, line);
    let rank = heads.iter().position(|run| run.span.contains(word))?;
    let head = *heads.get(rank)?;
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let fits = |run: &&Run| run.start == head.start || run.end == head.end;
    // a row above makes this one of its rows; what is ruled off is the first
    let above = line_before(text, line)
        .filter(|line| !is_rule(below.slice(text)) && !line.slice(text).trim_end().ends_with(':'))
        .map(|line| runs(text, line))
        .filter(|row| row.len().abs_diff(heads.len()) < 2);
    if !head.span.slice(text).chars().all(is_name) || above.is_some_and(|row| row.iter().any(|run| fits(&run))) {
        return None;
    }
    let lines = || lines_after(text, line).take_while(is_row);
    let several = lines().nth(1).is_some();
    let cell = |row: &[Run]| {
        let number = |run: &Run| run.span.slice(text).bytes().all(|byte| byte.is_ascii_digit());
        let indexed = heads.len() > 1 || row.first().is_some_and(number);
        let shift = row.len().checked_sub(heads.len()).filter(|more| match more {
            0 => heads.len() > 1,
            1 => indexed,
            _ => false,
        });
        let spaced = |run: &Run| run.gap > 1 || (run.start == 0 && row.get(1).is_some_and(|next| next.gap > 1));
        let in_place = row.iter().find(fits);
        let in_place = in_place.filter(|run| shift.is_some() || (row.len() > 1 && (several || spaced(run))));
        let in_order = || row.get(rank + shift?).filter(|run| spaced(run) || head.gap > 1);
        Some(in_place.or_else(in_order)?.span)
    };
    let (mut cells, mut seen) = (Vec::new(), 0);
    // marks are longer than what they stand for, and push what follows them out of its place
    let unmarked = lines().filter(|line| !line.slice(text).contains("[redacted:"));
    for line in unmarked {
        cells.extend(cell(&runs(text, line)));
        seen += 1;
        // among lines of code and prose a few may look like rows
        if seen >= TELLING && 2 * cells.len() <= seen {
            return None;
        }
    }
    (2 * cells.len() > seen).then_some(Column {
        heading: head.span,
        cells,
    })
}

/// Rows that tell whether lines are those of a table.
const TELLING: usize = 8;

const SERIES: &str = "Name: ";

/// A column by itself, as pandas prints it: its name stands below, `Name: password, dtype: object`.
fn series(text: &str, line: Span, word: Span) -> Option<Column> {
    let (name, _) = line.slice(text).strip_prefix(SERIES)?.split_once(", ")?;
    let start = line.start + SERIES.len();
    let heading = Span::new(start, start + name.len());
    let rows = std::iter::successors(line_before(text, line), |line| line_before(text, *line)).take(ROWS);
    let rows = rows.take_while(|line| !line.slice(text).starts_with(SERIES));
    let rows = rows.map(|line| runs(text, line)).take_while(|row| row.len() > 1);
    let cells = rows.filter_map(|row| row.last().filter(|run| run.gap > 1).map(|run| run.span));
    heading.contains(word).then(|| Column {
        heading,
        cells: cells.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::{beside, under};
    use crate::text::Span;

    fn column(text: &str) -> Vec<&str> {
        let Some(at) = text.find("PW") else {
            return Vec::new();
        };
        let word = Span::new(at, at + 2);
        let column = under(text, word).or_else(|| beside(text, word));
        let cells = column.map(|column| column.cells).unwrap_or_default();
        cells.iter().map(|cell| cell.slice(text)).collect()
    }

    #[test]
    fn what_stands_under_a_heading() {
        for table in [
            "   user  PW   city\n0   ann  v1    Ulm\n1   bob  v2  Paris\n",
            "         user  PW  \\\n0  ann of Ulm  v1   \n1         bob  v2   \n\n   city\n0   Ulm\n",
            "user  PW\n----  ----\nann   v1\nbob   v2\n\nmore v3",
            "  user PW\n1  ann v1\n2  bob v2",
            "0    v2\n1    v1\nName: PW, dtype: object\n",
            "| user | the PW |\n|:---|---:|\n| ann | v1 |\n| bob | v2 |\nx | v3",
            "+----+--+\n|user|PW|\n+----+--+\n| ann|v1|\n| bob|v2|\n+----+--+\nonly",
            "│ user ┆ PW  │\n│ ---  ┆ --- │\n╞══════╪═════╡\n│ ann  ┆ v1  │\n│ bob  ┆ v2  │\n└──────┴─────┘",
            " user | PW\n------+----\n ann  | v1\n bob  | v2\n(2 rows)",
            "user,PW,city\nann,v1,Ulm\n\"a, b\",v2,\nend",
            "user\tPW\nann\tv1\nbob\tv2",
            ",PW\n0,v1\n1,v2",
            "<table><tr><th></th><th>PW</th></tr><tr><th>0</th><td>v1</td></tr><tr><th>1</th><td><b>v2</b></td></table>",
            "<table><tr><td>user<td>PW<tr><td>ann<td>v1<tr><td>bob<td>v2</table><tr><td>x<td>v3",
            "<tr><th>a</th><th>b</th><th>PW</th></tr><tr><th rowspan=2>x<th>1<td>v1</tr><tr><th>2<td>v2</tr>",
        ] {
            let mut cells = column(table);
            cells.sort_unstable();
            assert_eq!(cells, ["v1", "v2"], "{table}");
        }
        assert_eq!(column("<tr><td>x</td></tr><tr><td>PW</td><td>v1</td></tr>"), ["v1"]);
    }

    #[test]
    fn what_heads_nothing() {
        for text in [
            "set the PW here\nand v1 go on",
            "PW\nv1\nv2",
            "PW = v1\nxy = v2",
            "a | PW | c\nb | v1 | d",
            "| a  | b  |\n| -- | -- |\n| PW | v1 |",
            "f(a, PW)\nf(b, v1)",
            "x, y\na, PW\nb, v1",
            "",
        ] {
            assert_eq!(column(text), [""; 0], "{text}");
        }
    }
}
