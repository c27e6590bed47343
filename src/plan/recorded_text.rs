//! What a stored text says of a value: literals, and the series and frames that pandas prints.

use super::model::Check;

/// Rows and columns past which a table is no small one.
const ROWS: usize = 20;
const COLUMNS: usize = 12;

/// What a stored text says of a value.
pub(super) enum Told {
    /// Checks of the value itself.
    Value(Vec<Check>),
    /// Checks of its columns, which call it `table`.
    Table(Vec<Check>),
}

/// The checks of `value` by the text that was stored for it; none where the text doesn't say for certain what it is.
pub(super) fn told(value: &str, text: &str) -> Option<Told> {
    let text = text.trim_end();
    if let Some(expected) = testable(text.trim()) {
        return Some(Told::Value(vec![check(value, expected, None)]));
    }
    if let Some(number) = Number::read(without_wrapper(text.trim())) {
        let expected = number.text.to_owned();
        return Some(Told::Value(vec![check(value, expected, Some(number.tolerance()))]));
    }
    // `…`, and `\` at a line's end: something was left out or wrapped
    if text.contains("...") || text.lines().any(|line| line.ends_with('\\')) || !is_plain(text) {
        return None;
    }
    let of_value = series(value, text).map(|found| Told::Value(vec![found]));
    of_value.or_else(|| frame(text).map(Told::Table))
}

fn check(expression: &str, expected: String, tolerance: Option<String>) -> Check {
    Check {
        expression: expression.to_owned(),
        expected,
        tolerance,
    }
}

/// Whether a text may stand in a test: it names no object's address, no place of one machine, no person, and holds
/// nothing that a machine might have drawn, such as a key.
pub(super) fn is_plain(text: &str) -> bool {
    let drawn = |word: &str| {
        let mixed = word.contains(|c: char| c.is_ascii_digit()) && word.contains(|c: char| c.is_ascii_alphabetic());
        word.len() >= 16 && mixed && word.parse::<f64>().is_err()
    };
    let marks = [
        "0x", "/home/", "/Users/", "/tmp/", ":\\", "@", "\u{1b}", "\r", " at 0x", "<",
    ];
    let lower = text.to_lowercase();
    let secret = [
        "password",
        "passwd",
        "secret",
        "token",
        "api_key",
        "apikey",
        "credential",
    ];
    !marks.iter().any(|mark| text.contains(mark))
        && !secret.iter().any(|word| lower.contains(word))
        && !text
            .split(|c: char| c.is_whitespace() || "=:,;'\"()[]".contains(c))
            .any(drawn)
        && !text.chars().any(|c| c.is_control() && c != '\n')
}

/// numpy's wrappers taken off.
fn without_wrapper(text: &str) -> &str {
    [
        "np.int64(",
        "np.int32(",
        "np.float64(",
        "np.float32(",
        "np.bool_(",
        "np.True_",
        "np.False_",
    ]
    .iter()
    .find_map(|prefix| text.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(')')))
    .unwrap_or(text)
}

fn is_int(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let leads = digits.len() > 1 && digits.starts_with('0');
    !digits.is_empty() && !leads && digits.len() < 19 && digits.bytes().all(|b| b.is_ascii_digit())
}

/// `text` as a literal: whole numbers, tuples of them, booleans, short plain strings.
fn testable(text: &str) -> Option<String> {
    let inner = without_wrapper(text);
    let is_tuple = inner
        .strip_prefix('(')
        .and_then(|t| t.strip_suffix(')'))
        .is_some_and(|t| t.trim_end_matches(',').split(',').all(|part| is_int(part.trim())));
    let is_string = inner.len() > 2
        && inner.len() < 60
        && inner.starts_with('\'')
        && inner.ends_with('\'')
        && inner
            .chars()
            .all(|c| c == ' ' || c == '\'' || c.is_ascii_alphanumeric())
        && inner.matches('\'').count() == 2;
    let strings = inner
        .strip_prefix('[')
        .and_then(|t| t.strip_suffix(']'))
        .is_some_and(|t| t.split(", ").all(is_plain_string) && t.len() < 400);
    (is_int(inner) || is_tuple || (is_string && is_plain(inner)) || strings || ["True", "False"].contains(&inner))
        .then(|| inner.to_owned())
}

fn is_plain_string(text: &str) -> bool {
    let inside = text.strip_prefix('\'').and_then(|t| t.strip_suffix('\''));
    inside.is_some_and(|t| t.chars().all(|c| c.is_ascii_alphanumeric() || " _-.".contains(c)) && is_plain(t))
}

