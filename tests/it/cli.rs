//! The program as a user meets it: exit codes, formats, settings, ignores, bad input.

use serde_json::json;

use crate::harness::{Sandbox, code, code_with, notebook, stdout};

fn messy() -> serde_json::Value {
    notebook(&[
        code(Some(2), "import os\ndata_dir = '/home/ann/data'"),
        code(Some(1), "print('hi')"),
        code(None, "x = 1"),
    ])
}

#[test]
fn a_clean_notebook_is_clean() {
    let sandbox = Sandbox::new();
    sandbox.write_notebook(
        "a.ipynb",
        &notebook(&[code_with(Some(1), "print(1)", json!([stdout("1\n")]))]),
    );
    let ran = sandbox.run(&["check"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, "a.ipynb: reproducible\n1 notebook: nothing found\n");
}

#[test]
fn full_shows_the_line() {
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", &messy());
    let ran = sandbox.run(&["check", "--select", "absolute-path"]);
    assert_eq!(ran.code, 1);
    let expected = "\
warning[MB401] absolute-path: `/home/ann/data` is a path in a home directory: it exists on no other machine
  --> a.ipynb:cell 1:2:12 (In [2])
   |
 2 | data_dir = '/home/ann/data'
   |            ^^^^^^^^^^^^^^^^
   = hint: use a path relative to the notebook, or make the folder a parameter

a.ipynb: reproducible
1 notebook: found 1 warning
";
    assert_eq!(ran.out, expected);
}

#[test]
fn concise_is_one_line_a_finding() {
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", &messy());
    let ran = sandbox.run(&["check", "a.ipynb", "--output-format", "concise"]);
    assert_eq!(ran.code, 1);
    let expected = "\
a.ipynb:cell 1:1:1: MB101 [out-of-order-execution] cell 1 (In [2]) ran out of order: cell 2 (In [1]) stands below and ran earlier; no cell had another value than a run from the top gives it
a.ipynb:cell 1:2:12: MB401 [absolute-path] `/home/ann/data` is a path in a home directory: it exists on no other machine
a.ipynb:cell 3:1:1: MB103 [unexecuted-cell] cell 3 did not run, though 2 other cells did
";
    assert_eq!(ran.out, expected);
}

#[test]
fn json_has_its_shape() {
    let sandbox = Sandbox::new();
    let path = sandbox.write_notebook("sub/a.ipynb", &messy());
    let report = sandbox.json(&["--select", "MB401"]);
    let bytes = std::fs::read_to_string(path).unwrap();
    let start = bytes.find("'/home").unwrap();
    let mut finding = report["findings"][0].clone();
    assert_eq!(finding["fingerprint"].as_str().unwrap().len(), 24);
    finding["fingerprint"] = json!("…");
    let expected = json!({
        "rule": "absolute-path", "code": "MB401", "severity": "warning", "confidence": "certain",
        "path": "sub/a.ipynb", "subject": "/home/ann/data",
        "message": "`/home/ann/data` is a path in a home directory: it exists on no other machine",
        "hint": "use a path relative to the notebook, or make the folder a parameter",
        "place": {"kind": "source", "cell": 1, "cell_id": null, "execution_count": 2, "output": null,
                  "line": 2, "column": 12, "end_line": 2, "end_column": 28, "bytes": [start, start + 16]},
        "related": [], "fix": null, "fingerprint": "…",
    });
    assert_eq!(finding, expected);
    let expected = json!([{"path": "sub/a.ipynb", "language": "python", "cells": 3, "code_cells": 3, "executed": 2,
        "verdict": "reproducible", "deciding_cells": [], "problems": []}]);
    assert_eq!(report["notebooks"], expected);
    assert_eq!(
        report["summary"],
        json!({"files": 1, "errors": 0, "warnings": 1, "notes": 0, "suppressed": 0})
    );
    assert_eq!(report["version"], 1);
}

#[test]
fn two_runs_print_the_same() {
    let sandbox = Sandbox::new();
    for name in ["b/x.ipynb", "a.ipynb", "c.ipynb"] {
        sandbox.write_notebook(name, &messy());
    }
    let one = sandbox.run(&["check", "--jobs", "1"]);
    let two = sandbox.run(&["check", "c.ipynb", "b", "a.ipynb", "--jobs", "3"]);
    assert_eq!(one.out, two.out);
}

/// Runs `check` on a file of these bytes; returns what it says and asserts that it is an error.
fn bad(name: &str, bytes: &[u8]) -> String {
    let sandbox = Sandbox::new();
    sandbox.write(name, bytes);
    let ran = sandbox.run(&["check", name]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    assert!(ran.err.starts_with(&format!("error: {name}")), "{}", ran.err);
    assert!(ran.err.contains("\nhint: "), "{}", ran.err);
    assert!(!ran.err.lines().any(|line| line.ends_with('.')), "{}", ran.err);
    ran.err
}

#[test]
fn bad_files_say_what_and_where() {
    let whole = messy().to_string();
    assert!(bad("cut.ipynb", &whole.as_bytes()[..whole.len() / 2]).contains("cut short"));
    assert!(bad("text.ipynb", b"hello").contains("text.ipynb:1:1: the file is not JSON"));
    assert!(bad("list.ipynb", b"[]").contains("no notebook"));
    assert!(bad("other.ipynb", b"{\"a\": 1}").contains("it has no `cells`"));
    assert!(bad("empty.ipynb", b"").contains("the file is empty"));
    assert!(bad("latin.ipynb", b"{\"cells\": \"\xe9\"}").contains("byte 11"));
    assert!(bad("wide.ipynb", b"\xff\xfe{\0}\0").contains("UTF-16"));
}

#[test]
fn missing_things_are_errors() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["check", "nowhere.ipynb"]);
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.err,
        "error: nowhere.ipynb: there is no such file or folder\nhint: check the spelling, and the folder that you are in\n"
    );
    let ran = sandbox.run(&["check"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.starts_with("error: no notebooks under `.`\n"), "{}", ran.err);
}

