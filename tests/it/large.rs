//! Large notebooks: secrets are found and redacted in time that grows as the file does, whatever its shape.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Sandbox, code_with, notebook, stdout};

/// What a debug build takes for a megabyte, many times over; what grows with the square of the size takes hours.
const PER_MEGABYTE: Duration = Duration::from_secs(10);

fn secret() -> String {
    ["api_key = 'L78kcG1LzEFl", "TIPFfSSrScqg92D2AFdv'\n"].concat()
}

/// Outputs that hold `size` bytes and, at their end, one secret.
fn shapes(size: usize) -> Vec<(&'static str, Value)> {
    let line = "epoch 3 loss 0.4312 the token of a key is 17 passwords long\n";
    let lines = || std::iter::repeat_n(line, size / line.len());
    let rows = "<tr><th>1</th><td>ann</td><td>word</td></tr>";
    let table = format!(
        "<table><tr><th></th><th>user</th><th>token</th></tr>{}",
        rows.repeat(size / rows.len())
    );
    let list: Vec<String> = lines().map(str::to_owned).chain([secret()]).collect();
    let many: Vec<Value> = lines()
        .collect::<Vec<_>>()
        .chunks(100)
        .map(|lines| stdout(&lines.concat()))
        .collect();
    let many: Vec<Value> = many.into_iter().chain([stdout(&secret())]).collect();
    vec![
        (
            "one string",
            json!([stdout(&(lines().collect::<String>() + &secret()))]),
        ),
        (
            "one list",
            json!([{"output_type": "stream", "name": "stdout", "text": list}]),
        ),
        ("many outputs", json!(many)),
        (
            "one line",
            json!([stdout(&(lines().collect::<String>().replace('\n', " ") + &secret()))]),
        ),
        (
            "one table",
            json!([{"output_type": "display_data", "metadata": {}, "data": {"text/html": table + &secret()}}]),
        ),
    ]
}

#[test]
#[ignore = "takes half a minute"]
fn outputs_of_any_shape() {
    const MEGABYTES: u32 = 5;
    for (shape, outputs) in shapes(MEGABYTES as usize * 1_000_000) {
        let sandbox = Sandbox::new();
        sandbox.write_notebook("a.ipynb", &notebook(&[code_with(Some(1), "show()", outputs)]));
        let start = Instant::now();
        let report = sandbox.json(&["--select", "MB3", "a.ipynb"]);
        assert_eq!(report["findings"].as_array().map(Vec::len), Some(1), "{shape}");
        assert_eq!(sandbox.run(&["redact", "--check", "a.ipynb"]).code, 1, "{shape}");
        assert!(
            start.elapsed() < PER_MEGABYTE * MEGABYTES,
            "{shape}: {:?}",
            start.elapsed()
        );
    }
}

/// What looks like the head of a table at every other line.
#[test]
#[ignore = "takes half a minute"]
fn tables_without_end() {
    for line in [
        "x:\na token b\n1 2 3\n",
        "a,token\nb,c\n",
        "| a | token |\n|---|---|\n",
        "0  x\nName: token, dtype: object\n",
        "<table><tr><th>token</th><td>x</td></tr>",
        "<tr><th>token</th></tr>",
        "<tr><td>token",
        "<th>token</th>",
    ] {
        let sandbox = Sandbox::new();
        let text = line.repeat(500_000 / line.len()) + &secret();
        sandbox.write_notebook(
            "a.ipynb",
            &notebook(&[code_with(Some(1), "show()", json!([stdout(&text)]))]),
        );
        let start = Instant::now();
        let report = sandbox.json(&["--select", "MB3", "a.ipynb"]);
        assert_eq!(report["findings"].as_array().map(Vec::len), Some(1), "{line}");
        assert!(start.elapsed() < PER_MEGABYTE, "{line}: {:?}", start.elapsed());
    }
}