/// A number with a fraction, as printed.
struct Number<'t> {
    text: &'t str,
    decimals: usize,
    scientific: bool,
}

impl<'t> Number<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let (mantissa, exponent) = text.split_once('e').map_or((text, None), |(m, e)| (m, Some(e)));
        let (whole, fraction) = mantissa.strip_prefix('-').unwrap_or(mantissa).split_once('.')?;
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        let sound = digits(whole) && digits(fraction) && !whole.is_empty() && text.len() < 30;
        let power = exponent.is_none_or(|e| digits(e.trim_start_matches(['+', '-'])) && !e.is_empty());
        (sound && power).then_some(Self {
            text,
            decimals: fraction.len(),
            scientific: exponent.is_some(),
        })
    }

    /// As far as the text says: half of its last digit, and no more than a machine's arithmetic keeps.
    fn tolerance(&self) -> String {
        if self.scientific {
            format!("rel=1e-{}", self.decimals.clamp(1, 7))
        } else if self.decimals > 9 {
            "rel=1e-7".to_owned()
        } else {
            format!("abs=5.1e-{}", self.decimals + 1)
        }
    }
}

/// The widest tolerance of numbers, all of which have a fraction.
fn numbers(texts: &[&str]) -> Option<String> {
    let all: Option<Vec<Number<'_>>> = texts.iter().map(|text| Number::read(text)).collect();
    let all = all?;
    let coarse = all.iter().min_by_key(|n| n.decimals)?;
    match all.iter().filter(|n| n.scientific).min_by_key(|n| n.decimals) {
        Some(number) => Some(number.tolerance()),
        None => Some(coarse.tolerance()),
    }
}

