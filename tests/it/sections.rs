//! A long package has a module for each section: `steps/NAME.py` in place of `steps.py`.

use serde_json::{Value, json};

use crate::harness::{Sandbox, code, notebook};
use crate::tools;

/// Sections of several parts, each of `lines` lines and more; each part takes what the one before it gave.
fn write(sandbox: &Sandbox, lines: usize, first: &str) {
    let heading = |text: String| json!({"cell_type": "markdown", "metadata": {}, "source": text});
    let mut cells: Vec<Value> = vec![heading("# Long".to_owned()), code(None, first)];
    let mut before = "start".to_owned();
    for (at, title) in ["Load & clean", "Results", "Model", "模型"].iter().enumerate() {
        cells.push(heading(format!("## {title}")));
        for part in ["a", "b"] {
            let name = format!("values_{at}{part}");
            let rows: String = (0..lines).map(|row| format!("    {row},\n")).collect();
            cells.push(heading(format!("### Part {part} of {}", title.to_lowercase())));
            let sum = format!("total = sum({before}) + len(rows(3))\nprint(total)\n");
            cells.push(code(None, &format!("{name} = [\n{rows}]\n{sum}{name}.append(total)")));
            before = name;
        }
    }
    sandbox.write_notebook("long.ipynb", &notebook(&cells));
}

const FIRST: &str = "import math\nimport pandas as pd\ndef rows(n):\n    return pd.DataFrame({'x': range(n)})\n\
                     start = [math.sqrt(4)]\nstart.append(1)";

fn modules(sandbox: &Sandbox) -> Vec<String> {
    let files = sandbox.files("out");
    let below = files.keys().filter_map(|path| path.strip_prefix("src/long/steps"));
    below.map(str::to_owned).collect()
}

#[test]
fn long_packages_have_a_module_for_each_section() {
    let sandbox = Sandbox::new();
    write(&sandbox, 24, FIRST);
    let ran = sandbox.run(&["graduate", "long.ipynb", "--output", "out"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let last = [
        "/load_clean.py",
        "/long.py",
        "/model.py",
        "/part_a_of.py",
        "/results_steps.py",
    ];
    let expected: Vec<&str> = std::iter::once("/__init__.py").chain(last).collect();
    assert_eq!(modules(&sandbox), expected);
    let files = sandbox.files("out");
    let pipeline = &files["src/long/pipeline.py"];
    assert!(
        pipeline.contains("from long.steps import load_clean, long, model, part_a_of, results_steps\n"),
        "{pipeline}"
    );
    assert!(pipeline.contains(" = results_steps.part_a_of_results("), "{pipeline}");
    let manifest: Value = serde_json::from_str(&files["graduation.json"]).unwrap();
    assert_eq!(manifest["steps"][1]["module"], "long.steps.load_clean");
    assert!(
        files["README.md"].contains("`steps.load_clean.part_a_of_load_clean`"),
        "{}",
        files["README.md"]
    );
    let model = &files["src/long/steps/model.py"];
    assert!(
        model.starts_with("\"\"\"Model.\"\"\"\n") && !model.contains("import math"),
        "{model}"
    );
}

/// An update that would move steps elsewhere would leave behind what was edited there.
#[test]
fn an_update_keeps_the_form_that_a_package_has() {
    for (before, after) in [(24, 2), (2, 24)] {
        let sandbox = Sandbox::new();
        write(&sandbox, before, FIRST);
        assert_eq!(sandbox.run(&["graduate", "long.ipynb", "--output", "out"]).code, 0);
        let there = modules(&sandbox);
        write(&sandbox, after, FIRST);
        let ran = sandbox.run(&["graduate", "long.ipynb", "--output", "out", "--update"]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        assert_eq!(modules(&sandbox), there, "{before} lines, then {after}");
    }
}

#[test]
fn steps_that_share_names_stay_together() {
    let sandbox = Sandbox::new();
    write(
        &sandbox,
        24,
        &format!("{FIRST}\ndef count():\n    global start\n    start = start + [1]\ncount()"),
    );
    assert_eq!(sandbox.run(&["graduate", "long.ipynb", "--output", "out"]).code, 0);
    assert_eq!(modules(&sandbox), [".py"]);
}

#[test]
#[ignore = "needs Python's tools in MORTARBOARD_TOOLS"]
fn a_package_of_sections_passes_its_own_checks() {
    let sandbox = Sandbox::new();
    write(&sandbox, 24, FIRST);
    let python = tools::tools().join("python");
    let asked = [
        "graduate",
        "long.ipynb",
        "--output",
        "out",
        "--verify",
        "--python",
        python.to_str().unwrap(),
    ];
    let ran = sandbox.run(&asked);
    assert!(ran.out.contains("long.ipynb: equal: "), "{}{}", ran.out, ran.err);
    let said = tools::check(&sandbox.path().join("out"));
    assert!(said.contains("passed") && !said.contains("skipped"), "{said}");
}
