//! `graduate --update`: edits by hand stay, what the notebook gives anew arrives, and nothing is lost between them.

use std::collections::BTreeSet;

use mortarboard::update::{RECORD, Record, merge};
use serde_json::{Value, json};

use crate::harness::{Ran, Sandbox, code, notebook};
use crate::mangle::Random;

/// A notebook whose first section has these lines.
fn write(sandbox: &Sandbox, scale: &str, more: &[&str]) {
    let heading = |text: &str| json!({"cell_type": "markdown", "metadata": {}, "source": text});
    let mut cells: Vec<Value> = vec![
        heading("## Count"),
        code(
            None,
            &format!("rows = [1, 2, 3]\ntotal = 0\nfor row in rows:\n    total += row\nscaled = total * {scale}"),
        ),
        heading("## Name"),
        code(None, "label = f'{scaled} in all'"),
    ];
    for (at, source) in more.iter().enumerate() {
        cells.extend([heading(&format!("## More {at}")), code(None, source)]);
    }
    sandbox.write_notebook("a.ipynb", &notebook(&cells));
}

fn graduated() -> Sandbox {
    let sandbox = Sandbox::new();
    write(&sandbox, "2", &[]);
    assert_eq!(sandbox.run(&["graduate", "a.ipynb", "--output", "out"]).code, 0);
    sandbox
}

fn update(sandbox: &Sandbox, more: &[&str]) -> Ran {
    sandbox.run(&[&["graduate", "a.ipynb", "--output", "out", "--update"], more].concat())
}

fn edit(sandbox: &Sandbox, path: &str, from: &str, to: &str) {
    let path = format!("out/{path}");
    let text = std::fs::read_to_string(sandbox.path().join(&path)).unwrap();
    assert!(text.contains(from), "{path} has no {from}: {text}");
    sandbox.write(&path, text.replacen(from, to, 1));
}

