//! Notebooks as accidents leave them: the samples, mangled a few thousand times from a seed. Nothing may panic.
//!
//! `MORTARBOARD_MANGLE` sets how many times; a failure prints the seed and keeps the text in a temporary file.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};

use crate::tidy::{files, root};
use crate::whole;

const TIMES: u64 = 3000;
const STACK: usize = 256 << 20;

/// Splitmix64: small, and the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

/// Pieces of JSON, of Python and of neither.
const SNIPPETS: &[&str] = &[
    "\"",
    "\\",
    "\\u",
    "\\ud800",
    "\\udfff\\ud800",
    "\\u0000",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "NaN",
    "-",
    "1e999",
    "\u{feff}",
    "\u{202e}",
    "é",
    "\r",
    "\n",
    "\t",
    "'''",
    "\\\"\\\"\\\"",
    "%%time\\n",
    "%",
    "!",
    "?",
    "{{",
    "{%",
    "#",
    "(",
    ")",
    "\\n    ",
    "\\n",
    "def f(\\n",
    "class ",
    "global x\\n",
    "del ",
    "import *",
    "lambda: ",
    "async ",
    "await x",
    "yield",
    "return",
    ":=",
    "f\\\"{",
    "match x:\\n case ",
    "except* E:",
    "@",
    "_",
    "__name__",
    "print",
    "\\\\\\n",
    ";",
];

/// Cells' code that is legal and odd.
const CODE: &[&str] = &[
    "x = x + 1",
    "del x",
    "global x",
    "import os, sys; from os import *",
    "class A:\n    x = x\n",
    "async def f(): pass",
    "def f():\n    global x\n    x = 1",
    "%%bash\nls",
    "!ls {x}",
    "%run other.py",
    "x = !ls",
    "exec('x = 1')",
    "x?",
    "[x for x in x if (y := x)]",
    "try:\n    pass\nexcept Exception as e:\n    pass",
    "with open('a') as f, f: pass",
    "match x:\n    case {'a': y, **z}: pass",
    "lambda x=(yield): x",
    "await x",
    "return",
    "f'{x!r:{y}}'",
    "\u{feff}x = 1",
    "x = '''\n{{ }} {% %}\n\"\"\"\n'''",
    "print(1); x; y = 2;",
    "class = 1",
    "é = 1; ﬁ = 2",
    "if 1:\n\tx = 1\n        y = 2",
    "for i in range(3):\n    if i: x = i\n    else: break\nelse:\n    x = 0",
    "from __future__ import annotations",
    "# only",
    "raise SystemExit",
    "globals()['x'] = 1",
    "import config, steps, cli",
    "type X = int",
    "*a, b = x",
    "x: int",
    "...",
];

