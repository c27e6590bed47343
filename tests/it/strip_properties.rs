//! What holds for every notebook that is stripped, in every layout in which editors write it: over the samples, and over
//! the folder that `MORTARBOARD_CORPUS` names.

use std::collections::BTreeMap;

use mortarboard::notebook;
use mortarboard::strip::{Options, strip};
use serde_json::{Map, Value};

use crate::harness::Sandbox;
use crate::properties::each;
use crate::strip_files::piped;

fn stripped(text: &str) -> String {
    strip(text, &Options::default()).unwrap().apply(text)
}

/// Every byte outside of what goes is the original's, a second run changes nothing, and what was a notebook still is one
/// with the same cells.
#[test]
fn stripping_takes_out_and_nothing_else() {
    each(|path, before| {
        let edits = strip(before.text, &Options::default()).unwrap();
        let text = stripped(before.text);
        let mut rest = text.as_str();
        let mut at = 0;
        for edit in edits.edits() {
            let kept = &before.text[at..edit.span.start];
            let told = format!("{}: other bytes changed before {:?}", path.display(), edit.span);
            rest = rest.strip_prefix(kept).expect(&told);
            rest = rest.strip_prefix(edit.replacement.as_str()).expect(&told);
            let instead = edit.replacement.as_str();
            assert!(
                ["", "null", "[]", "0"].contains(&instead),
                "{}: {instead}",
                path.display()
            );
            at = edit.span.end;
        }
        assert_eq!(rest, &before.text[at..], "{}", path.display());
        assert!(stripped(&text) == text, "{}: a second run changes it", path.display());
        let after = notebook::read(&text).unwrap();
        assert_eq!(after.cells.len(), before.cells.len(), "{}", path.display());
        for (old, new) in before.cells.iter().zip(&after.cells) {
            let raw = |node, notebook: &notebook::Notebook<'_>| {
                let span = notebook.json.span(node);
                span.slice(notebook.text).to_owned()
            };
            let sources = (
                old.source_node.map(|node| raw(node, before)),
                new.source_node.map(|node| raw(node, &after)),
            );
            assert_eq!(sources.0, sources.1, "{}, cell {}", path.display(), old.idx);
        }
        let json = |text: &str| serde_json::from_str::<Value>(text).ok();
        if let Some(value) = json(before.text) {
            let after = json(&text).unwrap_or_else(|| panic!("{}: no JSON any more", path.display()));
            only_less("", &value, &after).unwrap_or_else(|place| panic!("{}: {place} changed", path.display()));
        }
    });
}

/// Objects may lose members and lists all of their items; counts become null, or 0 in nbformat 3, and what stands in
/// place of a list of outputs becomes one. Everything else is as it was.
fn only_less(place: &str, before: &Value, after: &Value) -> Result<(), String> {
    let key = place.rsplit('.').next().unwrap_or_default();
    let is_count = ["execution_count", "prompt_number"].contains(&key);
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => new.iter().try_for_each(|(key, value)| {
            let place = format!("{place}.{key}");
            only_less(&place, old.get(key).ok_or(&place)?, value)
        }),
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            let mut pairs = old.iter().zip(new).enumerate();
            pairs.try_for_each(|(i, (old, new))| only_less(&format!("{place}.{i}"), old, new))
        }
        (Value::Array(_), Value::Array(new)) if new.is_empty() => Ok(()),
        (_, Value::Array(new)) if key == "outputs" && new.is_empty() => Ok(()),
        (_, Value::Null) if is_count => Ok(()),
        (Value::Number(_), Value::Number(new)) if is_count && new.as_u64() == Some(0) => Ok(()),
        _ if before == after => Ok(()),
        _ => Err(place.to_owned()),
    }
}

/// How an editor writes JSON.
#[derive(Clone, Copy, Debug)]
struct Layout {
    name: &'static str,
    /// What a level is indented by; everything stands on one line if there is none.
    indent: Option<&'static str>,
    newline: &'static str,
    comma: &'static str,
    colon: &'static str,
    keys: Keys,
    /// All characters but those of ASCII as `\u`.
    ascii: bool,
    /// Characters that are written as `\u` on top of that.
    escaped: &'static str,
    start: &'static str,
    end: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum Keys {
    AsTheyCame,
    Sorted,
    Backwards,
}

/// Jupyter's own, from which the others differ.
const JUPYTER: Layout = Layout {
    name: "Jupyter",
    indent: Some(" "),
    newline: "\n",
    comma: ",",
    colon: ": ",
    keys: Keys::AsTheyCame,
    ascii: false,
    escaped: "",
    start: "",
    end: "\n",
};

const BOM: &str = "\u{feff}";

#[rustfmt::skip]
const LAYOUTS: [Layout; 17] = [
    JUPYTER,
    Layout { name: "indent 2", indent: Some("  "), ..JUPYTER },
    Layout { name: "indent 4", indent: Some("    "), ..JUPYTER },
    Layout { name: "tabs", indent: Some("\t"), ..JUPYTER },
    Layout { name: "no indent", indent: Some(""), ..JUPYTER },
    Layout { name: "minified", indent: None, colon: ":", end: "", ..JUPYTER },
    Layout { name: "one line, as Python writes it", indent: None, comma: ", ", end: "", ..JUPYTER },
    Layout { name: "CRLF", newline: "\r\n", end: "\r\n", ..JUPYTER },
    Layout { name: "CRLF, tabs, no final newline", indent: Some("\t"), newline: "\r\n", end: "", ..JUPYTER },
    Layout { name: "no final newline", end: "", ..JUPYTER },
    Layout { name: "two final newlines", end: "\n\n", ..JUPYTER },
    Layout { name: "escapes", ascii: true, ..JUPYTER },
    Layout { name: "sorted keys", keys: Keys::Sorted, ..JUPYTER },
    Layout { name: "keys backwards", keys: Keys::Backwards, ..JUPYTER },
    Layout { name: "byte order mark", start: BOM, ..JUPYTER },
    Layout { name: "Colab", indent: Some("  "), keys: Keys::Backwards, escaped: "<>&'", end: "", ..JUPYTER },
    Layout { name: "VS Code on Windows", start: BOM, newline: "\r\n", end: "", ..JUPYTER },
];

impl Layout {
    fn write(&self, value: &Value) -> String {
        let mut out = self.start.to_owned();
        self.value(&mut out, value, 0);
        out + self.end
    }