#[test]
fn edits_by_hand_stay_and_the_notebooks_arrive() {
    let sandbox = graduated();
    edit(&sandbox, "src/a/steps.py", "total = 0", "total = 0  # nothing yet");
    edit(
        &sandbox,
        "README.md",
        "## Configuration",
        "Ask the data team.\n\n## Configuration",
    );
    sandbox.write("out/src/a/mine.py", "MINE = 1\n");
    std::fs::remove_file(sandbox.path().join("out/.pre-commit-config.yaml")).unwrap();
    write(&sandbox, "2", &["mean = total / len(rows)"]);

    let before = sandbox.files("out");
    let told = update(&sandbox, &["--dry-run"]);
    let shown = update(&sandbox, &["--diff"]);
    assert_eq!(sandbox.files("out"), before, "neither writes");
    assert!(shown.out.contains("+    mean = total / len(rows)"), "{}", shown.out);
    assert!(!shown.out.contains("nothing yet\n+"), "{}", shown.out);

    let ran = update(&sandbox, &[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert_eq!(told.out, ran.out.replace("out updated:", "out would be updated:"));
    let after = sandbox.files("out");
    let steps = &after["src/a/steps.py"];
    assert!(
        steps.contains("total = 0  # nothing yet") && steps.contains("mean = total / len(rows)"),
        "{steps}"
    );
    assert!(after["README.md"].contains("Ask the data team.\n"));
    assert_eq!(after["src/a/mine.py"], "MINE = 1\n");
    assert!(!after.contains_key(".pre-commit-config.yaml"));
    for line in [
        "out/src/a/steps.py: merged with your edits",
        "out/README.md: merged with your edits",
        "out/.pre-commit-config.yaml: stays deleted",
        "out/graduation.json: replaced",
    ] {
        assert!(ran.out.lines().any(|said| said == line), "{line}: {}", ran.out);
    }

    let again = update(&sandbox, &[]);
    assert_eq!(again.code, 0, "{}", again.out);
    assert_eq!(sandbox.files("out"), after, "a second time changes nothing");
}

#[test]
fn conflicts_are_marked_and_stop_the_next_update() {
    let sandbox = graduated();
    edit(&sandbox, "src/a/steps.py", "total * 2", "total * 20");
    write(&sandbox, "3", &[]);
    let ran = update(&sandbox, &[]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let after = sandbox.files("out");
    let steps = &after["src/a/steps.py"];
    let line = steps.lines().position(|line| line == "<<<<<<< yours").unwrap() + 1;
    assert!(
        ran.out.contains(&format!("out/src/a/steps.py:{line}: conflict\n")),
        "{}",
        ran.out
    );
    let marked: Vec<&str> = steps.lines().skip(line - 1).take(7).collect();
    assert_eq!(
        marked,
        [
            "<<<<<<< yours",
            "    scaled = total * 20",
            "||||||| before",
            "    scaled = total * 2",
            "=======",
            "    scaled = total * 3",
            ">>>>>>> notebook"
        ]
    );

    let stopped = update(&sandbox, &[]);
    assert_eq!((stopped.code, stopped.out.as_str()), (1, ""));
    assert!(
        stopped.err.contains(&format!("out/src/a/steps.py:{line}: a conflict")),
        "{}",
        stopped.err
    );
    assert_eq!(sandbox.files("out"), after);

    let solved: Vec<&str> = steps
        .lines()
        .filter(|line| !line.starts_with(['<', '|', '=', '>']) && !line.ends_with(" * 2") && !line.ends_with(" * 3"))
        .collect();
    sandbox.write("out/src/a/steps.py", solved.join("\n") + "\n");
    let ran = update(&sandbox, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(sandbox.files("out")["src/a/steps.py"].contains("total * 20"));
}

/// Markers in JSON would make a notebook that nothing opens.
#[test]
fn a_notebook_is_never_marked() {
    let sandbox = graduated();
    edit(
        &sandbox,
        "notebooks/a.ipynb",
        "steps.name(scaled)",
        "steps.name(scaled + 1)",
    );
    write(&sandbox, "2", &["mean = total / len(rows)"]);
    sandbox.write_notebook(
        "a.ipynb",
        &notebook(&[
            code(None, "rows = [1, 2, 3]\ntotal = sum(rows)\nscaled = total * 2"),
            json!({"cell_type": "markdown", "metadata": {}, "source": "## Name"}),
            code(None, "label = f'{scaled} in all, of {rows}'"),
        ]),
    );
    let yours = sandbox.files("out")["notebooks/a.ipynb"].clone();
    let ran = update(&sandbox, &[]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let after = sandbox.files("out");
    assert_eq!(after["notebooks/a.ipynb"], yours);
    assert!(serde_json::from_str::<Value>(&after["notebooks/a.ipynb.new"]).is_ok());
    assert!(
        ran.out.contains("the new one is out/notebooks/a.ipynb.new"),
        "{}",
        ran.out
    );
    assert_eq!(update(&sandbox, &[]).code, 1, "as long as it lies there");
    std::fs::remove_file(sandbox.path().join("out/notebooks/a.ipynb.new")).unwrap();
    assert_eq!(update(&sandbox, &[]).code, 0);
}

/// A file of one's own may have the very name that a new file would be laid beside.
#[test]
fn files_of_ones_own_are_not_written_over() {
    let sandbox = graduated();
    sandbox.write("out/src/a/functions.py", "MINE = 1\n");
    sandbox.write("out/src/a/functions.py.new", "MINE = 2\n");
    write(&sandbox, "2", &["def half(x):\n    return x / 2\nmean = half(total)"]);
    let ran = update(&sandbox, &[]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("functions.py.new"), "{}", ran.err);
    assert_eq!(sandbox.files("out")["src/a/functions.py.new"], "MINE = 2\n");
}

#[test]
fn what_is_no_longer_generated_goes_unless_it_was_edited() {
    let sandbox = Sandbox::new();
    let helper = "def double(x):\n    return 2 * x\n";
    sandbox.write("helper.py", helper);
    sandbox.write("other.py", helper);
    let using = "import helper, other\nx = helper.double(other.double(1))";
    sandbox.write_notebook("a.ipynb", &notebook(&[code(None, using)]));
    assert_eq!(sandbox.run(&["graduate", "a.ipynb", "--output", "out"]).code, 0);
    edit(&sandbox, "src/a/other.py", "2 * x", "x + x");
    sandbox.write_notebook("a.ipynb", &notebook(&[code(None, "x = 4\ny = x + 1")]));
    let ran = update(&sandbox, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let after = sandbox.files("out");
    assert!(!after.contains_key("src/a/helper.py"), "{}", ran.out);
    assert!(after["src/a/other.py"].contains("x + x"));
    assert!(ran.out.contains("out/src/a/helper.py: removed\n"), "{}", ran.out);
    assert!(
        ran.out
            .contains("out/src/a/other.py: kept as you edited it, and no longer generated\n"),
        "{}",
        ran.out
    );
}

/// As git writes files on Windows: that is no edit.
#[test]
fn line_ends_of_a_system_are_no_edits() {
    let sandbox = graduated();
    for (path, text) in sandbox.files("out") {
        sandbox.write(&format!("out/{path}"), text.replace('\n', "\r\n"));
    }
    write(&sandbox, "3", &[]);
    let ran = update(&sandbox, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("out/src/a/steps.py: replaced\n"), "{}", ran.out);
    assert!(sandbox.files("out")["src/a/steps.py"].contains("    scaled = total * 3\r\n"));
}

#[test]
fn a_package_without_its_record_is_left_alone() {
    let sandbox = graduated();
    let record = sandbox.path().join("out").join(RECORD);
    std::fs::remove_file(&record).unwrap();
    let before = sandbox.files("out");
    let ran = update(&sandbox, &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("hint: ") && ran.err.contains(RECORD), "{}", ran.err);
    std::fs::write(&record, "{\"schema\": 1").unwrap();
    assert_eq!(update(&sandbox, &[]).code, 2);
    // a record of somebody else's that asks for files of yours
    let hostile = Record {
        package: "a".to_owned(),
        files: [("../keep.txt".to_owned(), "mine\n".to_owned())].into(),
        ..Record::default()
    };
    sandbox.write("keep.txt", "mine\n");
    std::fs::write(&record, hostile.to_text()).unwrap();
    let ran = update(&sandbox, &[]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(sandbox.path().join("keep.txt").exists());
    std::fs::remove_file(record).unwrap();
    assert_eq!(sandbox.files("out"), before);
    assert_eq!(
        sandbox
            .run(&["graduate", "a.ipynb", "--output", "new", "--update"])
            .code,
        0,
        "a first time is a time"
    );
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_failures_leave_all_as_it_was() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let sandbox = graduated();
    let out = sandbox.path().join("out");
    std::fs::set_permissions(out.join("src/a/steps.py"), PermissionsExt::from_mode(0o755)).unwrap();
    write(&sandbox, "3", &[]);
    sandbox.write("elsewhere.md", "mine\n");
    std::fs::remove_file(out.join("README.md")).unwrap();
    symlink("../elsewhere.md", out.join("README.md")).unwrap();
    let before = sandbox.files("out");
    let ran = update(&sandbox, &[]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.err.contains("README.md: this is a link"), "{}", ran.err);
    assert_eq!(sandbox.files("out"), before);
    std::fs::remove_file(out.join("README.md")).unwrap();
    assert_eq!(update(&sandbox, &[]).code, 0);
    let mode = std::fs::metadata(out.join("src/a/steps.py"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o755);
    let left: Vec<String> = sandbox
        .files("out")
        .into_keys()
        .filter(|path| path.contains(".tmp"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_secret_of_yours_is_not_shown() {
    let sandbox = graduated();
    // `¦` keeps scanners from taking it for a real one
    let token = "ghp_¦x8Kq2mVz7RtY4nLw9BcD3fGh6JsP1aQe5UoI".replace('¦', "");
    edit(
        &sandbox,
        "src/a/steps.py",
        "total * 2",
        &format!("total * len('{token}')"),
    );
    write(&sandbox, "3", &[]);
    let ran = update(&sandbox, &["--diff"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.out.contains("total * len('ghp_****"), "{}", ran.out);
    assert!(!ran.out.contains(&token));
}

/// Edits in places that don't touch: all of both arrive. Edits anywhere: no line of yours is lost.
#[test]
fn a_merge_loses_nothing() {
    let mut random = Random(7);
    for _ in 0..3000 {
        let base: Vec<String> = (0..random.below(30))
            .map(|_| format!("line {}\n", random.below(8)))
            .collect();
        let mut edited = [Vec::new(), Vec::new()];
        let mut added = [Vec::new(), Vec::new()];
        let apart = random.below(2) == 0;
        let mut pause = 0_usize;
        for (at, line) in base.iter().enumerate() {
            let whose = random.below(12);
            let yours_here = apart && pause == 0 && whose == 0;
            let theirs_here = apart && pause == 0 && whose == 1;
            for (who, edited) in edited.iter_mut().enumerate() {
                let here = if apart {
                    [yours_here, theirs_here][who]
                } else {
                    random.below(4) == 0
                };
                if !here {
                    edited.push(line.clone());
                    continue;
                }
                if random.below(3) > 0 {
                    let new = format!("{who} wrote {at}\n");
                    edited.push(new.clone());
                    added[who].push(new);
                }
            }
            pause = if yours_here || theirs_here {
                2
            } else {
                pause.saturating_sub(1)
            };
        }
        let [yours, theirs] = edited.map(|lines| lines.concat());
        let merged = merge(&base.concat(), &yours, &theirs);
        let there: BTreeSet<&str> = merged.text.split_inclusive('\n').collect();
        for line in added.iter().flatten() {
            assert!(
                there.contains(line.as_str()),
                "{line:?} is lost:\n{base:?}\n{yours}\n{theirs}\n{}",
                merged.text
            );
        }
        assert_eq!(merge(&base.concat(), &yours, &base.concat()).text, yours);
        assert_eq!(merge(&base.concat(), &base.concat(), &theirs).text, theirs);
        assert_eq!(merge(&base.concat(), &yours, &yours).text, yours);
        let markers = merged.text.lines().filter(|line| *line == "<<<<<<< yours").count();
        assert_eq!(markers, merged.conflicts.len());
        if merged.conflicts.is_empty() {
            // the other way round it is the same text
            assert_eq!(merge(&base.concat(), &theirs, &yours).text, merged.text);
        }
    }
}