/// Parts between which stand two spaces or more.
fn columns(line: &str) -> Vec<&str> {
    line.split("  ")
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

/// Whether `str` gives a label or a cell as pandas prints it: no date, no missing value, no number with a fraction or
/// with commas, no container.
fn is_text(text: &str) -> bool {
    let number = text.chars().all(|c| c.is_ascii_digit() || "+-.,%$€e:/ ".contains(c)) && !is_int(text);
    let missing = ["NaN", "nan", "None", "NaT", "<NA>", "inf", "-inf"].contains(&text);
    let date = text
        .get(..5)
        .is_some_and(|t| t.ends_with('-') && t.bytes().take(4).all(|b| b.is_ascii_digit()));
    !number && !missing && !date && !text.starts_with(['[', '{', '(', '<']) && !text.contains("days")
}

fn is_date(text: &str) -> bool {
    text.get(..5)
        .is_some_and(|t| t.ends_with('-') && t.bytes().take(4).all(|b| b.is_ascii_digit()))
}

fn quoted(text: &str) -> String {
    crate::python::string_literal(text)
}

/// `label    value` a line, and what they are at the end: `Name: x, dtype: float64`.
fn series(value: &str, text: &str) -> Option<Check> {
    let mut lines: Vec<&str> = text.lines().collect();
    let (_, dtype) = lines.pop()?.rsplit_once("dtype: ")?;
    if lines.first().is_some_and(|line| columns(line).len() == 1) {
        // the name of the index
        lines.remove(0);
    }
    let mut rows: Vec<(&str, &str)> = Vec::new();
    for line in lines {
        let [label, shown]: [&str; 2] = columns(line).try_into().ok()?;
        if !is_text(label) || rows.iter().any(|(other, _)| *other == label) {
            return None;
        }
        rows.push((label, shown));
    }
    if rows.is_empty() || rows.len() > ROWS {
        return None;
    }
    let shown: Vec<&str> = rows.iter().map(|(_, shown)| *shown).collect();
    let (taken, tolerance, quote) = if dtype.starts_with("float") {
        ("value", Some(numbers(&shown)?), false)
    } else if dtype.starts_with("int") || dtype.starts_with("uint") {
        ("value", None, false)
    } else if dtype == "bool" {
        ("bool(value)", None, false)
    } else {
        ("str(value)", None, true)
    };
    let fits = |shown: &&str| match dtype {
        "bool" => ["True", "False"].contains(shown),
        _ if quote => is_text(shown),
        _ => tolerance.is_some() || is_int(shown),
    };
    if !shown.iter().all(fits) {
        return None;
    }
    let entries: Vec<String> = rows
        .iter()
        .map(|(label, shown)| {
            let shown = if quote { quoted(shown) } else { (*shown).to_owned() };
            format!("{}: {shown}", quoted(label))
        })
        .collect();
    let expression = format!("{{str(label): {taken} for label, value in {value}.items()}}");
    Some(check(&expression, format!("{{{}}}", entries.join(", ")), tolerance))
}

/// A header, perhaps the name of the index, and a line a row: the columns of which the text says for certain what they
/// hold. Where the header starts at the margin, the columns have a name or the rows several labels.
fn frame(text: &str) -> Option<Vec<Check>> {
    if !text.starts_with("  ") || text.lines().next_back()?.contains("dtype: ") {
        return None;
    }
    let mut lines = text.lines();
    let header = columns(lines.next()?);
    let mut rows: Vec<Vec<&str>> = lines.map(columns).collect();
    if rows.first()?.len() == 1 && rows.len() > 1 {
        rows.remove(0);
    }
    let fits = rows.iter().all(|row| row.len() == header.len() + 1);
    // a date stands one space behind what is before it, and reads as part of that
    let dated = rows.iter().flatten().any(|part| part.split(' ').any(is_date));
    let distinct = header
        .iter()
        .enumerate()
        .all(|(at, name)| !header.iter().take(at).any(|other| other == name));
    let named = header.iter().all(|name| is_text(name) && !is_int(name));
    if !fits || dated || !distinct || !named || rows.is_empty() || rows.len() > ROWS || header.len() > COLUMNS {
        return None;
    }
    let mut found = Vec::new();
    for (at, name) in header.iter().enumerate() {
        let cells: Vec<&str> = rows.iter().filter_map(|row| row.get(at + 1).copied()).collect();
        let list = |cells: Vec<String>| format!("[{}]", cells.join(", "));
        let plain = || list(cells.iter().map(|cell| (*cell).to_owned()).collect());
        let column = format!("table[{}]", quoted(name));
        if cells.iter().all(|cell| is_int(cell)) {
            found.push(check(&format!("[int(value) for value in {column}]"), plain(), None));
        } else if let Some(tolerance) = numbers(&cells) {
            found.push(check(
                &format!("[float(value) for value in {column}]"),
                plain(),
                Some(tolerance),
            ));
        } else if cells.iter().all(|cell| is_text(cell) && !is_int(cell)) {
            let expected = list(cells.iter().map(|cell| quoted(cell)).collect());
            found.push(check(
                &format!("[str(value).strip() for value in {column}]"),
                expected,
                None,
            ));
        }
    }
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::{Check, Told, told};

    fn says(text: &str) -> Vec<String> {
        let found = match told("results.x", text) {
            Some(Told::Value(found) | Told::Table(found)) => found,
            None => Vec::new(),
        };
        let line = |c: Check| format!("{} == {} {}", c.expression, c.expected, c.tolerance.unwrap_or_default());
        found.into_iter().map(line).collect()
    }

    #[test]
    fn numbers_are_as_precise_as_they_are_shown() {
        assert_eq!(says("0.714"), ["results.x == 0.714 abs=5.1e-4"]);
        assert_eq!(
            says("np.float64(0.7142857142857143)"),
            ["results.x == 0.7142857142857143 rel=1e-7"]
        );
        assert_eq!(says("['a', 'b c']"), ["results.x == ['a', 'b c'] "]);
        assert!(says("nan").is_empty());
    }

    #[test]
    fn series_are_read_by_label() {
        let text = "plan\nbasic         0.173\nfree          0.192\nName: churned, dtype: float64";
        let expected = "{str(label): value for label, value in results.x.items()} == \
                        {\"basic\": 0.173, \"free\": 0.192} abs=5.1e-4";
        assert_eq!(says(text), [expected]);
        assert!(says("2018-01-01    1\ndtype: int64").is_empty());
        assert!(says("0    1.5\n1    NaN\ndtype: float64").is_empty());
    }

    #[test]
    fn frames_are_read_by_column_and_only_where_nothing_is_left_out() {
        let text = "   name  n    day  x\n0    Al  1  Monday  0.5\n1  Bo B  2  Friday  0.25";
        assert_eq!(says(text).len(), 4);
        assert!(
            says(text)
                .iter()
                .any(|line| line.ends_with("== [0.5, 0.25] abs=5.1e-2"))
        );
        assert!(says("   a ... b\n0  1 ... 2").is_empty());
        assert!(says("kind  a  b\nx     1  2").is_empty());
        assert!(says("plan  year\nfree  2020    1.5\n      2021    2.5\ndtype: float64").is_empty());
        assert!(says("        when kind  n\n0 2018-01-01    a  1").is_empty());
    }
}
