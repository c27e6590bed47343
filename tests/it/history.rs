//! How the cells ran: what counts, stored times and outputs tell of it, each as the tools write them.

use serde_json::{Value, json};

use crate::harness::{Sandbox, code_with, notebook, stdout};

/// A cell that ran, with its metadata.
fn ran(count: i64, source: &str, metadata: Value, shown: &str) -> Value {
    let outputs = if shown.is_empty() {
        json!([])
    } else {
        json!([stdout(shown)])
    };
    let mut cell = code_with(Some(count), source, outputs);
    cell["metadata"] = metadata;
    cell
}

fn check(cells: &[Value]) -> Value {
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", &notebook(cells));
    sandbox.json(&["--no-config", "a.ipynb"])
}

/// (code, cell, severity, confidence) of the findings of a report.
fn found(report: &Value, codes: &[&str]) -> Vec<(String, u64, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    let wanted = findings.filter(|f| codes.contains(&f["code"].as_str().unwrap()));
    wanted
        .map(|f| {
            (
                text(&f["code"]),
                f["place"]["cell"].as_u64().unwrap(),
                text(&f["severity"]),
                text(&f["confidence"]),
            )
        })
        .collect()
}

fn verdict(report: &Value) -> (String, Value) {
    let notebook = &report["notebooks"][0];
    (
        notebook["verdict"].as_str().unwrap().to_owned(),
        notebook["deciding_cells"].clone(),
    )
}

