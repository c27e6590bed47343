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

/// A notebook with everything that an option may be about.
fn rich() -> Value {
    let png =
        json!({"output_type": "display_data", "metadata": {}, "data": {"image/png": "aGk=", "text/plain": "<Figure>"}});
    let result = json!({"output_type": "execute_result", "metadata": {}, "data": {"text/plain": ["4", "2"]}, "execution_count": 7});
    let error = json!({"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]});
    let stderr = json!({"output_type": "stream", "name": "stderr", "text": ["warn\n", "ing\n"]});
    let mut notebook = notebook(&[
        code_with(Some(7), "f()", json!([stdout("hello\n"), stderr, png, result, error])),
        code_with(Some(8), "kept()", json!([stdout("kept\n")])),
        code(Some(9), " \n"),
        json!({"cell_type": "markdown", "metadata": {}, "source": "", "attachments": {"a.png": {"image/png": "aGk="}}}),
    ]);
    notebook["cells"][1]["metadata"] =
        json!({"tags": ["keep_output", "draft"], "collapsed": true, "mine": {"a": 1, "b": 2}});
    notebook["metadata"]["toc"] = json!({"base_numbering": 1});
    notebook["nbformat_minor"] = json!(5);
    for (i, cell) in notebook["cells"].as_array_mut().unwrap().iter_mut().enumerate() {
        cell["id"] = json!(format!("cell-{i}"));
    }
    notebook
}

/// What comes of a notebook through stdin.
fn stripped(notebook: &Value, options: &[&str]) -> Value {
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", notebook);
    let ran = sandbox.run(&[&["strip", "--stdout", "a.ipynb"], options].concat());
    assert_eq!(ran.code, 0, "{options:?}: {}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

/// The outputs of the first cell that are left, by what they are.
fn left(options: &[&str]) -> Vec<String> {
    let cell = stripped(&rich(), options)["cells"][0].clone();
    let outputs = cell["outputs"].as_array().unwrap().iter();
    let name = |output: &Value| {
        let mimes = output["data"]
            .as_object()
            .map(|data| data.keys().cloned().collect::<Vec<_>>());
        mimes.map_or_else(
            || output["name"].as_str().or(output["ename"].as_str()).unwrap().to_owned(),
            |mimes| mimes.join("+"),
        )
    };
    outputs.map(name).collect()
}

#[test]
fn outputs_are_chosen() {
    let none: [&str; 0] = [];
    let all = ["stdout", "stderr", "image/png+text/plain", "text/plain", "E"];
    assert_eq!(left(&[]), none);
    assert_eq!(left(&["--keep-output"]), all);
    assert_eq!(left(&["--max-size", "1k"]), all);
    // 18 characters: `stream`, `stdout`, and the text
    assert_eq!(left(&["--max-size", "18"]), ["stdout", "text/plain", "E"]);
    assert_eq!(left(&["--max-size", "17"]), ["text/plain", "E"]);
    assert_eq!(left(&["--max-size", "16"]), ["E"]);
    assert_eq!(left(&["--keep-output", "--max-size", "17"]), ["text/plain", "E"]);
    assert_eq!(left(&["--keep-output-type", "error,stream:stderr"]), ["stderr", "E"]);
    assert_eq!(left(&["--keep-output", "--drop-output-type", "stream"]), all[2..]);
    assert_eq!(left(&["--keep-mime", "text/*"]), ["text/plain", "text/plain"]);
    assert_eq!(
        left(&["--keep-output", "--drop-mime", "image/*"]),
        ["stdout", "stderr", "text/plain", "text/plain", "E"]
    );
    assert_eq!(
        left(&["--keep-output", "--drop-mime", "text/plain"]),
        ["stdout", "stderr", "image/png", "E"]
    );
    // a text is whole, however it is split into lines
    assert_eq!(
        left(&["--keep-output", "--drop-matching", "^42$", "--drop-matching", "n\ni"]),
        ["stdout", "image/png+text/plain", "E"]
    );
}

#[test]
fn counts_stay_on_request() {
    let cells = |options: &[&str]| stripped(&rich(), options)["cells"].clone();
    let plain = cells(&["--keep-output"]);
    assert_eq!(plain[0]["execution_count"], Value::Null);
    assert_eq!(plain[0]["outputs"][3]["execution_count"], Value::Null);
    let kept = cells(&["--keep-output", "--keep-count"]);
    assert_eq!(kept[0]["execution_count"], 7);
    assert_eq!(kept[0]["outputs"][3]["execution_count"], 7);
}

#[test]
fn cells_say_what_they_keep() {
    let cell = |metadata: Value, options: &[&str]| {
        let mut notebook = notebook(&[code_with(Some(1), "f()", json!([stdout("1\n")]))]);
        notebook["cells"][0]["metadata"] = metadata;
        !stripped(&notebook, options)["cells"][0]["outputs"]
            .as_array()
            .unwrap()
            .is_empty()
    };
    assert!(cell(json!({"keep_output": true}), &[]));
    assert!(cell(json!({"tags": ["keep_output"]}), &[]));
    assert!(cell(json!({"init_cell": true}), &[]));
    assert!(!cell(json!({"init_cell": true}), &["--strip-init-cells"]));
    assert!(!cell(json!({"init_cell": false}), &[]));
    assert!(!cell(json!({"keep_output": false}), &["--keep-output"]));
    assert!(!cell(json!({"keep_output": false, "tags": ["keep_output"]}), &[]));
    // what a cell keeps is kept at any size
    assert!(cell(
        json!({"keep_output": true}),
        &["--keep-output", "--max-size", "1"]
    ));
    let mut whole = rich();
    whole["metadata"]["keep_output"] = json!(true);
    assert_eq!(
        stripped(&whole, &[])["cells"][0]["outputs"].as_array().unwrap().len(),
        5
    );
}

#[test]
fn cells_and_ids_go_on_request() {
    let ids = |options: &[&str]| {
        let notebook = stripped(&rich(), options);
        let cells = notebook["cells"].as_array().unwrap().iter();
        let ids = cells.map(|cell| cell.get("id").map(|id| id.as_str().unwrap().to_owned()));
        (
            ids.collect::<Option<Vec<_>>>().unwrap_or_default(),
            notebook["nbformat_minor"].clone(),
        )
    };
    let of = |names: &[&str]| {
        (
            names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(),
            json!(5),
        )
    };
    assert_eq!(ids(&[]), of(&["cell-0", "cell-1", "cell-2", "cell-3"]));
    // an attachment is not nothing
    assert_eq!(ids(&["--drop-empty-cells"]), of(&["cell-0", "cell-1", "cell-3"]));
    assert_eq!(
        ids(&["--drop-tagged-cells", "draft,other"]),
        of(&["cell-0", "cell-2", "cell-3"])
    );
    assert_eq!(
        ids(&["--drop-empty-cells", "--cell-ids", "number"]),
        of(&["0", "1", "2"])
    );
    assert_eq!(ids(&["--cell-ids", "drop"]), (vec![], json!(4)));
}

#[test]
fn keys_go_and_stay_on_request() {
    let with = |options: &[&str]| stripped(&rich(), options);
    let plain = with(&[]);
    assert_eq!(
        plain["cells"][1]["metadata"],
        json!({"tags": ["keep_output", "draft"], "mine": {"a": 1, "b": 2}})
    );
    assert!(plain["cells"][3].get("attachments").is_some());
    let extra = with(&[
        "--extra-keys",
        "metadata.toc cell.metadata.mine.a,cell.attachments",
        "--strip-kernel",
    ]);
    assert_eq!(extra["metadata"], json!({"language_info": {"name": "python"}}));
    assert_eq!(extra["cells"][1]["metadata"]["mine"], json!({"b": 2}));
    assert!(extra["cells"][3].get("attachments").is_none());
    // what a key leaves empty goes with it
    let emptied = with(&["--extra-keys", "cell.metadata.mine.a,cell.metadata.mine.b"]);
    assert_eq!(
        emptied["cells"][1]["metadata"],
        json!({"tags": ["keep_output", "draft"]})
    );
    let all = with(&[
        "--extra-keys",
        "cell.metadata.*",
        "--keep-metadata",
        "cell.metadata.mine.b,cell.metadata.collapsed",
    ]);
    assert_eq!(
        all["cells"][1]["metadata"],
        json!({"collapsed": true, "mine": {"b": 2}})
    );
    let mut colab = rich();
    colab["metadata"]["colab"] = json!({"name": "a.ipynb", "provenance": []});
    colab["metadata"]["accelerator"] = json!("GPU");
    assert_eq!(stripped(&colab, &[])["metadata"]["colab"], json!({"name": "a.ipynb"}));
    assert!(!stripped(&colab, &["--preset", "colab"]).to_string().contains("GPU"));
    let sandbox = Sandbox::new();
    let wrong = sandbox.run(&["strip", "--extra-keys", "cell.source", "."]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("a notebook needs it"), "{}", wrong.err);
}

/// A text as writers lay it out: with this indentation, on one line, with sorted keys, or in ASCII.
fn laid_out(value: &Value, layout: &str) -> String {
    let indent = match layout {
        "" => return value.to_string(),
        "sorted" | "ascii" => " ",
        indent => indent,
    };
    let mut value = value.clone();
    if layout == "sorted" {
        value.sort_all_objects();
    }
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    serde::Serialize::serialize(&value, &mut serializer).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    if layout != "ascii" {
        return text;
    }
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            c if c.is_ascii() => escaped.push(c),
            c => c
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    escaped
}

/// Whatever layout a writer has, what is left looks as that writer would have written it.
#[test]
fn layouts_are_kept() {
    let mut source = rich();
    source["cells"][0]["metadata"] = json!({"a": 1, "scrolled": true, "collapsed": false, "z": "\u{e9}\u{1f600}"});
    let mut wanted = source.clone();
    wanted["cells"][0]["metadata"] = json!({"a": 1, "z": "\u{e9}\u{1f600}"});
    wanted["cells"][1]["metadata"]
        .as_object_mut()
        .unwrap()
        .shift_remove("collapsed");
    wanted["cells"][0]["outputs"] = json!([]);
    for i in 0..3 {
        wanted["cells"][i]["execution_count"] = Value::Null;
    }
    for layout in [" ", "  ", "    ", "\t", "", "sorted", "ascii"] {
        let (before, after) = (laid_out(&source, layout), laid_out(&wanted, layout));
        type Ends = fn(&str) -> String;
        let ends: [Ends; 4] = [
            |text| text.to_owned(),
            |text| format!("{text}\n"),
            |text| format!("{text}\n").replace('\n', "\r\n"),
            |text| format!("\u{feff}{text}\n\n"),
        ];
        for end in ends {
            let sandbox = Sandbox::new();
            let path = sandbox.write("a.ipynb", end(&before));
            assert_eq!(sandbox.run(&["strip", "a.ipynb"]).code, 1);
            assert_eq!(std::fs::read_to_string(path).unwrap(), end(&after), "{layout}");
        }
    }
}

/// What parsers that build values lose.
#[test]
fn oddities_stay() {
    let sandbox = Sandbox::new();
    let odd = |outputs: &str, count: &str| {
        format!(
            "{{ \"nbformat\":4,\"metadata\":{{\"big\":123456789012345678901234567890,\"e\":1E400,\"n\":NaN,\"z\":1.50}},\n\
             \"cells\":[{{\"cell_type\":\"code\",\"outputs\":{outputs}, \"execution_count\":{count},\"metadata\":{{}},\
             \"source\":\"\\ud800 \\u00e9 \\/\",\"source\":\"twice\"}},\n\t{{\"cell_type\":\"markdown\",\"outputs\":{outputs}}},7]}}"
        )
    };
    let path = sandbox.write("a.ipynb", odd("[{\"deep\":[[[1]]]},2]", "12"));
    assert_eq!(sandbox.run(&["strip", "a.ipynb"]).code, 1);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), odd("[]", "null"));
    let deep = format!(
        "{{\"cells\":[],\"metadata\":{{\"widgets\":{}{}}}}}",
        "[".repeat(5000),
        "]".repeat(5000)
    );
    sandbox.write("deep.ipynb", &deep);
    assert_eq!(
        sandbox.run(&["strip", "--stdout", "deep.ipynb"]).out,
        "{\"cells\":[],\"metadata\":{}}"
    );
    // both of twins go
    sandbox.write(
        "twins.ipynb",
        "{\"cells\":[{\"outputs\":[1],\"outputs\":[2]}],\"cells\":[{\"outputs\":[3]}]}",
    );
    assert_eq!(
        sandbox.run(&["strip", "--stdout", "twins.ipynb"]).out,
        "{\"cells\":[{\"outputs\":[],\"outputs\":[]}],\"cells\":[{\"outputs\":[]}]}"
    );
}

#[test]
fn older_notebooks_and_notes() {
    let sandbox = Sandbox::new();
    let old = |outputs: &str, count: &str| {
        format!(
            "{{\"nbformat\":3,\"metadata\":{{}},\"worksheets\":[{{\"cells\":[{{\"cell_type\":\"code\",\"input\":\"1\",\
             \"prompt_number\":{count},\"metadata\":{{}},\"outputs\":{outputs}}}]}}]}}"
        )
    };
    sandbox.write(
        "old.ipynb",
        old("[{\"output_type\":\"pyout\",\"prompt_number\":3,\"text\":\"1\"}]", "3"),
    );
    assert_eq!(sandbox.run(&["strip", "--stdout", "old.ipynb"]).out, old("[]", "null"));
    // a result of nbformat 3 must have a number
    assert_eq!(
        sandbox.run(&["strip", "--stdout", "--keep-output", "old.ipynb"]).out,
        old(
            "[{\"output_type\":\"pyout\",\"prompt_number\":0,\"text\":\"1\"}]",
            "null"
        )
    );
    let note = |results: &str, dates: &str| {
        format!(
            "{{\"paragraphs\":[{{\"text\":\"%md\",{dates}\"results\":{results},\"config\":{{\"results\":{{\"0\":1}}}}}}]}}"
        )
    };
    let before = note("{\"code\":\"SUCCESS\",\"msg\":[]}", "\"dateStarted\":\"Jan 1\",");
    sandbox.write("2A/note.json", &before);
    sandbox.write("b.zpln", &before);
    sandbox.write("other/note.json", "{\"a\": 1}");
    let ran = sandbox.run(&["strip", "."]);
    assert_eq!(
        ran.code, 1,
        "a file that only has a note's name is passed over: {}",
        ran.err
    );
    assert_eq!(sandbox.files("2A")["note.json"], note("{}", ""));
    assert_eq!(
        std::fs::read_to_string(sandbox.path().join("b.zpln")).unwrap(),
        note("{}", "")
    );
}
