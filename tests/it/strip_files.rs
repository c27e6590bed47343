//! `strip` on files: which are read, how they are written, what is said, what settings and git's configuration say.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::harness::{Sandbox, code_with, notebook, stdout};

fn dirty() -> Value {
    let mut notebook = notebook(&[code_with(Some(1), "f()", json!([stdout("one\n")]))]);
    notebook["cells"][0]["metadata"] = json!({"scrolled": true, "slot": 1, "tags": ["x"]});
    notebook
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_bad_file_stops_no_other() {
    let sandbox = Sandbox::new();
    sandbox.write_notebook("z.ipynb", &dirty());
    sandbox.write_notebook("ignored/a.ipynb", &dirty());
    sandbox.write(".gitignore", "ignored/\n");
    sandbox.write("bad.ipynb", "{\"cells\": [");
    sandbox.write("latin.ipynb", b"{\"cells\": [], \"a\": \"\xe9\"}");
    let ran = sandbox.run(&["strip", ".", "missing.ipynb"]);
    assert_eq!(ran.code, 2);
    for said in [
        "z.ipynb: stripped",
        "error: bad.ipynb:1:12: ",
        "error: latin.ipynb: ",
        "error: missing.ipynb: ",
    ] {
        assert!(ran.err.contains(said), "{}", ran.err);
    }
    assert!(
        std::fs::read_to_string(sandbox.path().join("z.ipynb"))
            .unwrap()
            .contains("\"outputs\": []")
    );
    assert!(sandbox.files("ignored")["a.ipynb"].contains("one"));
    assert_eq!(sandbox.run(&["strip", "--quiet", "ignored/a.ipynb"]).err, "");
}

#[test]
fn looking_writes_nothing() {
    let sandbox = Sandbox::new();
    let path = sandbox.write_notebook("a.ipynb", &dirty());
    let before = std::fs::read_to_string(&path).unwrap();
    let diff = sandbox.run(&["strip", "--diff", "--color", "always", "a.ipynb"]);
    assert_eq!(diff.code, 1);
    assert!(
        diff.out.contains("\u{1b}[31m-          \"text\": \"one"),
        "{}",
        diff.out
    );
    assert!(
        diff.out.contains("\u{1b}[32m+      \"execution_count\": null"),
        "{}",
        diff.out
    );
    let plain = sandbox.run(&["strip", "--diff", "a.ipynb"]);
    assert!(
        plain.out.starts_with("--- a.ipynb (before)\n") && !plain.out.contains('\u{1b}'),
        "{}",
        plain.out
    );
    assert_eq!(
        (
            sandbox.run(&["strip", "--check", "a.ipynb"]).code,
            sandbox.run(&["strip", "--stdout", "a.ipynb"]).code
        ),
        (1, 0)
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
}

/// Runs with a text on stdin.
pub fn piped(sandbox: &Sandbox, text: &str, args: &[&str]) -> (i32, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mortarboard"))
        .args(args)
        .current_dir(sandbox.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn pipes_get_what_files_get() {
    let sandbox = Sandbox::new();
    let path = sandbox.write_notebook("a.ipynb", &dirty());
    let before = std::fs::read_to_string(&path).unwrap();
    let (code, out) = piped(&sandbox, &before, &["strip", "-"]);
    assert_eq!(sandbox.run(&["strip", "a.ipynb"]).code, 1);
    assert_eq!((code, &out), (0, &std::fs::read_to_string(&path).unwrap()));
    assert_eq!(piped(&sandbox, &out, &["strip", "-"]), (0, out.clone()));
    assert_eq!(piped(&sandbox, &before, &["strip", "-", "--check"]), (1, String::new()));
    assert_eq!(piped(&sandbox, "{", &["strip", "-"]), (2, String::new()));
}

#[test]
fn clean_files_are_not_written() {
    let sandbox = Sandbox::new();
    let path = sandbox.write_notebook("a.ipynb", &dirty());
    sandbox.run(&["strip", "."]);
    let time = || std::fs::metadata(&path).unwrap().modified().unwrap();
    let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    std::fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(long_ago)
        .unwrap();
    assert_eq!(sandbox.run(&["strip", "."]).code, 0);
    assert_eq!(time(), long_ago);
}

#[cfg(unix)]
#[test]
fn what_a_file_is_stays() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    let sandbox = Sandbox::new();
    let target = sandbox.write_notebook("data/target.ipynb", &dirty());
    symlink("data/target.ipynb", sandbox.path().join("link.ipynb")).unwrap();
    std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o640)).unwrap();
    let one = sandbox.write_notebook("one.ipynb", &dirty());
    let two = sandbox.path().join("two.ipynb");
    std::fs::hard_link(&one, &two).unwrap();
    // what a writer left that was killed
    sandbox.write(".mortarboard-1-0.tmp", "x");
    sandbox.write("data/.mortarboard-1-0.tmp", "x");
    assert_eq!(sandbox.run(&["strip", "link.ipynb", "one.ipynb"]).code, 1);
    let clean = |path: &Path| !std::fs::read_to_string(path).unwrap().contains("one\\n");
    assert!(clean(&target) && clean(&one) && clean(&two));
    assert!(
        std::fs::symlink_metadata(sandbox.path().join("link.ipynb"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(std::fs::metadata(&target).unwrap().mode() & 0o7777, 0o640);
    assert_eq!(
        std::fs::metadata(&one).unwrap().ino(),
        std::fs::metadata(&two).unwrap().ino()
    );
    assert_eq!(names(&sandbox.path().join("data")), ["target.ipynb"]);
}

/// Killed at any time, a file is what it was or what it was to become.
#[cfg(unix)]
#[test]
fn kills_lose_nothing() {
    let sandbox = Sandbox::new();
    let mut large = dirty();
    large["cells"][0]["source"] = json!("x = 1\n".repeat(20_000));
    let path = sandbox.write_notebook("a.ipynb", &large);
    let before = std::fs::read_to_string(&path).unwrap();
    sandbox.run(&["strip", "a.ipynb"]);
    let after = std::fs::read_to_string(&path).unwrap();
    for wait in 0..40 {
        std::fs::write(&path, &before).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_mortarboard"))
            .args(["strip", "--quiet", "a.ipynb"])
            .current_dir(sandbox.path())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_micros(wait * 500));
        child.kill().unwrap();
        child.wait().unwrap();
        let now = std::fs::read_to_string(&path).unwrap();
        assert!(
            now == before || now == after,
            "killed after {wait}: {} bytes",
            now.len()
        );
    }
    std::fs::write(&path, &before).unwrap();
    sandbox.run(&["strip", "a.ipynb"]);
    assert_eq!(names(sandbox.path()), ["a.ipynb"]);
}

#[test]
fn settings_say_what_is_stripped() {
    let sandbox = Sandbox::new();
    for name in ["a.ipynb", "docs/b.ipynb", "old/c.ipynb"] {
        sandbox.write_notebook(name, &dirty());
    }
    sandbox.write(
        "pyproject.toml",
        "[tool.mortarboard]\nexclude = [\"old/\"]\n[tool.mortarboard.strip]\nextra-keys = [\"cell.metadata.slot\"]\n\
         [tool.mortarboard.per-path.\"docs/*\".strip]\nkeep-output = true\nkeep-metadata = [\"cell.metadata.scrolled\"]\n",
    );
    let ran = sandbox.run(&["strip", "."]);
    assert_eq!(ran.err, "a.ipynb: stripped\ndocs/b.ipynb: stripped\n");
    let cell = |name: &str| -> Value {
        let text = std::fs::read_to_string(sandbox.path().join(name)).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["cells"][0].clone()
    };
    assert_eq!(cell("a.ipynb")["metadata"], json!({"tags": ["x"]}));
    assert_eq!(
        cell("docs/b.ipynb")["metadata"],
        json!({"scrolled": true, "tags": ["x"]})
    );
    assert_eq!(cell("docs/b.ipynb")["outputs"].as_array().unwrap().len(), 1);
    let text = std::fs::read_to_string(sandbox.path().join("old/c.ipynb")).unwrap();
    let (_, kept) = piped(&sandbox, &text, &["strip", "-", "--stdin-filename", "docs/c.ipynb"]);
    assert!(kept.contains("one\\n") && !kept.contains("slot"), "{kept}");
    let (_, all) = piped(&sandbox, &text, &["strip", "-", "--no-config"]);
    assert!(!all.contains("one\\n") && all.contains("slot"), "{all}");
    for (wrong, said) in [
        ("keep-outputs = true", "2:1: unknown key `keep-outputs`"),
        ("keep-output = 1", "2:15: `keep-output` is no integer"),
        (
            "extra-keys = [\"source\"]",
            "2:15: `extra-keys`: `source` is no key of a notebook",
        ),
        ("max-size = \"big\"", "2:12: `big` is no size"),
        ("cell-ids = \"gone\"", "2:12: `cell-ids` is no \"gone\""),
        (
            "drop-matching = [\"(\"]",
            "2:18: `drop-matching`: `(` is no regular expression",
        ),
        ("preset = [\"emacs\"]", "2:11: `preset`: there is no preset `emacs`"),
    ] {
        sandbox.write("wrong.toml", format!("[strip]\n{wrong}\n"));
        let ran = sandbox.run(&["strip", "--config", "wrong.toml", "."]);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains(&format!("wrong.toml:{said}")), "{}", ran.err);
    }
}

#[test]
fn nbstripouts_configuration_is_understood() {
    let sandbox = Sandbox::new();
    let path = std::env::var_os("PATH").unwrap();
    let git = |args: &[&str]| {
        let mut git = Command::new("git");
        git.args(args).current_dir(sandbox.path()).env("HOME", sandbox.path());
        assert!(git.status().unwrap().success());
    };
    git(&["init", "-q"]);
    git(&[
        "config",
        "filter.nbstripout.extrakeys",
        "metadata.toc cell.metadata.slot nonsense",
    ]);
    git(&["config", "filter.nbstripout.keepmetadatakeys", "cell.metadata.scrolled"]);
    git(&[
        "config",
        "filter.nbstripout.clean",
        "\"/usr/bin/python3\" -m nbstripout --keep-count --drop-tagged-cells='y z' --max-size 15 --keep-output-type error stream:stderr -t",
    ]);
    sandbox.write_notebook("a.ipynb", &dirty());
    let run = |args: &[&str]| {
        let ran = Command::new(env!("CARGO_BIN_EXE_mortarboard"))
            .args(args)
            .current_dir(sandbox.path())
            .env("HOME", sandbox.path())
            .env("PATH", &path)
            .output()
            .unwrap();
        (
            String::from_utf8(ran.stdout).unwrap(),
            String::from_utf8(ran.stderr).unwrap(),
        )
    };
    let (out, err) = run(&["strip", "--from-nbstripout-config", "--stdout", "a.ipynb"]);
    assert!(
        err.contains("warning: filter.nbstripout: `nonsense` is no key"),
        "{err}"
    );
    let cell = serde_json::from_str::<Value>(&out).unwrap()["cells"][0].clone();
    assert_eq!(cell["metadata"], json!({"scrolled": true, "tags": ["x"]}));
    assert_eq!((&cell["execution_count"], &cell["outputs"]), (&json!(1), &json!([])));
    let (out, _) = run(&[
        "strip",
        "--from-nbstripout-config",
        "--stdout",
        "a.ipynb",
        "--max-size",
        "16",
    ]);
    assert!(out.contains("one\\n"), "what is typed comes on top: {out}");
}
