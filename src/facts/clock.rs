//! When a cell ran, as front ends store it in a cell's metadata.

use crate::notebook::{Cell, Notebook};

/// A point in time in microseconds, and whether its place on the globe is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant {
    pub micros: i64,
    pub zoned: bool,
}

/// Where times stand as ISO 8601 texts, starts before ends: Jupyter's and nbconvert's, ExecuteTime's, papermill's.
const TEXTS: [[&str; 2]; 8] = [
    ["execution", "iopub.execute_input"],
    ["execution", "iopub.status.busy"],
    ["execution", "shell.execute_reply.started"],
    ["execution", "shell.execute_reply"],
    ["ExecuteTime", "start_time"],
    ["ExecuteTime", "end_time"],
    ["papermill", "start_time"],
    ["papermill", "end_time"],
];

/// Where times stand in milliseconds since 1970: Colab's, Deepnote's.
const NUMBERS: [&[&str]; 2] = [&["executionInfo", "timestamp"], &["execution_start"]];

/// When the cell last ran, if its metadata tell.
pub(super) fn ran_at(notebook: &Notebook<'_>, cell: &Cell) -> Option<Instant> {
    let metadata = cell.metadata?;
    let text = TEXTS
        .iter()
        .find_map(|path| instant(&notebook.text_of(notebook.lookup(metadata, path)?).text));
    text.or_else(|| {
        NUMBERS.iter().find_map(|path| {
            let node = notebook.lookup(metadata, path)?;
            let milliseconds: i64 = notebook.json.span(node).slice(notebook.text).parse().ok()?;
            let micros = milliseconds.checked_mul(1000)?;
            Some(Instant { micros, zoned: true })
        })
    })
}

/// Reads `2024-05-06T07:08:09.123456Z`, `2024-05-06 07:08:09+02:00` and the like.
fn instant(text: &str) -> Option<Instant> {
    let (date, rest) = text.trim().split_once(['T', ' '])?;
    let (clock, zone) = rest.split_at_checked(rest.find(['Z', '+', '-']).unwrap_or(rest.len()))?;
    let mut date = date.splitn(3, '-').map(number);
    let days = days(date.next()??, date.next()??, date.next()??)?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut clock = clock.splitn(3, ':').map(number);
    let (hours, minutes) = (clock.next()??, clock.next()??);
    let seconds = clock.next().unwrap_or(Some(0))?;
    let digits: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let seconds = ((days * 24 + hours) * 60 + minutes - offset(zone)?) * 60 + seconds;
    Some(Instant {
        micros: seconds * 1_000_000 + number(&digits)?,
        zoned: !zone.is_empty(),
    })
}

/// Minutes east of Greenwich: `Z`, `+02:00`, `-0530`, or nothing.
fn offset(zone: &str) -> Option<i64> {
    let sign = match zone.chars().next() {
        None | Some('Z') => return Some(0),
        Some('-') => -1,
        Some(_) => 1,
    };
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = if minutes.is_empty() { 0 } else { number(minutes)? };
    Some(sign * (number(hours)? * 60 + minutes))
}

/// Days from 1970 to a date of our calendar, counted in years that start in March so that leap days come last.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month > 2 { year } else { year - 1 };
    let in_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let leap_days = year / 4 - year / 100 + year / 400;
    Some(year * 365 + leap_days + in_year - 719_468)
}

/// A number of few digits, so that sums of them can't overflow.
fn number(digits: &str) -> Option<i64> {
    let few = (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    few.then(|| digits.parse().ok())?
}
