//! What `graduate` makes of cells, one fixture a file: `tests/graduate/NAME.txt`.
//!
//! A fixture is cells (`# %%`, `# %% [markdown]`; `tags=…` and `count=…` behind them; what one printed below
//! `# %% [prints]`, with `\r` for what goes back and `\` for a line without an end; what it showed below `# %% [shows]`),
//! then what must come of them: lines below `=== has FILE` stand in the package's file, lines below `=== lacks FILE` do not,
//! lines below `=== says` are said, and the exit code is that of `=== exits CODE`, else 0. `=== kernel LANGUAGE` is that of a
//! notebook not in Python, `=== metadata {…}` is more of a notebook's, and `=== arguments …` are given besides.
//! `=== file NAME` puts a file beside the notebook. `=== equal` asks for a run of both, where there is a Python, and
//! for that verdict, `=== different` for the other; the lines below `=== python` are a program that stands beside the
//! notebook and imports the package, and has to end well. Lines are compared without the white space around them.

use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{Ran, Sandbox, notebook, stdout};
use crate::tidy::{files, root};
use crate::tools;

/// A part of a fixture: its head, and the text below it.
fn parts(text: &str) -> Vec<(&str, &str)> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(|_| true).filter(|_| !rest.is_empty()) {
        let (head, body) = rest[at..].split_once('\n').unwrap_or((rest, ""));
        let next = ["\n# %%", "\n=== "].iter().filter_map(|mark| body.find(mark)).min();
        let starts = body.starts_with("# %%") || body.starts_with("=== ");
        let end = if starts {
            0
        } else {
            next.map_or(body.len(), |at| at + 1)
        };
        out.push((head, &body[..end]));
        rest = &body[end..];
    }
    out
}

/// What stands behind `key=` in the head of a cell.
fn said<'h>(head: &'h str, key: &str) -> Option<&'h str> {
    head.split_whitespace().find_map(|word| word.strip_prefix(key))
}

fn cell(head: &str, body: &str) -> Value {
    let source = body.trim_end_matches('\n');
    let metadata = json!({"tags": said(head, "tags=").into_iter().collect::<Vec<_>>()});
    let count: Option<u32> = said(head, "count=").map(|count| count.parse().unwrap());
    if head.contains("[markdown]") {
        json!({"cell_type": "markdown", "metadata": metadata, "source": source})
    } else {
        json!({"cell_type": "code", "execution_count": count, "metadata": metadata, "outputs": [], "source": source})
    }
}

/// What the cell above printed or showed.
fn output(head: &str, body: &str) -> Option<Value> {
    match head.strip_prefix("# %% [")?.strip_suffix(']')? {
        "prints" => Some(stdout(&body.replace("\\r", "\r").replace("\\\n", ""))),
        "shows" => Some(json!({
            "output_type": "execute_result", "execution_count": 1, "metadata": {},
            "data": {"text/plain": body.trim_end_matches('\n'), "text/html": "<b>of no use</b>"},
        })),
        _ => None,
    }
}

/// What `graduate` is told of a fixture, besides its notebook.
fn arguments<'f>(fixture: &'f Fixture, notebook: &'f str) -> Vec<&'f str> {
    let all = parts(&fixture.text);
    let more = all.iter().find_map(|(head, _)| head.strip_prefix("=== arguments "));
    let more = more.unwrap_or_default().split_whitespace();
    ["graduate", notebook].into_iter().chain(more).collect()
}

/// What a run of both can show.
const VERDICTS: [&str; 2] = ["equal", "different"];

/// A fixture with its notebook written down.
struct Fixture {
    name: String,
    text: String,
    sandbox: Sandbox,
}

impl Fixture {
    fn notebook(&self) -> String {
        format!("{}.ipynb", self.name)
    }
}

fn fixtures() -> Vec<Fixture> {
    let read = |path: std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        // `¦` keeps scanners from taking made-up credentials for real ones
        let text = std::fs::read_to_string(&path).unwrap().replace("¦", "");
        let sandbox = Sandbox::new();
        let mut cells: Vec<Value> = Vec::new();
        let mut kernel = "";
        let mut metadata = serde_json::Map::new();
        for (head, body) in parts(&text) {
            if let Some(file) = head.strip_prefix("=== file ") {
                sandbox.write(file.trim(), body);
            } else if let Some(output) = output(head, body) {
                let of = cells.last_mut().and_then(|cell| cell["outputs"].as_array_mut());
                of.unwrap().push(output);
            } else if head.starts_with("# %%") {
                cells.push(cell(head, body));
            } else if let Some(language) = head.strip_prefix("=== kernel ") {
                kernel = language;
            } else if let Some(more) = head.strip_prefix("=== metadata ") {
                metadata = serde_json::from_str(more).unwrap();
            }
        }
        let mut notebook = notebook(&cells);
        if !kernel.is_empty() {
            notebook["metadata"] = json!({
                "kernelspec": {"name": kernel.to_lowercase(), "display_name": kernel, "language": kernel},
                "language_info": {"name": kernel.to_lowercase()},
            });
        }
        for (key, value) in metadata {
            notebook["metadata"][key] = value;
        }
        sandbox.write_notebook(&format!("{name}.ipynb"), &notebook);
        Fixture { name, text, sandbox }
    };
    files(&root().join("tests/graduate"), "txt")
        .into_iter()
        .map(read)
        .collect()
}

