//! Ignores, in every way in which a notebook carries them; and that what is ignored is still never shown.

use serde_json::{Value, json};

use crate::harness::{Sandbox, code, code_with, notebook, stdout};

fn secret() -> String {
    ["ghp_u8jzPde0IgxLd6Gncf", "BAepfJBd0Kh8024xXH"].concat()
}

/// The rules that speak of a notebook, of those that were selected, by name.
fn found(cells: &[Value], metadata: Value) -> Vec<String> {
    let sandbox = Sandbox::new();
    let mut notebook = notebook(cells);
    notebook["metadata"]["mortarboard"] = metadata;
    sandbox.write_notebook("a.ipynb", &notebook);
    for format in ["full", "concise", "json"] {
        let ran = sandbox.run(&["check", "--output-format", format]);
        assert!(
            !ran.out.contains(&secret()) && !ran.err.contains(&secret()),
            "{}",
            ran.out
        );
    }
    let report = sandbox.json(&["--select", "secret-in-source,secret-in-output,unused-ignore"]);
    let findings = report["findings"].as_array().unwrap();
    let names = findings
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap().to_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn tagged(tag: &str) -> Value {
    let mut cell = code(Some(1), &format!("a = '{}'", secret()));
    cell["metadata"]["tags"] = json!([tag]);
    cell
}

fn text(kind: &str, source: String) -> Value {
    json!({"cell_type": kind, "metadata": {}, "source": source})
}

#[test]
fn each_way_hides_a_secret() {
    let secret = secret();
    let cells = [
        code(
            Some(1),
            &format!("a = '{secret}'  # mortarboard: ignore[secret-in-source]"),
        ),
        code(Some(1), &format!("a = '{secret}'  # mortarboard: ignore[mb302]")),
        code(
            Some(1),
            &format!("a = '{secret}'  # mortarboard: ignore[absolute-path, MB302]"),
        ),
        code(
            Some(1),
            &format!("# mortarboard: ignore[secret-in-source]\nb = 1\na = '{secret}'"),
        ),
        tagged("mortarboard:ignore-secret-in-source"),
        tagged("mortarboard-ignore-MB302"),
        text(
            "markdown",
            format!("<!-- mortarboard: ignore[secret-in-source] -->\n# Key\n{secret}"),
        ),
        text(
            "markdown",
            format!("# Key\n{secret} <!-- mortarboard: ignore[MB302] -->"),
        ),
    ];
    for cell in cells {
        assert!(
            !found(std::slice::from_ref(&cell), Value::Null).contains(&"secret-in-source".to_owned()),
            "{cell}"
        );
    }
    let plain = || [code(Some(1), &format!("a = '{secret}'"))];
    assert_eq!(found(&plain(), Value::Null), ["secret-in-source"]);
    assert_eq!(found(&plain(), json!({"ignore": ["secret-in-source"]})), [""; 0]);
    assert_eq!(found(&plain(), json!({"ignore": "MB302"})), [""; 0]);
}

#[test]
fn ignores_reach_no_further_than_they_say() {
    let secret = secret();
    let next_line = code(
        Some(1),
        &format!("b = '{secret}'  # mortarboard: ignore[secret-in-source]\na = '{secret}'"),
    );
    assert_eq!(found(&[next_line], Value::Null), ["secret-in-source"]);
    // a comment in a line of the source says nothing of the output
    let output = code_with(
        Some(1),
        "print(token)  # mortarboard: ignore[secret-in-output]",
        json!([stdout(&secret)]),
    );
    assert_eq!(found(&[output], Value::Null), ["secret-in-output", "unused-ignore"]);
    let quoted = code(Some(1), "a = '# mortarboard: ignore[secret-in-source]'");
    let prose = text(
        "markdown",
        "Write `# mortarboard: ignore[secret-in-source]`.".to_owned(),
    );
    assert_eq!(found(&[quoted, prose], Value::Null), [""; 0]);
    let unused = [
        tagged("mortarboard:ignore-secret-in-output"),
        text(
            "markdown",
            "<!-- mortarboard: ignore[secret-in-source] -->\nText".to_owned(),
        ),
    ];
    assert_eq!(
        found(&unused, json!({"ignore": ["secret-in-output"]})),
        ["secret-in-source", "unused-ignore", "unused-ignore", "unused-ignore"]
    );
}
