//! No secret is ever printed whole: by no command, in no format.
//!
//! `MORTARBOARD_BENCH` names a folder of `notebooks/` with a `truth.jsonl` that says what secrets they hold: their
//! outputs are searched too.

use std::collections::BTreeSet;
use std::path::PathBuf;

use aho_corasick::AhoCorasick;
use mortarboard::secrets::{detectors, hits_in};
use serde_json::{Value, json};

use crate::harness::{Sandbox, code, code_with, notebook, stdout};

/// The formats of `check`, as the program lists them.
fn formats(sandbox: &Sandbox) -> Vec<String> {
    let refused = sandbox.run(&["check", "--output-format", "no-such-format"]).err;
    let list = refused.split_once("[possible values: ").unwrap().1;
    let list = list.split_once(']').unwrap().0;
    list.split(", ").map(str::to_owned).collect()
}

/// What the commands say of notebooks, each with its name. Nothing is written.
fn said_of(sandbox: &Sandbox, folder: &str) -> Vec<(String, String)> {
    let formats = formats(sandbox);
    assert!(formats.len() >= 3, "{formats:?}");
    let mut commands = vec![
        vec!["redact", "--no-config", "--check", folder],
        vec!["redact", "--no-config", "--diff", folder],
        vec!["redact", "--no-config", "--source", "--paths", "--diff", folder],
        vec!["strip", "--check", folder],
    ];
    let check = |format| vec!["check", "--no-config", "--output-format", format, folder];
    commands.extend(formats.iter().map(|format| check(format.as_str())));
    let run = |command: Vec<&str>| {
        let ran = sandbox.run(&command);
        assert!(ran.code < 2, "{command:?}: {}", ran.err);
        (command.join(" "), ran.out + &ran.err)
    };
    commands.into_iter().map(run).collect()
}

/// The lines of a secret that would show it, as text and as JSON.
fn lines(secret: &str) -> Vec<String> {
    let lines = secret
        .split(['\n', '\r'])
        .map(str::trim)
        .filter(|line| line.len() >= 6 && !line.starts_with("-----"));
    lines
        .flat_map(|line| [line.to_owned(), line.replace('\\', "\\\\").replace('"', "\\\"")])
        .collect()
}

fn assert_hidden(secrets: &[(String, String)], said: &[(String, String)]) {
    let shows = secrets.iter().flat_map(|(id, secret)| {
        let shows = lines(secret).into_iter();
        shows.map(move |line| (id, line))
    });
    let (ids, shows): (Vec<&String>, Vec<String>) = shows.unzip();
    let finder = AhoCorasick::new(&shows).unwrap();
    let mut shown: BTreeSet<String> = BTreeSet::new();
    for (command, said) in said {
        for hit in finder.find_overlapping_iter(said) {
            let at = hit.pattern().as_usize();
            shown.insert(format!("{command}: {} shows {}", ids[at], shows[at]));
        }
    }
    let shown: Vec<String> = shown.into_iter().collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

/// Each example in a source, a stream, a traceback with colour codes and metadata, though other findings stand on the
/// very same lines.
#[test]
fn no_command_shows_an_example() {
    let sandbox = Sandbox::new();
    let mut secrets = Vec::new();
    for detector in detectors() {
        let text = detector.yes[0].replace('¦', "");
        let hit = hits_in(&text)[0];
        let secret = text[hit.span.range()].to_owned();
        let line = text.lines().next().unwrap().replace(['\'', '"'], "");
        let cells = [
            code(Some(1), &format!("{text}\npath = '/home/ann/{line}/{secret}'")),
            code_with(
                Some(9),
                "show()",
                json!([
                    stdout(&text),
                    {"output_type": "error", "ename": "ValueError", "evalue": text,
                     "traceback": [format!("\u{1b}[31m{text}\u{1b}[39m")]},
                ]),
            ),
            code(Some(2), &format!("if {secret} then '{secret}")),
        ];
        let mut notebook = notebook(&cells);
        notebook["metadata"]["parameters"] = json!({"text": text});
        notebook["cells"][0]["metadata"]["name"] = json!(text);
        sandbox.write_notebook(&format!("{}.ipynb", detector.id), &notebook);
        secrets.push((detector.id.to_owned(), secret));
    }
    let mut said = said_of(&sandbox, ".");
    for command in [
        ["strip", "--diff"].as_slice(),
        &["check", "--no-config", "--fix", "--diff"],
        &["inventory", "--output-format", "json"],
        &["report", "--no-config"],
    ] {
        let ran = sandbox.run(&[command, &["."]].concat());
        said.push((command.join(" "), ran.out + &ran.err));
    }
    sandbox.write_notebook("empty.ipynb", &notebook(&[]));
    for detector in detectors().iter().step_by(40) {
        let name = format!("{}.ipynb", detector.id);
        for command in [
            ["graduate", "--dry-run", &name].as_slice(),
            &["diff", "empty.ipynb", &name],
            &["diff", "--output-format", "json", "empty.ipynb", &name],
            &["diff", "--output-format", "html", "empty.ipynb", &name],
        ] {
            let ran = sandbox.run(command);
            assert!(ran.code < 2, "{command:?}: {}", ran.err);
            said.push((command.join(" "), ran.out + &ran.err));
        }
    }
    assert_hidden(&secrets, &said);
}

/// Nobody's detector knows these, and other rules quote the lines that hold them.
#[test]
fn what_no_detector_knows_is_not_quoted() {
    let secret = ["wpv1jq9x", "wanbn3nk", "7dq2"].concat();
    let cells = [
        code(Some(3), &format!("var settings = '{secret}';")),
        code(Some(2), &format!("df.where(undefined, '{secret}')")),
        code_with(
            Some(9),
            "run()",
            json!([{"output_type": "error", "ename": "ValueError", "evalue": format!("bad value {secret} here"), "traceback": []}]),
        ),
    ];
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", &notebook(&cells));
    assert!(hits_in(&format!("'{secret}'")).is_empty());
    let said = said_of(&sandbox, "a.ipynb");
    assert!(
        said.iter().any(|(_, said)| said.contains("bad value wpv1***")),
        "{said:?}"
    );
    assert_hidden(&[("unknown".to_owned(), secret)], &said);
}

/// Words and names that a list of secrets holds can't be told from other words.
fn is_telling(secret: &str) -> bool {
    let digit = secret.bytes().any(|byte| byte.is_ascii_digit());
    let letter = secret.bytes().any(|byte| byte.is_ascii_alphabetic());
    secret.len() >= 10 && digit && letter
}

#[test]
fn no_command_shows_a_secret_of_the_bench() {
    let Some(bench) = std::env::var_os("MORTARBOARD_BENCH").map(PathBuf::from) else {
        return;
    };
    let truth = std::fs::read_to_string(bench.join("truth.jsonl")).unwrap();
    let mut secrets: Vec<(String, String)> = truth
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|row| row["set"] != "neg")
        .map(|row| {
            (
                row["rule"].as_str().unwrap().to_owned(),
                row["secret"].as_str().unwrap().to_owned(),
            )
        })
        .filter(|(_, secret)| is_telling(secret))
        .collect();
    secrets.sort();
    secrets.dedup();
    assert!(!secrets.is_empty(), "no secrets in MORTARBOARD_BENCH");
    let sandbox = Sandbox::new();
    let said = said_of(&sandbox, bench.join("notebooks").to_str().unwrap());
    assert_hidden(&secrets, &said);
}
