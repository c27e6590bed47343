//! `strip`: results and noise go, everything else stays byte for byte.

use serde_json::{Value, json};

use crate::harness::{Sandbox, code, code_with, notebook, stdout};

/// A notebook of one cell with an output and with metadata of every editor.
fn noisy() -> Value {
    let mut notebook = notebook(&[
        code(None, "a = 1"),
        code_with(Some(2), "print(a)", json!([stdout("1\n")])),
    ]);
    notebook["cells"][1]["metadata"] = json!({
        "tags": ["setup"],
        "scrolled": true,
        "ExecuteTime": {"end_time": "2024-01-01"},
        "execution": {"iopub.execute_input": "2024-01-01"},
        "colab": {"base_uri": "https://localhost:8080/"},
        "executionInfo": {"user": {"displayName": "A. Person"}},
    });
    notebook["metadata"]["widgets"] = json!({"state": {}});
    notebook
}

#[test]
fn results_and_noise_go_and_the_rest_stays() {
    let sandbox = Sandbox::new();
    let path = sandbox.write_notebook("a.ipynb", &noisy());
    let check = sandbox.run(&["strip", "--check", "."]);
    assert_eq!((check.code, check.out.as_str()), (1, ""));
    let ran = sandbox.run(&["strip", "."]);
    assert_eq!((ran.code, ran.err.as_str()), (1, "a.ipynb: stripped\n"));
    let mut wanted = noisy();
    wanted["cells"][1]["metadata"] = json!({"tags": ["setup"]});
    wanted["cells"][1]["outputs"] = json!([]);
    wanted["cells"][1]["execution_count"] = Value::Null;
    wanted["metadata"].as_object_mut().unwrap().shift_remove("widgets");
    let after = std::fs::read_to_string(&path).unwrap();
    assert_eq!(after, serde_json::to_string_pretty(&wanted).unwrap());
    assert_eq!(sandbox.run(&["strip", "."]).code, 0);
}
