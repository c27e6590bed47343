//! `check --fix`: what is fixed, what is left alone, and that no other byte changes.

use serde_json::{Value, json};

use crate::harness::{Sandbox, code, code_with, notebook, stdout};

/// A giver that ran after the cell that shows what it gives.
fn stale() -> Value {
    notebook(&[
        code(Some(1), "base = 2"),
        code(Some(4), "rate = base / 10"),
        code_with(Some(3), "print(100 * rate)", json!([stdout("10.0\n")])),
        code_with(Some(5), "print(base)", json!([stdout("2\n")])),
    ])
}

/// Runs `check` with these options on the text, in a folder of its own; what it printed, and the file afterwards.
fn fix(text: &str, options: &[&str]) -> (crate::harness::Ran, String) {
    let sandbox = Sandbox::new();
    let path = sandbox.write("a.ipynb", text);
    let ran = sandbox.run(&[&["check", "--no-config", "a.ipynb"], options].concat());
    (ran, std::fs::read_to_string(path).unwrap())
}

fn findings(text: &str, code: &str) -> Vec<Value> {
    let sandbox = Sandbox::new();
    sandbox.write("a.ipynb", text);
    let report = sandbox.json(&["--no-config", "a.ipynb"]);
    let findings = report["findings"].as_array().unwrap().iter();
    findings.filter(|f| f["code"] == code).cloned().collect()
}

#[test]
fn stale_outputs_are_cleared_and_nothing_else() {
    let pretty = serde_json::to_string_pretty(&stale()).unwrap();
    // whatever the file looks like
    let crlf = pretty.replace('\n', "\r\n");
    let marked = format!("\u{feff}{pretty}\n\n");
    let dense = stale().to_string();
    for text in [pretty, crlf, marked, dense] {
        let offered = findings(&text, "MB106");
        assert_eq!(
            offered[0]["fix"],
            json!({"safe": true, "description": "clear the outputs of cell 3"})
        );
        let (ran, after) = fix(&text, &["--fix"]);
        assert_eq!(ran.err, "a.ipynb: fixed: clear the outputs of cell 3\n");
        assert_eq!(ran.code, 1, "the order is still to be told: {}", ran.out);
        assert!(findings(&after, "MB106").is_empty() && findings(&after, "MB103").is_empty());
        // the list of outputs, and no byte more
        let start = text.match_indices("\"outputs\":").nth(2).unwrap().0;
        assert_eq!(text[..start], after[..start]);
        let (cleared, rest) = after[start..].split_once("[]").unwrap();
        assert!(text[start..].starts_with(cleared) && text.ends_with(rest), "{after}");
        let (again, same) = fix(&after, &["--fix"]);
        assert_eq!((same, again.err.as_str()), (after, ""));
    }
}

