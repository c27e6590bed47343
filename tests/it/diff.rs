//! `diff`: which cells are the same, what is said of those that aren't, and what is kept quiet.

use serde_json::{Value, json};

use crate::harness::{Ran, Sandbox, code, code_with, notebook, stdout};

fn with_ids(cells: &[(&str, &str)]) -> Value {
    let cells: Vec<Value> = cells
        .iter()
        .map(|(id, source)| {
            let mut cell = code(None, source);
            cell["id"] = json!(id);
            cell
        })
        .collect();
    notebook(&cells)
}

fn without_ids(sources: &[&str]) -> Value {
    let cells: Vec<Value> = sources.iter().map(|source| code(None, source)).collect();
    notebook(&cells)
}

struct Pair(Sandbox);

impl Pair {
    fn new(old: &Value, new: &Value) -> Self {
        let sandbox = Sandbox::new();
        sandbox.write_notebook("a.ipynb", old);
        sandbox.write_notebook("b.ipynb", new);
        Self(sandbox)
    }

    fn run(&self, more: &[&str]) -> Ran {
        self.0.run(&[&["diff", "a.ipynb", "b.ipynb"], more].concat())
    }

    fn pairs(&self) -> Value {
        let report: Value = serde_json::from_str(&self.run(&["--output-format", "json"]).out).unwrap();
        report["pairs"].clone()
    }
}

#[test]
fn a_notebook_does_not_differ_from_itself_in_another_layout() {
    let book = without_ids(&["x = 1", "y = 2"]);
    let pair = Pair::new(&book, &book);
    pair.0.write("b.ipynb", serde_json::to_string(&book).unwrap());
    let ran = pair.run(&[]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(
        ran.err,
        "the cells are the same; the files differ in their layout only\n"
    );
}

#[test]
fn lines_and_words_that_differ_are_shown_below_their_cell() {
    let old = without_ids(&["import os", "a = 1\nb = 2\nprint(a + b)", "done = True"]);
    let new = without_ids(&["import os", "a = 1\nb = 3\nprint(a + b)", "done = True"]);
    let pair = Pair::new(&old, &new);
    let ran = pair.run(&[]);
    assert_eq!(ran.code, 1);
    let expected = "\
--- a.ipynb
+++ b.ipynb

cell 2 changed (code)
    a = 1
  - b = 2
  + b = 3
    print(a + b)

2 cells unchanged
";
    assert_eq!(ran.out, expected);
    let coloured = pair.run(&["--color", "always"]).out;
    assert!(coloured.contains("\u{1b}[1;4;32m3\u{1b}[0m"), "{coloured:?}");
}

#[test]
fn cells_are_known_by_their_ids_whatever_became_of_them() {
    let old = with_ids(&[("aa", "x = 1"), ("bb", "y = 2"), ("cc", "z = 3")]);
    let new = with_ids(&[("cc", "print('all new')"), ("aa", "x = 1"), ("dd", "y = 2")]);
    assert_eq!(Pair::new(&old, &new).pairs(), json!([[3, 1], [1, 2], [2, 3]]));
}

#[test]
fn ids_that_number_the_cells_are_not_believed() {
    let old = with_ids(&[("0", "first = 1"), ("1", "second = 2"), ("2", "third = 3")]);
    let new = with_ids(&[
        ("0", "import os"),
        ("1", "first = 1"),
        ("2", "second = 2"),
        ("3", "third = 3"),
    ]);
    assert_eq!(Pair::new(&old, &new).pairs(), json!([[1, 2], [2, 3], [3, 4]]));
}

#[test]
fn a_moved_cell_that_was_edited_is_one_cell() {
    let load = "data = load_table('sales', year=2024)\ndata = data.dropna()";
    let edited = "data = load_table('sales', year=2025)\ndata = data.dropna()";
    let old = without_ids(&[load, "import os", "import sys", "import json"]);
    let new = without_ids(&["import os", "import sys", edited, "import json"]);
    let ran = Pair::new(&old, &new).run(&[]);
    assert!(
        ran.out.contains("cell 3 moved from 1 and changed (code)"),
        "{}",
        ran.out
    );
    assert!(
        !ran.out.contains("added") && !ran.out.contains("removed"),
        "{}",
        ran.out
    );
}

#[test]
fn outputs_are_told_in_a_line() {
    let image = |bytes: &str| json!({"output_type": "display_data", "metadata": {}, "data": {"image/png": bytes}});
    let table = |rows: usize| {
        let body = "<tr><th>0</th><td>1</td><td>2</td></tr>".repeat(rows);
        let html = format!("<table><thead><tr><th></th><th>a</th><th>b</th></tr></thead><tbody>{body}</tbody></table>");
        json!({"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/html": html}})
    };
    let error = json!({"output_type": "error", "ename": "KeyError", "evalue": "'price'", "traceback": []});
    let old = notebook(&[
        code_with(Some(1), "plot()", json!([image("AAAA")])),
        code_with(Some(2), "df", json!([table(2)])),
        code_with(Some(3), "df.price", json!([stdout("12\n")])),
    ]);
    let new = notebook(&[
        code_with(Some(1), "plot()", json!([image("AAAABBBB")])),
        code_with(Some(2), "df", json!([table(3)])),
        code_with(Some(3), "df.price", json!([error])),
    ]);
    let out = Pair::new(&old, &new).run(&[]).out;
    for line in [
        "  ~ output 1: image/png, 3 B → image/png, 6 B",
        "  ~ output 1: table, 2 × 2 → table, 3 × 2",
        "  + output 1: error KeyError: 'price'",
        "  - output 1: stdout, 1 line",
    ] {
        assert!(out.lines().any(|l| l == line), "{line} is not in\n{out}");
    }
}

