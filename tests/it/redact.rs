//! `redact`: the secret goes, everything else stays byte for byte.

use serde_json::{Value, json};

use crate::harness::{Sandbox, code, code_with, notebook, stdout};

fn secret() -> String {
    ["ghp_u8jzPde0IgxLd6Gncf", "BAepfJBd0Kh8024xXH"].concat()
}

fn leaky() -> Value {
    let secret = secret();
    let mut notebook = notebook(&[
        code(Some(1), &format!("client = connect(token=\"{secret}\")")),
        code_with(
            Some(2),
            "show()",
            json!([
                stdout(&format!("é {secret}\n/home/ann/x.py\n")),
                {"output_type": "error", "ename": "E", "evalue": secret, "traceback": [format!("\u{1b}[31m{}\u{1b}[0m{}\u{1b}[39m", &secret[..9], &secret[9..])]},
                {"output_type": "stream", "name": "stdout", "text": ["a\n", format!("token={secret}\n")]},
            ]),
        ),
    ]);
    notebook["metadata"]["parameters"] = json!({"t": secret});
    notebook
}

#[test]
fn outputs_and_metadata_are_redacted_and_sources_stay() {
    let sandbox = Sandbox::new();
    let path = sandbox.write_notebook("a.ipynb", &leaky());
    let before = std::fs::read_to_string(&path).unwrap();
    assert_eq!(sandbox.run(&["redact", "--check", "a.ipynb"]).code, 1);
    let shown = sandbox.run(&["redact", "--diff", "a.ipynb"]);
    assert_eq!(shown.code, 1);
    assert!(
        !shown.out.contains(&secret()[4..]) && shown.out.contains("[redacted:github-token]"),
        "{}",
        shown.out
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
    let ran = sandbox.run(&["redact", "a.ipynb"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let after = std::fs::read_to_string(&path).unwrap();
    let value: Value = serde_json::from_str(&after).unwrap();
    assert_eq!(value["cells"][0], leaky()["cells"][0]);
    assert_eq!(after.matches(&secret()).count(), 1, "{after}");
    assert_eq!(after.matches("[redacted:github-token]").count(), 5, "{after}");
    assert!(after.contains("/home/ann/x.py"));
    assert_eq!(value["cells"][1]["outputs"][2]["text"][0], "a\n");
    let report = sandbox.json(&["--select", "MB301,MB303"]);
    assert_eq!(report["findings"], json!([]));
    let again = sandbox.run(&["redact", "a.ipynb"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
}

#[test]
fn sources_and_homes_on_request() {
    let sandbox = Sandbox::new();
    let path = sandbox.write_notebook("a.ipynb", &leaky());
    let ran = sandbox.run(&["redact", "--source", "--paths", "."]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let after = std::fs::read_to_string(&path).unwrap();
    let value: Value = serde_json::from_str(&after).unwrap();
    assert_eq!(
        value["cells"][0]["source"],
        "import os\nclient = connect(token=os.environ[\"GITHUB_TOKEN\"])"
    );
    assert!(
        !after.contains(&secret()) && !after.contains("/home/ann") && after.contains("~/x.py"),
        "{after}"
    );
    assert_eq!(sandbox.run(&["redact", "--source", "--paths", "--check", "."]).code, 0);
    assert_eq!(sandbox.json(&["--select", "MB3"])["findings"], json!([]));
}

/// Every notebook under the folder that `MORTARBOARD_BENCH` names: redacted once it holds no secret outside of
/// sources, and it is still JSON.
#[test]
fn whole_collections_can_be_redacted() {
    let Some(bench) = std::env::var_os("MORTARBOARD_BENCH") else {
        return;
    };
    for entry in ignore_walk(std::path::Path::new(&bench)) {
        let Ok(text) = std::fs::read_to_string(&entry) else {
            continue;
        };
        let options = mortarboard::redact::Options {
            source: true,
            paths: true,
        };
        let Ok(redacted) = mortarboard::redact::redact(&text, options) else {
            assert!(mortarboard::notebook::read(&text).is_err(), "{}", entry.display());
            continue;
        };
        assert!(serde_json::from_str::<Value>(&redacted.text).is_ok() || serde_json::from_str::<Value>(&text).is_err());
        let twice = mortarboard::redact::redact(&redacted.text, options).unwrap();
        assert_eq!(twice.text, redacted.text, "{}", entry.display());
        if redacted.done.is_empty() {
            assert_eq!(redacted.text, text);
        }
    }
}

fn ignore_walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(ignore_walk(&path));
        } else if path.extension().is_some_and(|e| e == "ipynb") {
            found.push(path);
        }
    }
    found
}

#[test]
fn folders_are_searched_as_check_does() {
    let sandbox = Sandbox::new();
    for name in ["kept/a.ipynb", "archive/b.ipynb", "ignored/c.ipynb", "typed/d.ipynb"] {
        sandbox.write_notebook(name, &leaky());
    }
    sandbox.write("kept/broken.ipynb", "{");
    sandbox.write("mortarboard.toml", "exclude = [\"archive/\"]\n");
    sandbox.write(".gitignore", "ignored/\n");
    let ran = sandbox.run(&["redact", "--exclude", "typed/", "--jobs", "2"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err.contains("kept/broken.ipynb") && ran.err.contains("hint: "),
        "{}",
        ran.err
    );
    let token = secret();
    let left = |name: &str| {
        std::fs::read_to_string(sandbox.path().join(name))
            .unwrap()
            .matches(&token)
            .count()
    };
    // the source keeps it
    assert_eq!(left("kept/a.ipynb"), 1);
    for name in ["archive/b.ipynb", "ignored/c.ipynb", "typed/d.ipynb"] {
        assert!(left(name) > 1, "{name}");
    }
    let none = sandbox.run(&["redact", "--no-config", "--check", "archive", "-q"]);
    assert_eq!((none.code, none.err.as_str()), (1, ""));
    let named = sandbox.run(&["redact", "--check", "archive/b.ipynb"]);
    assert_eq!(named.code, 1, "a notebook that is named is always read: {}", named.err);
    let excluded = sandbox.run(&["redact", "--check", "archive"]);
    assert_eq!(excluded.code, 2, "{}", excluded.err);
}
