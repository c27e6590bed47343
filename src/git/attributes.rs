//! The lines of an attributes file: added at its end, taken out again, everything else as it was.

/// `text` with those of `lines` that it lacks at its end; nothing where it lacks none.
///
/// A file whose last line has no end gets none: what [`without_lines`] leaves is the same file again.
pub fn with_lines(text: &[u8], lines: &[String]) -> Option<Vec<u8>> {
    let missing: Vec<&String> = lines.iter().filter(|line| !says(text, line)).collect();
    if missing.is_empty() {
        return None;
    }
    let end = line_end(text);
    let unended = !text.is_empty() && !text.ends_with(b"\n");
    let mut out = text.to_vec();
    for line in missing {
        if unended {
            out.extend_from_slice(end);
        }
        out.extend_from_slice(line.as_bytes());
        if !unended {
            out.extend_from_slice(end);
        }
    }
    Some(out)
}

/// `text` without `lines`; nothing where it has none of them.
pub fn without_lines(text: &[u8], lines: &[String]) -> Option<Vec<u8>> {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut found = false;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if !lines.iter().any(|ours| ours.as_bytes() == without_end(line)) {
            out.extend_from_slice(line);
            continue;
        }
        found = true;
        if !line.ends_with(b"\n") {
            // the file's last line had no end before ours came
            let kept = without_end(&out).len();
            out.truncate(kept);
        }
    }
    found.then_some(out)
}

/// Whether a line of `text` sets the filter of `line` for the pattern of `line`.
fn says(text: &[u8], line: &str) -> bool {
    let mut words = line.split_whitespace();
    let (pattern, filter) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let lines = text.split(|byte| *byte == b'\n');
    lines.map(String::from_utf8_lossy).any(|line| {
        let mut words = line.split_whitespace();
        words.next() == Some(pattern) && words.any(|word| word == filter)
    })
}

fn line_end(text: &[u8]) -> &'static [u8] {
    let first = text.split_inclusive(|byte| *byte == b'\n').next();
    match first.is_some_and(|line| line.ends_with(b"\r\n")) {
        true => b"\r\n",
        false => b"\n",
    }
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