#[test]
fn fixtures_give_what_they_say() {
    let mut wrong = Vec::new();
    for fixture in fixtures() {
        let Fixture { name, text, sandbox } = &fixture;
        let notebook = fixture.notebook();
        let ran = sandbox.run(&[&arguments(&fixture, &notebook)[..], &["--output", "out"]].concat());
        let package = sandbox.files("out");
        let wanted = parts(text).iter().find_map(|(head, _)| head.strip_prefix("=== exits "));
        let code = wanted.map_or(0, |code| code.parse().unwrap());
        if ran.code != code {
            wrong.push(format!(
                "{name}: ends with {} and not {code}: {}{}",
                ran.code, ran.out, ran.err
            ));
        }
        for (head, body) in parts(text).iter().filter(|(head, _)| head.starts_with("=== ")) {
            wrong.extend(verdict(name, head, body, &ran, &package));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "needs Python's tools in MORTARBOARD_TOOLS"]
fn fixtures_equal_their_notebooks() {
    let python = tools::tools().join("python");
    let mut wrong = Vec::new();
    for fixture in fixtures() {
        let all = parts(&fixture.text);
        let python = python.to_str().unwrap();
        for (_, program) in all.iter().filter(|(head, _)| *head == "=== python") {
            wrong.extend(failure(&fixture, python, program));
        }
        let verdicts = all.iter().filter_map(|(head, _)| head.strip_prefix("=== "));
        let Some(verdict) = verdicts.into_iter().find(|verdict| VERDICTS.contains(verdict)) else {
            continue;
        };
        let notebook = fixture.notebook();
        let asked = ["--output", "out", "--verify", "--python", python];
        let ran = fixture
            .sandbox
            .run(&[&arguments(&fixture, &notebook)[..], &asked].concat());
        if !ran.out.contains(&format!("{notebook}: {verdict}: ")) {
            wrong.push(format!("{notebook}: {}{}", ran.out, ran.err));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a program says that imports the fixture's package and fails.
fn failure(fixture: &Fixture, python: &str, program: &str) -> Option<String> {
    let ran = fixture
        .sandbox
        .run(&["graduate", &fixture.notebook(), "--output", "package"]);
    let done = Command::new(python)
        .args(["-B", "-c", program])
        .current_dir(fixture.sandbox.path())
        .env("PYTHONPATH", "package/src")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    (!done.status.success()).then(|| format!("{}: {}{said}", fixture.name, ran.err))
}

fn verdict(
    name: &str,
    head: &str,
    body: &str,
    ran: &Ran,
    package: &std::collections::BTreeMap<String, String>,
) -> Vec<String> {
    let (wanted, file) = match head.strip_prefix("=== ").and_then(|rest| rest.split_once(' ')) {
        Some(("has", file)) => (true, file),
        Some(("lacks", file)) => (false, file),
        Some(_) => return Vec::new(),
        _ if ["exits", "kernel", "metadata", "arguments"]
            .iter()
            .any(|key| head.starts_with(&format!("=== {key} "))) =>
        {
            return Vec::new();
        }
        None if head == "=== python" || head.strip_prefix("=== ").is_some_and(|said| VERDICTS.contains(&said)) => {
            return Vec::new();
        }
        None => (true, ""),
    };
    let said = format!("{}{}", ran.out, ran.err);
    let text = match file {
        "" => &said,
        // below the package's own folder, or as it is
        file => match package
            .iter()
            .find(|(path, _)| *path == file || (path.starts_with("src/") && path.ends_with(&format!("/{file}"))))
        {
            Some((_, text)) => text,
            None if !wanted => return Vec::new(),
            None => return vec![format!("{name}: no {file} was written: {said}")],
        },
    };
    let there: Vec<&str> = text.lines().map(str::trim).collect();
    let lines = body.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .filter(|line| (there.contains(line) || (file.is_empty() && text.contains(line))) != wanted)
        .map(|line| {
            let verb = if wanted { "lacks" } else { "has" };
            format!("{name}: {file} {verb} `{line}`:\n{text}")
        })
        .collect()
}

#[test]
fn the_same_notebook_gives_the_same_package() {
    for fixture in fixtures()
        .into_iter()
        .filter(|fixture| fixture.text.contains("=== equal"))
    {
        let (notebook, sandbox) = (fixture.notebook(), &fixture.sandbox);
        sandbox.run(&["graduate", &notebook, "--output", "one"]);
        sandbox.run(&["graduate", &notebook, "--output", "other"]);
        assert_eq!(sandbox.files("one"), sandbox.files("other"), "{notebook}");
    }
}

/// What is there is never written over unasked, and what would change can be seen.
#[test]
fn edits_stay_until_somebody_says_so() {
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", &notebook(&[cell("", "x = 1"), cell("", "y = x + 1")]));
    let args = ["graduate", "a.ipynb", "--output", "out"];
    assert_eq!(sandbox.run(&args).code, 0);
    let first = sandbox.files("out");
    sandbox.write("out/src/a/steps.py", format!("{}\n# mine\n", first["src/a/steps.py"]));
    let edited = sandbox.files("out");
    let refused = sandbox.run(&args);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("--force"), "{}", refused.err);
    assert_eq!(sandbox.files("out"), edited);
    sandbox.write_notebook("a.ipynb", &notebook(&[cell("", "x = 1"), cell("", "y = x + 2")]));
    let seen = sandbox.run(&[&args[..], &["--update", "--diff"]].concat());
    assert!(
        seen.out.contains("+    y = x + 2") && seen.out.contains("-    y = x + 1"),
        "{}",
        seen.out
    );
    assert_eq!(sandbox.files("out"), edited);
    assert_eq!(sandbox.run(&[&args[..], &["--force"]].concat()).code, 0);
    assert!(!sandbox.files("out")["src/a/steps.py"].contains("# mine"));
}

/// An update goes on in the order of the package, and an order that nobody knows is none.
#[test]
fn packages_keep_their_order() {
    let sandbox = Sandbox::new();
    let cells = [cell("count=2", "x = 1"), cell("count=1", "x = 2\ny = x")];
    sandbox.write_notebook("a.ipynb", &notebook(&cells));
    let args = ["graduate", "a.ipynb", "--output", "out"];
    assert_eq!(sandbox.run(&[&args[..], &["--order", "recorded"]].concat()).code, 0);
    let recorded = sandbox.files("out");
    assert!(recorded["graduation.json"].contains("\"order\": ["));
    sandbox.run(&[&args[..], &["--update"]].concat());
    assert_eq!(sandbox.files("out"), recorded);
    sandbox.run(&[&args[..], &["--update", "--order", "document"]].concat());
    assert!(!sandbox.files("out")["graduation.json"].contains("\"order\": ["));

    sandbox.write_notebook(
        "a.ipynb",
        &notebook(&[cell("count=1", "x = 1"), cell("count=1", "x = 2")]),
    );
    let refused = sandbox.run(&["graduate", "a.ipynb", "--output", "other", "--order", "recorded"]);
    assert_eq!((refused.code, sandbox.files("other").len()), (2, 0));
    assert!(
        refused.err.contains("a.ipynb: its execution counts don't tell"),
        "{}",
        refused.err
    );
}

/// Without a Python there is no run, and without a run no verdict.
#[test]
fn nothing_is_called_equal_without_a_run() {
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", &notebook(&[cell("", "x = 1"), cell("", "y = x + 1")]));
    assert_eq!(sandbox.run(&["graduate", "a.ipynb", "--output", "out"]).code, 0);
    let manifest: Value = serde_json::from_str(&sandbox.files("out")["graduation.json"]).unwrap();
    assert_eq!(manifest["verification"], json!({"verdict": "not verified"}));
    let bare = sandbox.run(&["graduate", "a.ipynb", "--output", "b", "--verify"]);
    assert_eq!(bare.code, 2);
    let absent = sandbox.run(&[
        "graduate",
        "a.ipynb",
        "--output",
        "b",
        "--verify",
        "--python",
        "./no-python",
    ]);
    assert_eq!(absent.code, 2, "{}", absent.out);
    assert!(absent.err.contains("hint: give an interpreter"), "{}", absent.err);
    assert!(sandbox.files("b").is_empty());
}

#[test]
#[ignore = "needs Python's tools in MORTARBOARD_TOOLS"]
fn a_run_of_both_gives_the_verdict() {
    let sandbox = Sandbox::new();
    let cells = [
        "import time, random\nx = 1\nlater = time.time()",
        "y = x + 1\nprint('y is', y)",
        "z = open('given' + '.txt').read()",
    ];
    let cells: Vec<Value> = cells.iter().map(|source| cell("", source)).collect();
    sandbox.write("given.txt", "1\n");
    sandbox.write_notebook("a.ipynb", &notebook(&cells));
    let python = tools::tools().join("python");
    let python = python.to_str().unwrap();
    let ran = sandbox.run(&["graduate", "a.ipynb", "--output", "out", "--verify", "--python", python]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let manifest: Value = serde_json::from_str(&sandbox.files("out")["graduation.json"]).unwrap();
    let verified = &manifest["verification"];
    assert_eq!(
        (&verified["verdict"], &verified["lines"]),
        (&json!("equal"), &json!([1, 1]))
    );
    let verdicts: Vec<&str> = verified["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v[2].as_str().unwrap())
        .collect();
    assert!(
        verdicts.contains(&"equal") && verdicts.contains(&"not deterministic"),
        "{verdicts:?}"
    );
}
