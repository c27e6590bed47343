//! Cell magics whose body is not Python, as Python that does the same: files written, shell scripts run.

use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

use crate::notebook::Cell;
use crate::text::{EditSet, OffsetMap, Span};

use super::code::{Body, CellCode, Magic};
use super::string_literal;

/// The cell as Python, where its magic has a plain equivalent; every offset of it maps to the whole cell.
pub fn desugar(cell: &Cell, code: &CellCode) -> Option<CellCode> {
    let magic = code.cell_magic().filter(|_| matches!(code.body, Body::Foreign))?;
    let text = equivalent(magic, &code.text)?;
    let parsed = parse_unchecked(&text, ParseOptions::from(Mode::Module)).try_into_module()?;
    if !parsed.errors().is_empty() {
        return None;
    }
    let whole = |len: usize, original: Span| {
        let mut map = OffsetMap::default();
        map.push(len, original);
        map
    };
    let source = Span::new(0, cell.source.text.len());
    Some(CellCode {
        idx: code.idx,
        to_source: whole(text.len(), source),
        to_file: whole(text.len(), cell.source.map.original(source)),
        body: Body::Python(parsed),
        text,
        magics: Vec::new(),
    })
}

/// The cell with parts of its text in other words, which map to what they stand for; `None` where that is no Python.
pub fn reworded(code: &CellCode, edits: &EditSet) -> Option<CellCode> {
    let text = edits.apply(&code.text);
    let parsed = parse_unchecked(&text, ParseOptions::from(Mode::Ipython)).try_into_module()?;
    let replaced = |magic: &Magic| {
        let mut places = edits.edits().iter().map(|edit| code.to_source.original(edit.span));
        places.any(|place| place.contains(magic.source))
    };
    parsed.errors().is_empty().then(|| CellCode {
        idx: code.idx,
        to_source: code.to_source.edited(edits),
        to_file: code.to_file.edited(edits),
        body: Body::Python(parsed),
        magics: code.magics.iter().filter(|magic| !replaced(magic)).cloned().collect(),
        text,
    })
}

fn equivalent(magic: &Magic, body: &str) -> Option<String> {
    let arguments: Vec<&str> = magic.arguments.split_whitespace().collect();
    match (magic.name.as_str(), arguments.as_slice()) {
        ("writefile" | "file", [path]) if is_plain(path) => Some(write(path, "w", body)),
        ("writefile" | "file", ["-a", path]) if is_plain(path) => Some(write(path, "a", body)),
        ("bash" | "sh", []) => Some(format!(
            "import subprocess\nsubprocess.run([{}, \"-c\", {}], check=True)\n",
            string_literal(&magic.name),
            string_literal(body)
        )),
        ("!" | "sx" | "system" | "shell", []) => Some(format!(
            "import subprocess\nsubprocess.run({}, shell=True, check=False)\n",
            string_literal(body)
        )),
        _ => None,
    }
}

/// Whether IPython leaves an argument as it is written.
fn is_plain(argument: &str) -> bool {
    !argument.contains(['{', '$', '~', '\'', '"', '-'])
}

fn write(path: &str, mode: &str, body: &str) -> String {
    format!(
        "with open({}, \"{mode}\", encoding=\"utf-8\") as written_file:\n    written_file.write({})\n",
        string_literal(path),
        string_literal(body)
    )
}
