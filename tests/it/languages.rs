//! Which language a notebook is taken for, and which names its host is taken to give it.

use serde_json::{Value, json};

use crate::harness::{Sandbox, code, notebook};

/// The notebook's language and verdict, and the subjects of its findings on names with their confidence.
fn judged(metadata: &Value, cells: &[Value]) -> (String, String, String) {
    let sandbox = Sandbox::new();
    let mut written = notebook(cells);
    written["metadata"] = metadata.clone();
    sandbox.write_notebook("a.ipynb", &written);
    let report = sandbox.json(&["--select", "MB201,MB202,MB203", "a.ipynb"]);
    let of_notebook = |key: &str| report["notebooks"][0][key].as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let names: Vec<String> = findings
        .map(|finding| format!("{} {}", text(finding, "subject"), text(finding, "confidence")))
        .collect();
    (of_notebook("language"), of_notebook("verdict"), names.join(", "))
}

#[test]
fn metadata_says_the_language_in_many_places() {
    let databricks = |language: &str| json!({"application/vnd.databricks.v1+notebook": {"language": language}});
    let kernel = |name: &str| json!({"kernelspec": {"name": name, "display_name": name}});
    for (metadata, language) in [
        (json!({}), "python"),
        (json!({"colab": {"provenance": []}, "accelerator": "GPU"}), "python"),
        (json!({"kernelspec": "python3"}), "python"),
        (json!({"language_info": {"name": "plaintext"}}), "python"),
        (kernel("python3"), "python"),
        (kernel("irene"), "python"),
        (kernel("java_env3"), "java"),
        (kernel("conda_python3"), "python"),
        (kernel("ir"), "R"),
        (kernel("ir44"), "R"),
        (kernel("julia-1.10"), "julia"),
        (kernel(".net-csharp"), "C#"),
        (kernel("spylon-kernel"), "scala"),
        (kernel("sparkkernel"), "scala"),
        (kernel("pysparkkernel"), "python"),
        (kernel("apache_toree_scala"), "scala"),
        (kernel("glue_pyspark"), "python"),
        (kernel("synapse_pyspark"), "python"),
        (kernel("sagemaker-data-science"), "python"),
        (
            json!({"kernelspec": {"name": "sagemath"}, "language_info": {"name": "python", "version": "3.11"}}),
            "sage",
        ),
        (
            json!({"kernelspec": {"name": "x", "language": "sage"}, "language_info": {"name": "python"}}),
            "sage",
        ),
        (
            json!({"kernelspec": {"name": "x", "language": ""}, "language_info": {"name": "pyspark"}}),
            "python",
        ),
        (
            json!({"kernelspec": {"name": "octave", "language": "octave"}}),
            "octave",
        ),
        (
            json!({"language_info": {"name": "plaintext"}, "kernelspec": {"name": "julia-1.9"}}),
            "julia",
        ),
        (json!({"jupytext": {"main_language": "R"}}), "R"),
        (databricks("python"), "python"),
        (databricks("scala"), "scala"),
        (databricks("sql"), "sql"),
        (json!({"language": "Julia"}), "Julia"),
    ] {
        let (found, verdict, names) = judged(&metadata, &[code(Some(1), "missing")]);
        assert_eq!(found, language, "{metadata}");
        // what can't be judged is said to be so
        let expected = if language == "python" {
            ("broken", "missing certain")
        } else {
            ("not-applicable", "")
        };
        assert_eq!((verdict.as_str(), names.as_str()), expected, "{metadata}");
    }
}

#[test]
fn cells_say_the_language_where_nothing_else_does() {
    let cell = |language: &str| {
        let mut cell = code(None, "missing");
        cell["metadata"] = json!({"vscode": {"languageId": language}});
        cell
    };
    let language = |cells: &[Value]| judged(&json!({}), cells).0;
    assert_eq!(language(&[cell("julia"), code(None, "x"), cell("julia")]), "julia");
    assert_eq!(language(&[cell("julia"), cell("python")]), "python");
    assert_eq!(language(&[code(None, "%%R\nx <- 1")]), "python");
    let python = json!({"kernelspec": {"name": "python3", "language": "python"}});
    assert_eq!(judged(&python, &[cell("sql")]).0, "python");
}

#[test]
fn names_of_hosts_are_there_where_the_notebook_shows_signs_of_them() {
    let databricks = json!({"application/vnd.databricks.v1+notebook": {"language": "python"}});
    let fabric = json!({"trident": {"lakehouse": {}}});
    let livy = json!({"kernelspec": {"name": "pysparkkernel"}, "language_info": {"name": "pyspark"}});
    let all = "spark, sc, table, sql";
    for (metadata, cells, names) in [
        (&databricks, vec![all], ""),
        (&fabric, vec![all], "sql certain, table certain"),
        (&livy, vec!["spark, sc"], ""),
        (&json!({}), vec![all, "dbutils"], ""),
        (&json!({}), vec!["spark", "mssparkutils"], ""),
        (&json!({}), vec!["from pyspark.sql import functions as F", "spark"], ""),
        (&json!({}), vec!["spark"], "spark possible"),
        (&json!({}), vec!["sc.pp.log1p", "import scanpy as sc"], "sc certain"),
        (
            &json!({}),
            vec!["table.head()", "display(In, Out, _, _3)"],
            "table certain",
        ),
        (&json!({}), vec!["df = _dntk.execute_sql('', '')"], ""),
    ] {
        let cells: Vec<Value> = cells.iter().map(|cell| code(None, cell)).collect();
        let mut found: Vec<String> = judged(metadata, &cells).2.split(", ").map(str::to_owned).collect();
        found.sort();
        assert_eq!(found.join(", "), names, "{metadata} {cells:?}");
    }
}