    fn value(&self, out: &mut String, value: &Value, depth: usize) {
        match value {
            Value::Object(members) if !members.is_empty() => {
                self.items(out, ('{', '}'), depth, self.ordered(members), |out, (key, value)| {
                    self.text(out, key);
                    out.push_str(self.colon);
                    self.value(out, value, depth + 1);
                });
            }
            Value::Array(items) if !items.is_empty() => {
                self.items(out, ('[', ']'), depth, items.iter().collect(), |out, item| {
                    self.value(out, item, depth + 1);
                });
            }
            Value::String(text) => self.text(out, text),
            other => out.push_str(&other.to_string()),
        }
    }

    fn items<T>(
        &self,
        out: &mut String,
        (open, close): (char, char),
        depth: usize,
        items: Vec<T>,
        write: impl Fn(&mut String, T),
    ) {
        let line = |out: &mut String, depth| {
            if let Some(indent) = self.indent {
                out.push_str(self.newline);
                out.push_str(&indent.repeat(depth));
            }
        };
        out.push(open);
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                out.push_str(self.comma);
            }
            line(out, depth + 1);
            write(out, item);
        }
        line(out, depth);
        out.push(close);
    }

    fn ordered<'v>(&self, members: &'v Map<String, Value>) -> Vec<(&'v String, &'v Value)> {
        match self.keys {
            Keys::AsTheyCame => members.iter().collect(),
            Keys::Sorted => members.iter().collect::<BTreeMap<_, _>>().into_iter().collect(),
            Keys::Backwards => members.iter().rev().collect(),
        }
    }

    fn text(&self, out: &mut String, text: &str) {
        for character in serde_json::to_string(text).unwrap().chars() {
            if (self.ascii && !character.is_ascii()) || self.escaped.contains(character) {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            } else {
                out.push(character);
            }
        }
    }
}

/// What is stripped in a layout is what the layout's editor would have written of the stripped notebook.
#[test]
fn stripping_leaves_what_the_editor_would_have_written() {
    each(|path, notebook| {
        let Ok(value) = serde_json::from_str::<Value>(notebook.text) else {
            return;
        };
        // of a key that comes twice, a writer knows only the last
        let once = JUPYTER.write(&value);
        let wanted: Value = serde_json::from_str(&stripped(&once)).unwrap();
        for layout in LAYOUTS {
            let (dirty, clean) = (layout.write(&value), layout.write(&wanted));
            let place = || format!("{}, {}", path.display(), layout.name);
            assert!(stripped(&dirty) == clean, "{}", place());
            assert!(
                strip(&clean, &Options::default()).unwrap().is_empty(),
                "{}: a clean file changes",
                place()
            );
        }
    });
}

/// A file, standard input and git's filter come to the same bytes, and a clean file isn't written.
#[test]
fn all_ways_to_strip_are_one() {
    let sandbox = Sandbox::new();
    each(|path, notebook| {
        let Ok(value) = serde_json::from_str::<Value>(notebook.text) else {
            return;
        };
        for layout in [LAYOUTS[0], LAYOUTS[16]] {
            let dirty = layout.write(&value);
            let wanted = stripped(&dirty);
            let file = sandbox.write("a.ipynb", &dirty);
            let place = || format!("{}, {}", path.display(), layout.name);
            let ran = sandbox.run(&["strip", "a.ipynb"]);
            assert_eq!(ran.code, i32::from(wanted != dirty), "{}: {}", place(), ran.err);
            assert!(
                std::fs::read_to_string(&file).unwrap() == wanted,
                "{}: the file",
                place()
            );
            let written = std::fs::metadata(&file).unwrap().modified().unwrap();
            assert_eq!(sandbox.run(&["strip", "a.ipynb"]).code, 0, "{}", place());
            let now = std::fs::metadata(&file).unwrap().modified().unwrap();
            assert_eq!(written, now, "{}: written anew", place());
            for args in [&["strip", "-"][..], &["git", "filter-clean", "a.ipynb"]] {
                assert!(
                    piped(&sandbox, &dirty, args) == (0, wanted.clone()),
                    "{}: {args:?}",
                    place()
                );
            }
        }
    });
}