#[test]
fn counts_and_what_editors_write_are_folded() {
    let mut old = notebook(&[code(Some(1), "x = 1")]);
    let mut new = notebook(&[code(Some(7), "x = 1")]);
    old["cells"][0]["metadata"] = json!({"ExecuteTime": {"start_time": "a"}, "tags": ["keep"]});
    new["cells"][0]["metadata"] = json!({"ExecuteTime": {"start_time": "b"}, "tags": ["keep"]});
    let ran = Pair::new(&old, &new).run(&[]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out
            .ends_with("\n\n1 cell with another execution count or editors' metadata only\n"),
        "{}",
        ran.out
    );
    new["cells"][0]["metadata"]["tags"] = json!(["skip"]);
    let ran = Pair::new(&old, &new).run(&[]);
    assert!(
        ran.out.contains("  metadata tags: [\"keep\"] → [\"skip\"]\n"),
        "{}",
        ran.out
    );
}

#[test]
fn secrets_of_either_side_are_hidden_in_every_format() {
    let a = ["ghp_u8jzPde0IgxLd6Gncf", "BAepfJBd0Kh8024xXH"].concat();
    let b = ["hf_QwErTyUiOpAsDfGhJk", "LzXcVbNmQaZwSxEd"].concat();
    let book = |token: &str| {
        let printed = json!([stdout(&format!("token {token}\n"))]);
        notebook(&[code_with(
            Some(1),
            &format!("token = '{token}'\nprint('token', token)"),
            printed,
        )])
    };
    let pair = Pair::new(&book(&a), &book(&b));
    for format in ["full", "json", "html"] {
        let out = pair.run(&["--output-format", format]).out;
        assert!(
            out.contains("ghp_") && out.contains("hf_") && !out.contains(&a) && !out.contains(&b),
            "{format}: {out}"
        );
    }
}

#[test]
fn findings_that_a_change_adds_and_removes() {
    let old = without_ids(&["import os", "data = open('/home/ann/a.csv')", "print(data)"]);
    let new = without_ids(&["print(missing)", "import os", "data = open('a.csv')", "print(data)"]);
    let out = Pair::new(&old, &new).run(&["--findings"]).out;
    let (added, removed) = out.split_once("findings that it removes: 1").unwrap();
    assert!(
        added.contains("findings that the change adds: 1") && added.contains("MB201"),
        "{out}"
    );
    assert!(removed.contains("MB401"), "{out}");
}

#[test]
fn an_empty_file_stands_for_no_notebook() {
    let sandbox = Sandbox::new();
    sandbox.write("nothing", "");
    sandbox.write_notebook("b.ipynb", &without_ids(&["x = 1"]));
    let ran = sandbox.run(&["diff", "nothing", "b.ipynb"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("cell 1 added (code)\n  + x = 1\n"), "{}", ran.out);
}

#[test]
fn what_is_no_notebook_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.write("a.ipynb", "{");
    sandbox.write_notebook("b.ipynb", &without_ids(&["x = 1"]));
    let ran = sandbox.run(&["diff", "a.ipynb", "b.ipynb"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.starts_with("error: a.ipynb:1:2: the file is not JSON"),
        "{}",
        ran.err
    );
}

#[test]
fn a_hostile_notebook_writes_no_markup() {
    let old = without_ids(&["x = 1"]);
    let new = without_ids(&["x = '<script>alert(1)</script>{{ x }}\u{1b}[2J'"]);
    let pair = Pair::new(&old, &new);
    let page = pair.run(&["--output-format", "html"]).out;
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"), "{page}");
    assert!(!pair.run(&[]).out.contains('\u{1b}'));
}

#[test]
fn a_line_is_the_same_when_another_follows_it() {
    let ran = Pair::new(&without_ids(&["a = 1\nb = 2"]), &without_ids(&["a = 1\nb = 2\nc = 3"])).run(&[]);
    assert!(
        ran.out.contains("    b = 2\n  + c = 3\n") && !ran.out.contains("- b"),
        "{}",
        ran.out
    );
}