/// Cuts, flips, inserts and repeats bytes; what is no text any more is made text again.
fn mangle_bytes(text: &str, random: &mut Random) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        match random.below(6) {
            0 => bytes.truncate(at),
            1 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(7);
                }
            }
            2 => {
                let end = (at + random.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            3 => {
                let end = (at + random.below(200)).min(bytes.len());
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            4 => {
                let deep = random.pick(&["[", "{\"a\":", "("]).repeat(random.below(3000));
                bytes.splice(at..at, deep.into_bytes());
            }
            _ => {
                let snippet = random.pick(SNIPPETS).bytes();
                bytes.splice(at..at, snippet);
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// JSON pointers to a value and all below it.
fn pointers(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match value {
        Value::Array(items) => {
            let parts = items.iter().enumerate();
            parts.for_each(|(i, item)| pointers(item, &format!("{here}/{i}"), found));
        }
        Value::Object(entries) => {
            let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
            let parts = entries.iter();
            parts.for_each(|(key, value)| pointers(value, &format!("{here}/{}", escaped(key)), found));
        }
        _ => {}
    }
}

/// Puts values of other types and odd code into a notebook that stays JSON.
fn mangle_values(text: &str, random: &mut Random) -> Option<String> {
    let mut notebook: Value = serde_json::from_str(text).ok()?;
    for _ in 0..=random.below(3) {
        let cells = notebook.get_mut("cells")?.as_array_mut()?;
        if cells.is_empty() {
            return None;
        }
        let (a, b) = (random.below(cells.len()), random.below(cells.len()));
        match random.below(7) {
            0 => cells.swap(a, b),
            1 => {
                let copy = cells[a].clone();
                cells.insert(b, copy);
            }
            2 => {
                cells.remove(a);
            }
            3 | 4 => {
                let source = random.pick(CODE);
                let code = json!({"cell_type": "code", "execution_count": random.below(9), "metadata": {}, "outputs": [],
                                  "source": source});
                cells.insert(a, code);
            }
            5 => {
                if let Some(source) = cells[a]
                    .get_mut("source")
                    .and_then(Value::as_array_mut)
                    .filter(|lines| !lines.is_empty())
                {
                    let line = random.below(source.len());
                    let snippet = random.pick(SNIPPETS).replace("\\n", "\n").replace("\\\"", "\"");
                    let text = source[line].as_str()?;
                    let at = text
                        .char_indices()
                        .nth(random.below(text.len() + 1))
                        .map_or(text.len(), |(at, _)| at);
                    source[line] = json!(format!("{}{snippet}{}", &text[..at], &text[at..]));
                }
            }
            _ => {
                let mut found = Vec::new();
                pointers(&notebook, "", &mut found);
                let chosen = &found[random.below(found.len())];
                let odd = [
                    json!(null),
                    json!(-1),
                    json!(1e300),
                    json!("x"),
                    json!([]),
                    json!({}),
                    json!([[1], "a"]),
                    json!(true),
                ];
                *notebook.pointer_mut(chosen)? = odd[random.below(odd.len())].clone();
            }
        }
    }
    Some(notebook.to_string())
}

fn mangled(sample: &str, seed: u64) -> String {
    let mut random = Random(seed);
    if random.below(3) > 0
        && let Some(text) = mangle_values(sample, &mut random)
    {
        return text;
    }
    mangle_bytes(sample, &mut random)
}

/// Runs one seed; says whether it gave a package.
fn survive(sample: &str, seed: u64) -> bool {
    let text = mangled(sample, seed);
    let done = catch_unwind(AssertUnwindSafe(|| {
        whole::judge(&text);
        whole::graduate(&text)
    }));
    done.unwrap_or_else(|_| {
        let kept = std::env::temp_dir().join(format!("mangled-{seed}.ipynb"));
        std::fs::write(&kept, &text).unwrap();
        panic!("seed {seed} panics; its text is in {}", kept.display());
    })
}

#[test]
fn nothing_panics() {
    let times = std::env::var("MORTARBOARD_MANGLE")
        .ok()
        .and_then(|times| times.parse().ok())
        .unwrap_or(TIMES);
    let paths = files(&root().join("sample_notebooks"), "ipynb");
    let samples: Vec<String> = paths
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .collect();
    let one = |first: u64| {
        let (mut graduated, mut failed) = (0, Vec::new());
        for seed in (first..times).step_by(2) {
            let sample = &samples[seed as usize % samples.len()];
            match catch_unwind(AssertUnwindSafe(|| survive(sample, seed))) {
                Ok(package) => graduated += u32::from(package),
                Err(_) => failed.push(seed),
            }
        }
        (graduated, failed)
    };
    let done: Vec<(u32, Vec<u64>)> = std::thread::scope(|scope| {
        let start = |first| {
            std::thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, move || one(first))
                .unwrap()
        };
        let running = [start(0), start(1)];
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let failed: Vec<u64> = done.iter().flat_map(|(_, failed)| failed.clone()).collect();
    assert!(failed.is_empty(), "seeds that panic: {failed:?}");
    let graduated: u32 = done.iter().map(|(graduated, _)| graduated).sum();
    assert!(
        u64::from(graduated) > times / 10,
        "only {graduated} of {times} reached the end: mangled too hard"
    );
}
