//! `inventory`: what a row says, where it has it from, and what a spreadsheet or browser must not run.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{Sandbox, code, notebook};

fn rows(sandbox: &Sandbox, args: &[&str]) -> Vec<Value> {
    let ran = sandbox.run(&[&["inventory", "--output-format", "json"], args].concat());
    let list: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err));
    list["notebooks"].as_array().unwrap().clone()
}

fn paths(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["path"].as_str().unwrap()).collect()
}

fn git(folder: &Path, args: &[&str]) {
    let author = ["-c", "user.name=Ann Example", "-c", "user.email=ann@example.org"];
    let ran = Command::new("git")
        .args(author)
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_DATE", "2024-05-31T12:00:00+0000")
        .env("GIT_COMMITTER_DATE", "2024-05-31T12:00:00+0000")
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn a_row_says_what_a_notebook_reaches() {
    let sandbox = Sandbox::new();
    let source = "import pandas as pd, requests, sqlite3\nfrom sklearn.svm import SVC\ndf = pd.read_csv('in.csv')\n\
                  requests.get('https://example.org', timeout=5)\nsqlite3.connect('x.db')\ndf.to_csv('out.csv')";
    sandbox.write_notebook("a.ipynb", &notebook(&[code(Some(1), source)]));
    sandbox.write_notebook("b.ipynb", &notebook(&[code(Some(1), "x = 1")]));
    let rows = rows(&sandbox, &[]);
    assert_eq!(rows[0]["touches"], json!(["files", "database", "network"]));
    assert_eq!(rows[0]["risk"], "medium");
    assert_eq!(rows[0]["dependencies"], json!(["pandas", "requests", "scikit-learn"]));
    assert_eq!(
        (&rows[0]["reads"], &rows[0]["writes"]),
        (&json!(["in.csv", "x.db"]), &json!(["out.csv", "x.db"]))
    );
    assert_eq!(rows[0]["language_version"], "3.12.1");
    assert_eq!(
        (rows[1]["risk"].as_str(), &rows[1]["touches"]),
        (Some("none"), &json!([]))
    );
}

#[test]
fn a_secret_is_the_highest_risk_and_is_not_shown() {
    let sandbox = Sandbox::new();
    let token = ["ghp_u8jzPde0IgxLd6Gncf", "BAepfJBd0Kh8024xXH"].concat();
    let source = format!("open('https://{token}@example.org/x')\ntoken = '{token}'");
    sandbox.write_notebook("a.ipynb", &notebook(&[code(Some(1), &source)]));
    for format in ["table", "json", "csv", "html"] {
        let out = sandbox.run(&["inventory", "--output-format", format]).out;
        assert!(out.contains("high") && !out.contains(&token), "{format}: {out}");
    }
}

#[test]
fn owners_come_from_codeowners_then_metadata_then_history() {
    let sandbox = Sandbox::new();
    let plain = notebook(&[code(Some(1), "x = 1")]);
    let mut signed = plain.clone();
    signed["metadata"]["authors"] = json!([{"name": "Bo Example"}]);
    sandbox.write_notebook("repo/team/a.ipynb", &signed);
    sandbox.write_notebook("repo/other/b.ipynb", &signed);
    sandbox.write_notebook("repo/other/c.ipynb", &plain);
    sandbox.write(
        "repo/.github/CODEOWNERS",
        "* @nobody\n/other/\n/team/ @data-team bo@example.org # all of it\n",
    );
    let repo = sandbox.path().join("repo");
    git(&repo, &["init", "-q"]);
    git(&repo, &["add", "-A"]);
    git(&repo, &["commit", "-qm", "first"]);
    sandbox.write_notebook("repo/other/new.ipynb", &plain);
    let expected = [
        (json!("Bo Example"), json!("2024-05-31")),
        (json!("Ann Example"), json!("2024-05-31")),
        (Value::Null, Value::Null),
        (json!("@data-team bo@example.org"), json!("2024-05-31")),
    ];
    // named from outside, as a folder in it, and from within
    for (arguments, count) in [
        (&["repo"][..], 4),
        (&["repo/other"][..], 3),
        (&["repo/other", "repo/team"][..], 4),
    ] {
        let rows = rows(&sandbox, arguments);
        let got: Vec<(Value, Value)> = rows
            .iter()
            .map(|row| (row["owner"].clone(), row["changed"].clone()))
            .collect();
        assert_eq!(got, expected[..count], "{arguments:?}");
    }
}

#[test]
fn rows_are_sorted_and_chosen() {
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", &notebook(&[code(None, "x = 1")]));
    sandbox.write_notebook("b.ipynb", &notebook(&[code(Some(1), "import os\nos.system('ls')")]));
    sandbox.write_notebook("c.ipynb", &notebook(&[code(Some(1), "print(missing)")]));
    assert_eq!(
        paths(&rows(&sandbox, &["--sort", "risk"])),
        ["b.ipynb", "a.ipynb", "c.ipynb"]
    );
    assert_eq!(paths(&rows(&sandbox, &["--sort", "findings"]))[0], "c.ipynb");
    assert_eq!(
        paths(&rows(&sandbox, &["--verdict", "broken,never-run"])),
        ["a.ipynb", "c.ipynb"]
    );
    assert_eq!(paths(&rows(&sandbox, &["--risk", "medium"])), ["b.ipynb"]);
    let ran = sandbox.run(&["inventory", "--verdict", "brokn"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("a similar value exists: 'broken'"), "{}", ran.err);
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_listed() {
    let sandbox = Sandbox::new();
    sandbox.write("bad.ipynb", "{");
    sandbox.write_notebook("good.ipynb", &notebook(&[code(Some(1), "x = 1")]));
    let ran = sandbox.run(&["inventory"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("bad.ipynb"), "{}", ran.err);
    let expected = "\
verdict       risk  reaches  kernel         owner  changed  size   notebook
reproducible  none  -        python 3.12.1  -      -        407 B  good.ipynb

1 notebook: 1 reproducible; risk: 1 none
";
    assert_eq!(ran.out, expected);
}

#[test]
fn spreadsheets_and_browsers_run_nothing() {
    let sandbox = Sandbox::new();
    let mut hostile = notebook(&[code(Some(1), "x = 1")]);
    hostile["metadata"]["authors"] = json!([{"name": "=HYPERLINK(\"http://example.org\")<script>alert(1)</script>"}]);
    sandbox.write_notebook("a.ipynb", &hostile);
    let list = sandbox.run(&["inventory", "--output-format", "csv"]).out;
    assert!(list.contains("\"'=HYPERLINK(\"\"http"), "{list}");
    let page = sandbox.run(&["inventory", "--output-format", "html"]).out;
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"), "{page}");
}

#[test]
fn magics_addresses_and_downloads_count() {
    let sandbox = Sandbox::new();
    let row = |source: &str| {
        sandbox.write_notebook("a.ipynb", &notebook(&[code(Some(1), source)]));
        rows(&sandbox, &[]).remove(0)
    };
    assert_eq!(
        row("%load_ext tensorboard\n%load_ext autoreload")["dependencies"],
        json!(["tensorboard"])
    );
    assert_eq!(row("%%writefile -a code/x.py\nx = 1")["writes"], json!(["code/x.py"]));
    let touches = |source: &str| row(source)["touches"].clone();
    assert_eq!(touches("!mkdir -p data"), json!(["files"]));
    assert_eq!(
        touches("from ours import Repo\nRepo('https://example.org/x')"),
        json!(["network"])
    );
    assert_eq!(
        touches("from ours import connect\nconnect('postgresql://db/x')"),
        json!(["database"])
    );
    assert_eq!(touches("import t\nt.MNIST('.', download=True)"), json!(["network"]));
    let only_seen = "print('https://example.org')\nx = 'a'.startswith('http://a')\nt(x, download=False)";
    assert_eq!(touches(only_seen), json!([]));
}

#[test]
fn a_page_holds_no_character_that_html_lacks() {
    let sandbox = Sandbox::new();
    let source = "open('a\\x1b[31m\\u202e.csv')"
        .replace("\\x1b", "\u{1b}")
        .replace("\\u202e", "\u{202e}");
    sandbox.write_notebook("a.ipynb", &notebook(&[code(Some(1), &source)]));
    let page = sandbox.run(&["inventory", "--output-format", "html"]).out;
    assert!(
        !page.contains(['\u{1b}', '\u{202e}']) && page.contains(".csv"),
        "{page}"
    );
}

/// A package stands for its notebook: who answers for the one answers for the other.
#[test]
fn a_package_has_the_owner_that_codeowners_names() {
    let sandbox = Sandbox::new();
    let plain = notebook(&[code(Some(1), "x = [1]\nx.append(2)")]);
    sandbox.write_notebook("repo/team/a.ipynb", &plain);
    sandbox.write_notebook("repo/other/b.ipynb", &plain);
    sandbox.write("repo/CODEOWNERS", "/team/ @org/data-team\n/other/ nobody\n");
    git(&sandbox.path().join("repo"), &["init", "-q"]);
    for (name, owner) in [("team/a", Some("* @org/data-team\n")), ("other/b", None)] {
        let ran = sandbox.run(&["graduate", &format!("repo/{name}.ipynb"), "--output", name]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let files = sandbox.files(name);
        assert_eq!(files.get("CODEOWNERS").map(String::as_str), owner);
        assert_eq!(
            files["README.md"].contains("Nobody is named as the owner"),
            owner.is_none()
        );
    }
}