#[test]
fn without_the_option_nothing_is_written() {
    let text = stale().to_string();
    let (_, after) = fix(&text, &[]);
    assert_eq!(after, text);
    let (ran, after) = fix(&text, &["--diff"]);
    assert_eq!(after, text);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.starts_with("--- a.ipynb (before)\n+++ a.ipynb (after)\n"),
        "{}",
        ran.out
    );
    assert_eq!(ran.err, "a.ipynb: would be fixed: clear the outputs of cell 3\n");
    let (ran, _) = fix(&notebook(&[code(Some(1), "x = 1")]).to_string(), &["--diff"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
}

#[test]
fn a_difference_shows_no_secret() {
    let secret = ["ghp_u8jzPde0IgxLd6Gncf", "BAepfJBd0Kh8024xXH"].concat();
    let mut leaky = stale();
    leaky["cells"][2]["outputs"] = json!([stdout(&format!("token {secret}\n"))]);
    let (ran, _) = fix(&serde_json::to_string_pretty(&leaky).unwrap(), &["--diff"]);
    assert!(ran.out.contains("token ****"), "{}", ran.out);
    assert!(!ran.out.contains(&secret[..12]), "{}", ran.out);
}

/// A use above its definition, run in the right order.
fn swapped() -> Value {
    let mut notebook = notebook(&[
        json!({"cell_type": "markdown", "metadata": {}, "source": "# Rates"}),
        code_with(Some(2), "print(100 * rate)", json!([stdout("20.0\n")])),
        code(Some(1), "rate = 0.2"),
        code_with(Some(3), "print(rate)", json!([stdout("0.2\n")])),
    ]);
    notebook["cells"][2]["metadata"] = json!({"tags": ["ä", "\u{1f600}"]});
    notebook
}

#[test]
fn cells_are_put_where_they_ran_only_when_asked() {
    let text = serde_json::to_string_pretty(&swapped()).unwrap().replace('\n', "\r\n");
    let moved = json!({"safe": false, "description": "put cell 2 where the counts say that they ran"});
    assert_eq!(findings(&text, "MB101")[0]["fix"]["safe"], moved["safe"]);
    let (_, after) = fix(&text, &["--fix"]);
    assert_eq!(after, text, "an unsafe fix is made only where it is asked for");
    let (ran, after) = fix(&text, &["--fix", "--unsafe-fixes"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "a.ipynb: reproducible\n1 notebook: nothing found\n"),
        "{after}"
    );
    let mut wanted = swapped();
    wanted["cells"].as_array_mut().unwrap().swap(1, 2);
    assert_eq!(
        after,
        serde_json::to_string_pretty(&wanted).unwrap().replace('\n', "\r\n")
    );
    let (_, same) = fix(&after, &["--fix", "--unsafe-fixes"]);
    assert_eq!(same, after);
    let alone = fix(&text, &["--unsafe-fixes"]).0;
    assert!(alone.code == 2 && alone.err.contains("--fix"), "{}", alone.err);
}

/// What a moved cell changes may show elsewhere; and an order that never was is not made.
#[test]
fn cells_that_change_what_others_have_stay() {
    let stay = [
        // the cell changes an object of another
        vec![
            code(Some(1), "rows = []"),
            code(Some(4), "rows.append(limit)"),
            code(Some(3), "limit = 2"),
            code(Some(5), "print(rows, limit)"),
        ],
        // a shell line may do anything
        vec![
            code(Some(2), "print(limit)\n!rm -f out.csv"),
            code(Some(1), "limit = 2"),
        ],
        // others may read the file that it writes
        vec![
            code(Some(2), "open(folder + 'out.txt', 'w').write(str(limit))"),
            code(Some(1), "limit, folder = 2, 'data/'"),
        ],
        // one name has no cell
        vec![code(Some(2), "print(limit, gone)"), code(Some(1), "limit = 2")],
        // run again after what reads it: moved below, it would be missing there
        vec![code(Some(3), "limit = 2"), code(Some(2), "print(limit)")],
    ];
    for cells in stay {
        let text = notebook(&cells).to_string();
        let (ran, after) = fix(&text, &["--fix", "--unsafe-fixes"]);
        assert_eq!(after, text, "{}", ran.err);
    }
}

#[test]
fn ignores_that_hide_nothing_are_removed() {
    let source = "x = 1  # mortarboard: ignore[absolute-path, wall-clock]\ny = '# mortarboard: ignore'\nprint(x, y)";
    let text = notebook(&[code_with(Some(1), source, json!([stdout("1\n")]))]).to_string();
    let (ran, after) = fix(&text, &["--fix"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (0, "a.ipynb: fixed: remove the comment that ignores nothing\n"),
        "{}",
        ran.out
    );
    assert_eq!(
        after,
        text.replace("  # mortarboard: ignore[absolute-path, wall-clock]", "")
    );
    // half of it is needed
    let source = "p = open('/home/ann/x')  # mortarboard: ignore[absolute-path, wall-clock]";
    let text = notebook(&[code(Some(1), source)]).to_string();
    assert_eq!(fix(&text, &["--fix"]).1, text);
}

#[test]
fn a_fix_that_brings_a_finding_is_not_made() {
    // without its outputs the cell would look as if it had never run
    let mut cells = [
        code(Some(1), "x = 1"),
        code_with(
            None,
            "print(x)",
            json!([{"output_type": "error", "ename": "KeyError", "evalue": "'a'", "traceback": [
            "Cell In[3], line 1\n----> 1 old[a]\n", "KeyError: 'a'"]}]),
        ),
    ];
    let text = notebook(&cells).to_string();
    assert_eq!(findings(&text, "MB106").len(), 1);
    assert_eq!(fix(&text, &["--fix"]).1, text);
    cells[1]["execution_count"] = json!(3);
    let text = notebook(&cells).to_string();
    assert_ne!(fix(&text, &["--fix"]).1, text);
}