#[test]
fn a_bad_file_stops_no_other() {
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", &messy());
    sandbox.write("b.ipynb", "{");
    let ran = sandbox.run(&["check", "--output-format", "concise"]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.out.lines().count(), 3);
    assert!(ran.err.starts_with("error: b.ipynb:1:2: "), "{}", ran.err);
}

#[test]
fn other_languages_get_what_needs_no_python() {
    let sandbox = Sandbox::new();
    let mut r = notebook(&[
        code(Some(2), "x <- 1\nread.csv('/home/ann/a.csv')"),
        code(Some(1), "y <- 'token'"),
    ]);
    r["metadata"] = json!({"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}});
    sandbox.write_notebook("r.ipynb", &r);
    let report = sandbox.json(&[]);
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert_eq!(report["findings"][0]["code"], "MB101");
    assert_eq!(report["notebooks"][0]["verdict"], "not-applicable");
    assert_eq!(report["notebooks"][0]["language"], "R");
}

#[test]
fn folders_are_searched_as_git_sees_them() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", "out/\n");
    for name in [
        "out/a.ipynb",
        ".ipynb_checkpoints/b.ipynb",
        "c.ipynb",
        "drafts/d.ipynb",
        "notes.txt",
    ] {
        sandbox.write_notebook(name, &messy());
    }
    let paths = |args: &[&str]| -> Vec<String> {
        let report = sandbox.json(args);
        report["notebooks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n["path"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(paths(&[]), ["c.ipynb", "drafts/d.ipynb"]);
    assert_eq!(paths(&["--exclude", "drafts"]), ["c.ipynb"]);
    assert_eq!(paths(&["out/a.ipynb"]), ["out/a.ipynb"]);
    assert_eq!(paths(&["drafts/d.ipynb", "--exclude", "drafts"]), ["drafts/d.ipynb"]);
}

#[test]
fn settings_are_the_nearest() {
    let sandbox = Sandbox::new();
    sandbox.write("pyproject.toml", "[tool.mortarboard]\nselect = [\"MB401\"]\n");
    sandbox.write("sub/mortarboard.toml", "ignore = [\"MB4\", \"unexecuted-cell\"]\n");
    sandbox.write("sub/deep/pyproject.toml", "[project]\nname = \"x\"\n");
    sandbox.write_notebook("a.ipynb", &messy());
    sandbox.write_notebook("sub/deep/b.ipynb", &messy());
    let lines = |args: &[&str]| -> Vec<String> {
        let ran = sandbox.run(&[&["check", "--output-format", "concise"], args].concat());
        ran.out
            .lines()
            .map(|line| line.split(" [").next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        lines(&[]),
        ["a.ipynb:cell 1:2:12: MB401", "sub/deep/b.ipynb:cell 1:1:1: MB101"]
    );
    assert_eq!(lines(&["--no-config", "a.ipynb"]).len(), 3);
    assert_eq!(lines(&["--config", "sub/mortarboard.toml", "a.ipynb"]).len(), 1);
    assert_eq!(lines(&["--select", "MB103", "a.ipynb"]), ["a.ipynb:cell 3:1:1: MB103"]);
}

#[test]
fn settings_by_path_and_profile() {
    let sandbox = Sandbox::new();
    let text = "[tool.mortarboard]\nprofile = \"production\"\nexclude = [\"old/\"]\n\n\
                [tool.mortarboard.per-path.\"drafts/**\"]\nprofile = \"exploratory\"\n";
    sandbox.write("pyproject.toml", text);
    for name in ["a.ipynb", "drafts/b.ipynb", "old/c.ipynb"] {
        sandbox.write_notebook(name, &messy());
    }
    let report = sandbox.json(&[]);
    let findings = report["findings"].as_array().unwrap().iter();
    let found: Vec<String> = findings
        .map(|f| format!("{} {} {}", f["path"], f["code"], f["severity"]).replace('"', ""))
        .collect();
    assert_eq!(
        found,
        [
            "a.ipynb MB101 note",
            "a.ipynb MB401 error",
            "a.ipynb MB103 error",
            "drafts/b.ipynb MB101 note"
        ]
    );
}

#[test]
fn settings_errors_name_the_place() {
    let check = |text: &str, expected: &str| {
        let sandbox = Sandbox::new();
        sandbox.write_notebook("a.ipynb", &messy());
        sandbox.write("pyproject.toml", text);
        let ran = sandbox.run(&["check"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{text}");
        assert!(ran.err.contains(expected), "{text}: {}", ran.err);
    };
    check(
        "[tool.mortarboard]\nselct = []\n",
        "pyproject.toml:2:1: unknown key `selct`\nhint: the keys are select, ",
    );
    check(
        "[tool.mortarboard]\nselect = \"MB1\"\n",
        "pyproject.toml:2:10: `select` is no list of strings\n",
    );
    check(
        "[tool.mortarboard]\nprofile = \"strict\"\n",
        "pyproject.toml:2:11: `profile` is no \"strict\"\n",
    );
    check(
        "[tool.mortarboard]\nignore = [\"absolut-path\"]\n",
        "no rule is called `absolut-path`\nhint: did you mean `absolute-path`?\n",
    );
    check("[tool.mortarboard\n", "pyproject.toml:1:");
    check(
        "[tool.mortarboard.per-path.\"a\"]\nexclude = []\n",
        "pyproject.toml:2:1: unknown key `exclude`\n",
    );
}

#[test]
fn ignores() {
    let check = |cells: &[serde_json::Value],
                 metadata: serde_json::Value,
                 args: &[&str],
                 expected: &[&str],
                 suppressed: i64| {
        let sandbox = Sandbox::new();
        let mut notebook = notebook(cells);
        notebook["metadata"]["mortarboard"] = metadata;
        sandbox.write_notebook("a.ipynb", &notebook);
        let report = sandbox.json(args);
        let findings = report["findings"].as_array().unwrap().iter();
        let found: Vec<&str> = findings.map(|finding| finding["code"].as_str().unwrap()).collect();
        assert_eq!(found, expected, "{cells:?}");
        assert_eq!(report["summary"]["suppressed"], suppressed);
    };
    let path = "p_dir = '/home/ann/x'";
    let none = json!(null);
    let one = |source: &str| vec![code(None, source)];
    check(&one(path), none.clone(), &[], &["MB401"], 0);
    check(
        &one(&format!("{path}  # mortarboard: ignore")),
        none.clone(),
        &[],
        &[],
        1,
    );
    check(
        &one(&format!("{path}  # mortarboard: ignore[absolute-path, MB701]")),
        none.clone(),
        &[],
        &["MB001"],
        1,
    );
    check(
        &one(&format!("{path}  # noqa # mortarboard: ignore[mb401]")),
        none.clone(),
        &[],
        &[],
        1,
    );
    check(
        &one(&format!("# mortarboard: ignore[absolute-path]\nx = 1\n{path}")),
        none.clone(),
        &[],
        &[],
        1,
    );
    check(
        &one(&format!("x = 1\n# mortarboard: ignore[absolute-path]\n{path}")),
        none.clone(),
        &[],
        &["MB001", "MB401"],
        0,
    );
    check(
        &one(&format!("x = '''\n# mortarboard: ignore\n'''\n{path}")),
        none.clone(),
        &[],
        &["MB401"],
        0,
    );
    check(
        &one("x = 1  # mortarboard: ignore[absolute-path]"),
        none.clone(),
        &["--select", "MB7,MB001"],
        &[],
        0,
    );
    check(
        &one("x = 1  # mortarboard: ignore[no-such-rule]"),
        none.clone(),
        &[],
        &["MB001"],
        0,
    );
    check(&one(path), json!({"ignore": ["absolute-path"]}), &[], &[], 1);
    let mut tagged = code(None, path);
    tagged["metadata"]["tags"] = json!(["mortarboard:ignore-absolute-path"]);
    check(&[tagged.clone(), code(None, path)], none.clone(), &[], &["MB401"], 1);
    tagged["metadata"]["tags"] = json!(["mortarboard-ignore"]);
    check(&[tagged], none, &[], &[], 1);
}

#[test]
fn control_characters_reach_no_terminal() {
    let sandbox = Sandbox::new();
    let evil = "\u{1b}[2J\u{7}\u{202e}";
    let mut cell = code_with(
        Some(1),
        &format!("x_dir = '/home/{evil}/x'; y = 1 +  # {evil}"),
        json!([{"output_type": "error", "ename": evil, "evalue": evil, "traceback": [evil]}]),
    );
    cell["id"] = json!(evil);
    sandbox.write_notebook("a.ipynb", &notebook(&[cell]));
    for format in ["full", "concise"] {
        let ran = sandbox.run(&["check", "--output-format", format]);
        assert_eq!(ran.code, 1);
        assert!(!ran.out.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{:?}", ran.out);
    }
}

#[test]
fn colour_only_when_asked() {
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", &messy());
    assert!(!sandbox.run(&["check"]).out.contains('\u{1b}'));
    assert!(sandbox.run(&["check", "--color", "always"]).out.contains('\u{1b}'));
}

#[test]
fn explain_prints_the_page() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["explain", "MB401"]);
    assert_eq!((ran.code, ran.out.lines().next()), (0, Some("# absolute-path (MB401)")));
    assert_eq!(sandbox.run(&["explain", "absolute-path"]).out, ran.out);
    let ran = sandbox.run(&["explain", "absolut-path"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert_eq!(
        ran.err,
        "error: no rule is called `absolut-path`\nhint: did you mean `absolute-path`?\n"
    );
}

#[test]
fn severity_quiet_and_statistics() {
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", &messy());
    assert_eq!(sandbox.run(&["check", "--severity", "error"]).code, 0);
    assert_eq!(sandbox.run(&["check", "--severity", "error", "-q"]).out, "");
    let ran = sandbox.run(&["check", "--statistics"]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.out,
        "     1  MB101  out-of-order-execution\n     1  MB103  unexecuted-cell\n     1  MB401  absolute-path\n"
    );
}

#[test]
fn deep_code_ends_in_a_report() {
    let sandbox = Sandbox::new();
    let deep = format!("x = {}1{}", "(".repeat(50_000), ")".repeat(50_000));
    let chain = format!("x = 1{}", " + 1".repeat(50_000));
    sandbox.write_notebook("a.ipynb", &notebook(&[code(None, &deep), code(None, &chain)]));
    let ran = sandbox.run(&["check"]);
    assert!(ran.code == 0 || ran.code == 1, "{} {}", ran.code, ran.err);
}

/// A cell whose count is too high stands where a count is missing: it was run again.
#[test]
fn cells_run_again_are_named() {
    let related = |counts: &[i64]| -> Vec<String> {
        let sandbox = Sandbox::new();
        let cells: Vec<_> = counts.iter().map(|count| code(Some(*count), "f()")).collect();
        sandbox.write_notebook("a.ipynb", &notebook(&cells));
        let report = sandbox.json(&["--select", "MB102"]);
        let related = report["findings"][0]["related"].as_array().unwrap().iter();
        related
            .map(|related| related["message"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        related(&[1, 5, 3, 4]),
        ["cell 2 (In [5]) stands where In [2] ran: it was run again"]
    );
    assert_eq!(
        related(&[4, 2, 3]),
        ["cell 1 (In [4]) stands where In [1] ran: it was run again"]
    );
    assert_eq!(related(&[1, 2, 4]), [""; 0]);
}

#[test]
fn a_pipe_may_close() {
    let sandbox = Sandbox::new();
    for i in 0..200 {
        sandbox.write_notebook(&format!("{i}.ipynb"), &messy());
    }
    let shell = format!(
        "{} check | head -1; exit ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_mortarboard")
    );
    let ran = std::process::Command::new("bash")
        .args(["-c", &shell])
        .current_dir(sandbox.path())
        .output()
        .unwrap();
    assert_eq!(
        (ran.status.code(), String::from_utf8(ran.stderr).unwrap().as_str()),
        (Some(1), "")
    );
}

#[test]
fn writing_is_whole_and_keeps_what_surrounds_it() {
    let sandbox = Sandbox::new();
    let path = sandbox.write("a.txt", "old");
    mortarboard::io::write_atomic(&path, b"new").unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt, symlink};
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let link = sandbox.path().join("link.txt");
        symlink(&path, &link).unwrap();
        mortarboard::io::write_atomic(&link, b"newer").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "newer");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }
    let names: Vec<_> = std::fs::read_dir(sandbox.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(names.len() <= 2, "{names:?}");
    assert!(mortarboard::io::write_atomic(&sandbox.path().join("no/such/folder.txt"), b"x").is_err());
}

/// Every finding's bytes lie in the file, on the samples that the project carries.
#[test]
fn places_lie_in_their_files() {
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_notebooks");
    let sandbox = Sandbox::new();
    let report = sandbox.json(&["--no-config", samples.to_str().unwrap()]);
    let findings = report["findings"].as_array().unwrap();
    assert!(!findings.is_empty());
    for finding in findings {
        let text = std::fs::read_to_string(finding["path"].as_str().unwrap()).unwrap();
        let bytes: Vec<usize> = finding["place"]["bytes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|b| b.as_u64().unwrap() as usize)
            .collect();
        assert!(text.get(bytes[0]..bytes[1]).is_some(), "{finding}");
        assert!(
            !finding["path"].as_str().unwrap().contains("/clean/"),
            "a clean notebook: {finding}"
        );
    }
}

#[test]
fn an_ignore_of_what_is_too_mild_to_show_is_used() {
    let sandbox = Sandbox::new();
    let source = "p = '~/data/x.csv'  # mortarboard: ignore[absolute-path]";
    sandbox.write_notebook("a.ipynb", &notebook(&[code(None, source)]));
    let ran = sandbox.run(&["check", "--severity", "warning"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
}