/// A front end, and the metadata that it leaves for a cell that ran at a minute of an hour.
type Front = (&'static str, fn(u64) -> Value);

fn fronts() -> Vec<Front> {
    vec![
        ("JupyterLab", |minute| {
            json!({"execution": {"iopub.execute_input": format!("2024-05-06T07:{minute:02}:00.157Z"),
                "iopub.status.busy": format!("2024-05-06T07:{minute:02}:00.156Z"),
                "iopub.status.idle": format!("2024-05-06T07:{minute:02}:00.861Z"),
                "shell.execute_reply": format!("2024-05-06T07:{minute:02}:00.860Z")}})
        }),
        (
            "only the reply",
            |minute| json!({"execution": {"shell.execute_reply": format!("2024-05-06T07:{minute:02}:00+00:00")}}),
        ),
        ("Colab", |minute| {
            json!({"executionInfo": {"elapsed": 4, "status": "ok", "timestamp": 1_714_978_800_000 + minute * 60_000,
                "user": {"displayName": "A", "userId": "01"}, "user_tz": -120}})
        }),
        ("ExecuteTime", |minute| {
            json!({"ExecuteTime": {"start_time": format!("2024-05-06T07:{minute:02}:00.123456Z"),
                "end_time": format!("2024-05-06T07:{minute:02}:01.000001Z")}})
        }),
        ("papermill", |minute| {
            json!({"papermill": {"duration": 0.1, "exception": false, "status": "completed",
                "start_time": format!("2024-05-06T07:{minute:02}:00.5"), "end_time": format!("2024-05-06T07:{minute:02}:01.5")}})
        }),
        (
            "Deepnote",
            |minute| json!({"execution_start": 1_714_978_800_000 + minute * 60_000, "execution_millis": 3}),
        ),
    ]
}

#[test]
fn times_show_a_restart_that_counts_hide() {
    for (front, at) in fronts() {
        // the page reads 1, 2, 3; the first two cells were run in a new kernel, after the third
        let report = check(&[
            ran(1, "rate = 0.2", at(30), ""),
            ran(2, "print(rate)", at(31), "0.2\n"),
            ran(3, "print(rate * 100)", at(9), "10.0\n"),
        ]);
        let sessions = found(&report, &["MB104"]);
        assert_eq!(
            sessions,
            [("MB104".into(), 1, "warning".into(), "certain".into())],
            "{front}"
        );
        assert_eq!(verdict(&report), ("mixed-sessions".into(), json!([1, 3])), "{front}");
        // what the third cell shows is of the first session's rate
        assert_eq!(
            found(&report, &["MB106"]),
            [("MB106".into(), 3, "warning".into(), "likely".into())],
            "{front}"
        );
    }
}

#[test]
fn times_that_agree_with_the_counts_say_nothing() {
    for (front, at) in fronts() {
        let report = check(&[ran(1, "rate = 0.2", at(9), ""), ran(2, "print(rate)", at(10), "0.2\n")]);
        assert_eq!(report["findings"], json!([]), "{front}");
        assert_eq!(verdict(&report), ("reproducible".into(), json!([])), "{front}");
    }
}

/// Counts that fit together as one session outweigh times that not every front end renews.
#[test]
fn old_times_beside_new_counts_are_doubted() {
    let (_, at) = fronts().remove(0);
    let report = check(&[
        ran(1, "import math", at(1), ""),
        ran(2, "base = 2", at(2), ""),
        ran(6, "rate = math.pi * base", at(3), ""),
        ran(4, "print(rate)", at(4), "3.14\n"),
        ran(5, "print(rate + 1)", at(5), "4.14\n"),
    ]);
    let doubt = ("MB104".into(), 4, "note".into(), "possible".into());
    assert_eq!(found(&report, &["MB104"]), [doubt]);
    assert_eq!(
        found(&report, &["MB106"]),
        [("MB106".into(), 4, "warning".into(), "likely".into())]
    );
    assert_eq!(verdict(&report), ("order-dependent".into(), json!([3, 4])));
}

/// Fractions of different lengths, offsets and local times are compared as times, not as texts.
#[test]
fn times_are_compared_as_times() {
    let at = |text: &str| json!({"ExecuteTime": {"start_time": text}});
    let ordered = [
        ("2024-05-06T07:00:16Z", "2024-05-06T07:00:16.5Z"),
        ("2024-05-06T09:00:16+02:00", "2024-05-06T07:00:17Z"),
        ("2023-12-31T23:59:59.9Z", "2024-01-01T00:00:00Z"),
        ("2024-02-29T23:00:00Z", "2024-03-01T00:30:00+01:00"),
        ("2024-05-06 07:00:16.25", "2024-05-06 07:00:16.3"),
    ];
    for (earlier, later) in ordered {
        let restarts = |first: &str, second: &str| {
            let report = check(&[ran(1, "x = 1", at(first), ""), ran(2, "print(x)", at(second), "1\n")]);
            !found(&report, &["MB104"]).is_empty()
        };
        assert!(!restarts(earlier, later), "{earlier} {later}");
        assert!(
            restarts(later, earlier) || earlier.contains("23:00"),
            "{later} {earlier}"
        );
    }
    // a time that can't be read is no time
    for odd in [
        "yesterday",
        "2024-13-01T00:00:00Z",
        "T",
        "2024-05-06T99999999999999:00:00Z",
    ] {
        let report = check(&[
            ran(1, "x = 1", at(odd), ""),
            ran(2, "print(x)", at("2020-01-01T00:00:00Z"), "1\n"),
        ]);
        assert_eq!(report["findings"], json!([]), "{odd}");
    }
}

/// A tool stripped the counts and left the times: they still tell the order.
#[test]
fn times_order_cells_without_counts() {
    let (_, at) = fronts().remove(0);
    let mut cells = [ran(1, "rate = 0.2", at(9), ""), ran(2, "print(rate)", at(3), "0.1\n")];
    for cell in &mut cells {
        cell["execution_count"] = Value::Null;
    }
    let report = check(&cells);
    assert_eq!(
        found(&report, &["MB106"]),
        [("MB106".into(), 2, "warning".into(), "likely".into())]
    );
    assert_eq!(found(&report, &["MB101", "MB102", "MB103", "MB104"]), []);
}

/// Values don't outlive a restart: what the first session bound is not what a cell of the second one read.
#[test]
fn nothing_is_taken_from_another_session() {
    let (_, at) = fronts().remove(0);
    let report = check(&[
        ran(1, "x = 1", at(20), ""),
        ran(2, "print(x)", at(21), "1\n"),
        ran(5, "x = 2", at(5), ""),
    ]);
    assert_eq!(found(&report, &["MB204"]), []);
}

#[test]
fn values_go_from_cell_to_cell_through_files_too() {
    let chain = |path: &str, mode: &str| {
        let write = format!("with open('{path}', '{mode}') as out:\n    out.write(str(rate))");
        let read = format!("print(open('{path}').read())");
        let cells = [(1, "rate = 1", ""), (4, write.as_str(), ""), (3, read.as_str(), "2\n")];
        let cells: Vec<Value> = cells
            .map(|(count, source, shown)| ran(count, source, json!({}), shown))
            .into();
        check(&cells)
    };
    let report = chain("out/rate.txt", "w");
    let stale = ("MB106".to_owned(), 3, "warning".to_owned(), "likely".to_owned());
    assert_eq!(found(&report, &["MB106"]), [stale]);
    let said = message(&report, "MB106");
    assert!(
        said.contains("ran before cell 2 (In [4]), which writes `out/rate.txt`"),
        "{said}"
    );
    // a file that is only read, and one of another name
    assert!(found(&chain("out/rate.txt", "r"), &["MB106"]).is_empty());
    let other = [
        (1, "open('a.txt', 'w').write('1')", ""),
        (3, "open('b.txt', 'w').write('1')", ""),
    ];
    let read = ran(2, "print(open('./a.txt').read())", json!({}), "1\n");
    let mut cells: Vec<Value> = other
        .map(|(count, source, shown)| ran(count, source, json!({}), shown))
        .into();
    cells.push(read);
    assert!(found(&check(&cells), &["MB106"]).is_empty());
}

#[test]
fn a_result_of_another_run_is_stale() {
    let result = json!([{"output_type": "execute_result", "execution_count": 3, "metadata": {},
        "data": {"text/plain": "10"}}]);
    let stale = |count| found(&check(&[code_with(count, "total", result.clone())]), &["MB106"]);
    assert_eq!(
        stale(Some(7)),
        [("MB106".into(), 1, "warning".into(), "certain".into())]
    );
    assert_eq!(stale(Some(3)), []);
    // stripped of its count
    assert_eq!(stale(None), []);
}

fn name_error(name: &str, count: i64, line: &str) -> Value {
    let said = format!("name '{name}' is not defined");
    json!([{"output_type": "error", "ename": "NameError", "evalue": said, "traceback": [
        "\u{1b}[0;31m---------\u{1b}[0m", "\u{1b}[0;31mNameError\u{1b}[0m   Traceback (most recent call last)",
        format!("Cell \u{1b}[0;32mIn[{count}], line 1\u{1b}[0m\n\u{1b}[0;32m----> 1\u{1b}[0m {line}\n"),
        format!("NameError: {said}")]}])
}

fn message(report: &Value, code: &str) -> String {
    let mut findings = report["findings"].as_array().unwrap().iter();
    let finding = findings
        .find(|f| f["code"] == code)
        .unwrap_or_else(|| panic!("{report}"));
    finding["message"].as_str().unwrap().to_owned()
}

#[test]
fn a_recorded_name_error_is_held_against_the_code_of_today() {
    // nothing binds it: it comes again
    let again = check(&[code_with(Some(1), "print(rate)", name_error("rate", 1, "print(rate)"))]);
    assert!(
        message(&again, "MB105").ends_with(", and a run from the top raises it again"),
        "{again}"
    );
    assert_eq!(verdict(&again), ("broken".into(), json!([1])));
    // a cell above binds it: the cell failed before that one ran
    let gone = check(&[
        code_with(Some(2), "rate = 0.2", json!([])),
        code_with(Some(1), "print(rate)", name_error("rate", 1, "print(rate)")),
    ]);
    assert!(
        message(&gone, "MB105")
            .ends_with("it was raised when cell 1 (In [2]) had not run, which gives it from the top")
    );
    assert_eq!(
        found(&gone, &["MB105"]),
        [("MB105".into(), 2, "error".into(), "likely".into())]
    );
    assert_eq!(verdict(&gone).0, "order-dependent");
    // the cell was edited since
    let edited = check(&[code_with(Some(1), "print(1)", name_error("rate", 1, "print(rate)"))]);
    assert!(message(&edited, "MB105").ends_with("it was raised by code that it no longer holds"));
    assert_eq!(
        found(&edited, &["MB106"]),
        [("MB106".into(), 1, "warning".into(), "certain".into())]
    );
    // the same code, and another run
    let older = check(&[
        code_with(Some(1), "rate = 0.2", json!([])),
        code_with(Some(3), "print(rate)", name_error("rate", 2, "print(rate)")),
    ]);
    assert_eq!(
        message(&older, "MB106"),
        "the error of cell 2 is of run In [2], and the cell last ran as In [3]"
    );
}

#[test]
fn each_verdict_names_the_cells_that_decide_it() {
    let shown = |count, source: &str| code_with(Some(count), source, json!([stdout("1\n")]));
    let plain = |count: Option<i64>, source: &str| code_with(count, source, json!([]));
    let judged = |cells: &[Value]| verdict(&check(cells));
    let named = |name: &str, cells: Value| (name.to_owned(), cells);
    assert_eq!(
        judged(&[plain(Some(1), "x = 1"), shown(2, "print(x)")]),
        named("reproducible", json!([]))
    );
    assert_eq!(
        judged(&[plain(None, "x = 1"), plain(None, "print(x)")]),
        named("never-run", json!([]))
    );
    assert_eq!(judged(&[]), named("not-applicable", json!([])));
    assert_eq!(judged(&[shown(1, "print(y)")]), named("broken", json!([1])));
    assert_eq!(
        judged(&[plain(Some(1), "x = 1"), shown(2, "print(x)"), shown(2, "print(x + 1)")]),
        named("mixed-sessions", json!([2, 3]))
    );
    // the cell that ran late, and the one whose output shows it
    assert_eq!(
        judged(&[plain(Some(3), "x = 1"), shown(2, "print(x)")]),
        named("order-dependent", json!([1, 2]))
    );
    // moved, and nothing comes of it
    assert_eq!(
        judged(&[shown(2, "print(1)"), shown(1, "print(2)")]),
        named("reproducible", json!([]))
    );
}
