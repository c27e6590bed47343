//! `redact`: the secret goes, everything else stays byte for byte.

use mortarboard::python::Magics;
use mortarboard::redact::{Options, redact};
use serde_json::{Value, json};

use crate::harness::{Sandbox, code, code_with, notebook, stdout};

fn secret() -> String {
    ["ghp_u8jzPde0IgxLd6Gncf", "BAepfJBd0Kh8024xXH"].concat()
}

fn leaky() -> Value {
    let secret = secret();
    let mut notebook = notebook(&[
        code(Some(1), &format!("client = connect(token=\"{secret}\")")),
        code_with(
            Some(2),
            "show()",
            json!([
                stdout(&format!("é {secret}\n/home/ann/x.py\n")),
                {"output_type": "error", "ename": "E", "evalue": secret, "traceback": [format!("\u{1b}[31m{}\u{1b}[0m{}\u{1b}[39m", &secret[..9], &secret[9..])]},
                {"output_type": "stream", "name": "stdout", "text": ["a\n", format!("token={secret}\n")]},
            ]),
        ),
    ]);
    notebook["metadata"]["parameters"] = json!({"t": secret});
    notebook
}

#[test]
fn outputs_and_metadata_are_redacted_and_sources_stay() {
    let sandbox = Sandbox::new();
    let path = sandbox.write_notebook("a.ipynb", &leaky());
    let before = std::fs::read_to_string(&path).unwrap();
    assert_eq!(sandbox.run(&["redact", "--check", "a.ipynb"]).code, 1);
    let shown = sandbox.run(&["redact", "--diff", "a.ipynb"]);
    assert_eq!(shown.code, 1);
    assert!(
        !shown.out.contains(&secret()[4..]) && shown.out.contains("[redacted:github-token]"),
        "{}",
        shown.out
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
    let ran = sandbox.run(&["redact", "a.ipynb"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let after = std::fs::read_to_string(&path).unwrap();
    let value: Value = serde_json::from_str(&after).unwrap();
    assert_eq!(value["cells"][0], leaky()["cells"][0]);
    assert_eq!(after.matches(&secret()).count(), 1, "{after}");
    assert_eq!(after.matches("[redacted:github-token]").count(), 5, "{after}");
    assert!(after.contains("/home/ann/x.py"));
    assert_eq!(value["cells"][1]["outputs"][2]["text"][0], "a\n");
    let report = sandbox.json(&["--select", "MB301,MB303"]);
    assert_eq!(report["findings"], json!([]));
    let again = sandbox.run(&["redact", "a.ipynb"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
}

#[test]
fn sources_and_homes_on_request() {
    let sandbox = Sandbox::new();
    let path = sandbox.write_notebook("a.ipynb", &leaky());
    let ran = sandbox.run(&["redact", "--source", "--paths", "."]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let after = std::fs::read_to_string(&path).unwrap();
    let value: Value = serde_json::from_str(&after).unwrap();
    assert_eq!(
        value["cells"][0]["source"],
        "import os\nclient = connect(token=os.environ[\"GITHUB_TOKEN\"])"
    );
    assert!(
        !after.contains(&secret()) && !after.contains("/home/ann") && after.contains("~/x.py"),
        "{after}"
    );
    assert_eq!(sandbox.run(&["redact", "--source", "--paths", "--check", "."]).code, 0);
    assert_eq!(sandbox.json(&["--select", "MB3"])["findings"], json!([]));
}

#[test]
fn folders_are_searched_as_check_does() {
    let sandbox = Sandbox::new();
    for name in ["kept/a.ipynb", "archive/b.ipynb", "ignored/c.ipynb", "typed/d.ipynb"] {
        sandbox.write_notebook(name, &leaky());
    }
    sandbox.write("kept/broken.ipynb", "{");
    sandbox.write("mortarboard.toml", "exclude = [\"archive/\"]\n");
    sandbox.write(".gitignore", "ignored/\n");
    let ran = sandbox.run(&["redact", "--exclude", "typed/", "--jobs", "2"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err.contains("kept/broken.ipynb") && ran.err.contains("hint: "),
        "{}",
        ran.err
    );
    let token = secret();
    let left = |name: &str| {
        std::fs::read_to_string(sandbox.path().join(name))
            .unwrap()
            .matches(&token)
            .count()
    };
    // the source keeps it
    assert_eq!(left("kept/a.ipynb"), 1);
    for name in ["archive/b.ipynb", "ignored/c.ipynb", "typed/d.ipynb"] {
        assert!(left(name) > 1, "{name}");
    }
    let none = sandbox.run(&["redact", "--no-config", "--check", "archive", "-q"]);
    assert_eq!((none.code, none.err.as_str()), (1, ""));
    let named = sandbox.run(&["redact", "--check", "archive/b.ipynb"]);
    assert_eq!(named.code, 1, "a notebook that is named is always read: {}", named.err);
    let excluded = sandbox.run(&["redact", "--check", "archive"]);
    assert_eq!(excluded.code, 2, "{}", excluded.err);
}

/// What becomes of code, by how the secret is written in it. `§` stands for the token, `¶` for a password.
const FORMS: &[(&str, &str)] = &[
    // whole literals, in every form
    ("x = '§'", "import os\nx = os.environ['GITHUB_TOKEN']"),
    ("x = r\"§\"", "import os\nx = os.environ[\"GITHUB_TOKEN\"]"),
    ("x = u'§'", "import os\nx = os.environ['GITHUB_TOKEN']"),
    ("x = b'§'", "import os\nx = os.environ['GITHUB_TOKEN'].encode()"),
    ("x = f'§'", "import os\nx = os.environ['GITHUB_TOKEN']"),
    ("x = '''§'''", "import os\nx = os.environ['GITHUB_TOKEN']"),
    (
        "def f():\n    return'§'",
        "import os\ndef f():\n    return os.environ['GITHUB_TOKEN']",
    ),
    ("f(a, '§')", "import os\nf(a, os.environ['GITHUB_TOKEN'])"),
    ("d = {'§': 1}", "import os\nd = {os.environ['GITHUB_TOKEN']: 1}"),
    (
        "def f(token='§'): pass",
        "import os\ndef f(token=os.environ['GITHUB_TOKEN']): pass",
    ),
    (
        "x = f\"{connect('§')}\"",
        "import os\nx = f\"{connect(os.environ['GITHUB_TOKEN'])}\"",
    ),
    // names that the code gives
    ("hub_token = '§'", "import os\nhub_token = os.environ['HUB_TOKEN']"),
    ("my_api_key = '§'", "import os\nmy_api_key = os.environ['GITHUB_TOKEN']"),
    (
        "openai.api_key = '§'",
        "import os\nopenai.api_key = os.environ['OPENAI_API_KEY']",
    ),
    (
        "os.environ['GH_TOKEN'] = '§'",
        "import os\nos.environ['GH_TOKEN'] = os.environ['GH_TOKEN']",
    ),
    (
        "import os\nos.environ.setdefault('GH', '§')",
        "import os\nos.environ.setdefault('GH', os.environ['GH'])",
    ),
    // parts of literals
    (
        "h = {'Authorization': 'Bearer §'}",
        "import os\nh = {'Authorization': f'Bearer {os.environ[\"GITHUB_TOKEN\"]}'}",
    ),
    (
        "u = \"https://me:§@x.org/{id}?a={{}}\".format(id=1)",
        "import os\nu = f\"https://me:{os.environ['GITHUB_TOKEN']}@x.org/{{id}}?a={{{{}}}}\".format(id=1)",
    ),
    (
        "u = '\\N{BULLET} \\\\N{x} §!'",
        "import os\nu = f'\\N{BULLET} \\\\N{{x}} {os.environ[\"GITHUB_TOKEN\"]}!'",
    ),
    (
        "u = r'\\N{x} §!'",
        "import os\nu = fr'\\N{{x}} {os.environ[\"GITHUB_TOKEN\"]}!'",
    ),
    ("u = U'k §!'", "import os\nu = f'k {os.environ[\"GITHUB_TOKEN\"]}!'"),
    (
        "u = f'{host}/§/{{x}}'",
        "import os\nu = f'{host}/{os.environ[\"GITHUB_TOKEN\"]}/{{x}}'",
    ),
    ("u = f'{g(\"k §!\")}'", "u = f'{g(\"k [redacted:github-token]!\")}'"),
    (
        "u = b'k §!'",
        "import os\nu = (b'k ' + os.environ['GITHUB_TOKEN'].encode() + b'!')",
    ),
    ("u = 'a ' '§'", "import os\nu = 'a ' f'{os.environ[\"GITHUB_TOKEN\"]}'"),
    ("u = b'a ' b'§'", "u = b'a ' b'[redacted:github-token]'"),
    // text, comments and places where only a literal may stand
    ("'''Uses §.'''\nx = 1", "'''Uses [redacted:github-token].'''\nx = 1"),
    ("x = 1  # was §", "x = 1  # was [redacted:github-token]"),
    (
        "match x:\n    case '§':\n        pass",
        "match x:\n    case '[redacted:github-token]':\n        pass",
    ),
    ("x = §", "x = redacted_github_token"),
    ("x = '§", "x = '[redacted:github-token]"),
    // magics and shells
    ("%env GH_TOKEN=§", "import os\n%env GH_TOKEN={os.environ['GH_TOKEN']}"),
    (
        "!git clone https://§@github.com/a/b",
        "!git clone https://$GITHUB_TOKEN@github.com/a/b",
    ),
    ("!curl -H 'X: §'", "!curl -H 'X: [redacted:github-token]'"),
    ("%%bash\nexport T=§", "%%bash\nexport T=$GITHUB_TOKEN"),
    ("%%html\n<b>§</b>", "%%html\n<b>[redacted:github-token]</b>"),
    ("%load_it §", "%load_it [redacted:github-token]"),
    // where the import goes
    ("%%time\nx = '§'", "%%time\nimport os\nx = os.environ['GITHUB_TOKEN']"),
    ("%time x = '§'", "import os\n%time x = os.environ['GITHUB_TOKEN']"),
    ("  x = '§'", "  import os\n  x = os.environ['GITHUB_TOKEN']"),
    (">>> x = '§'", ">>> import os\n>>> x = os.environ['GITHUB_TOKEN']"),
    (
        "from __future__ import annotations\nx = '§'",
        "from __future__ import annotations\nimport os\nx = os.environ['GITHUB_TOKEN']",
    ),
    (
        "from __future__ import annotations; x = '§'",
        "from __future__ import annotations; x = '[redacted:github-token]'",
    ),
    (
        "x = '§'\nimport os",
        "import os\nx = os.environ['GITHUB_TOKEN']\nimport os",
    ),
    (
        "import sys, os.path\nx = '§'",
        "import sys, os.path\nx = os.environ['GITHUB_TOKEN']",
    ),
    (
        "# a note\n\nimport json\nx = '§'",
        "# a note\n\nimport os\nimport json\nx = os.environ['GITHUB_TOKEN']",
    ),
];

/// As a string and as a list of lines: the code reads the environment, or holds a mark where it can't.
#[test]
fn code_stays_code() {
    let mut wrong = Vec::new();
    for (before, after) in FORMS {
        let source = before.replace('§', &secret());
        let lines: Vec<&str> = source.split_inclusive('\n').collect();
        for form in [json!(source), json!(lines)] {
            let mut cell = code(Some(1), "");
            cell["source"] = form;
            let text = serde_json::to_string_pretty(&notebook(&[cell])).unwrap();
            let options = Options {
                source: true,
                paths: false,
            };
            let redacted = match redact(&text, options, None, &Magics::default()) {
                Ok(redacted) => redacted,
                Err(error) => {
                    wrong.push(format!("{before}: {error:?}"));
                    continue;
                }
            };
            let value: Value = serde_json::from_str(&redacted.text).unwrap();
            let source = &value["cells"][0]["source"];
            let joined = match source {
                Value::Array(lines) => {
                    let lines: Vec<&str> = lines.iter().map(|line| line.as_str().unwrap()).collect();
                    let one = |line: &&str| !line.trim_end_matches('\n').contains('\n');
                    assert!(lines.iter().all(one), "{before}: {lines:?} has items of several lines");
                    lines.concat()
                }
                text => text.as_str().unwrap().to_owned(),
            };
            if joined != *after {
                wrong.push(format!("{before}\n  gives {joined:?}\n  and not {after:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn imports_are_added_once() {
    let sandbox = Sandbox::new();
    let token = secret();
    let path = sandbox.write_notebook(
        "a.ipynb",
        &notebook(&[
            code(Some(1), &format!("a = '{token}'")),
            code(Some(2), &format!("b = '{token}'")),
            json!({"cell_type": "markdown", "metadata": {}, "source": format!("Use {token}.")}),
        ]),
    );
    assert_eq!(sandbox.run(&["redact", "--source", "a.ipynb"]).code, 1);
    let value: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let sources: Vec<&str> = value["cells"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| cell["source"].as_str().unwrap())
        .collect();
    assert_eq!(
        sources,
        [
            "import os\na = os.environ['GITHUB_TOKEN']",
            "b = os.environ['GITHUB_TOKEN']",
            "Use [redacted:github-token]."
        ]
    );
}

#[test]
fn what_is_ignored_stays() {
    let sandbox = Sandbox::new();
    let token = secret();
    let mut tagged = code_with(Some(2), "show()", json!([stdout(&token)]));
    tagged["metadata"] = json!({"tags": ["mortarboard:ignore-secret-in-output"]});
    let both = code_with(
        Some(1),
        &format!("a = '{token}'  # mortarboard: ignore[secret-in-source]"),
        json!([stdout(&token)]),
    );
    sandbox.write_notebook("a.ipynb", &notebook(&[both, tagged]));
    let ran = sandbox.run(&["redact", "--source", "a.ipynb"]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.err,
        "a.ipynb: redacted: 1 github-token\na.ipynb: 2 secrets stay because they are ignored\n"
    );
    let text = std::fs::read_to_string(sandbox.path().join("a.ipynb")).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["cells"][0]["outputs"][0]["text"], "[redacted:github-token]");
    assert_eq!(text.matches(&token).count(), 2);
    // by settings, for some paths
    sandbox.write_notebook("drafts/b.ipynb", &leaky());
    sandbox.write(
        "mortarboard.toml",
        "[per-path.\"drafts/**\"]\nignore = [\"MB301\", \"secret-in-metadata\"]\n",
    );
    let ran = sandbox.run(&["redact", "drafts"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("5 secrets stay because they are ignored"),
        "{}",
        ran.err
    );
}

/// A mark is no secret, though it may stand where one would.
#[test]
fn marks_are_not_redacted_again() {
    let sandbox = Sandbox::new();
    let lines = format!("https://{0}@github.com/a/b\npassword: {0}\n", secret());
    let path = sandbox.write_notebook(
        "a.ipynb",
        &notebook(&[code_with(Some(1), "show()", json!([stdout(&lines)]))]),
    );
    assert_eq!(sandbox.run(&["redact", "a.ipynb"]).code, 1);
    let text = std::fs::read_to_string(path).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let redacted = "https://[redacted:github-token]@github.com/a/b\npassword: [redacted:github-token]\n";
    assert_eq!(value["cells"][0]["outputs"][0]["text"], redacted);
    assert_eq!(sandbox.json(&["--select", "MB3"])["findings"], json!([]));
}

/// Homes as shells, tracebacks, `pip`, `PATH` and other systems print them; and what only looks like one.
#[test]
fn homes_become_tildes() {
    let printed = [
        ("  File \"/home/ann/x.py\", line 3", "  File \"~/x.py\", line 3"),
        ("in ./.venv (from -r /Users/ann/r.txt)", "in ./.venv (from -r ~/r.txt)"),
        (
            "PATH=/usr/bin:/home/ann/.local/bin:/bin",
            "PATH=/usr/bin:~/.local/bin:/bin",
        ),
        ("ann-laptop:/home/ann/x", "ann-laptop:~/x"),
        ("file:///home/ann/x.html", "file://~/x.html"),
        ("C:\\Users\\ann\\x.csv and C:/Users/ann/y", "~\\x.csv and ~/y"),
        ("/mnt/c/Users/ann/x and /c/Users/ann/y", "~/x and ~/y"),
        ("/export/home/ann/x, /usr/home/ann, /local/home/ann", "~/x, ~, ~"),
        (
            "\u{1b}[32m/home/ann/x.py\u{1b}[0m in f()",
            "\u{1b}[32m~/x.py\u{1b}[0m in f()",
        ),
        (
            "https://x.org/home/ann src/home/ann /opt/home/x",
            "https://x.org/home/ann src/home/ann /opt/home/x",
        ),
        ("/home/jovyan/work /home/user/x", "/home/jovyan/work /home/user/x"),
    ];
    let sandbox = Sandbox::new();
    let text: String = printed.iter().map(|(line, _)| format!("{line}\n")).collect();
    let path = sandbox.write_notebook(
        "a.ipynb",
        &notebook(&[code_with(Some(1), "show()", json!([stdout(&text)]))]),
    );
    assert_eq!(sandbox.run(&["redact", "--paths", "a.ipynb"]).code, 1);
    let value: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let lines: Vec<&str> = value["cells"][0]["outputs"][0]["text"]
        .as_str()
        .unwrap()
        .lines()
        .collect();
    assert_eq!(lines, printed.map(|(_, line)| line));
    assert_eq!(sandbox.json(&["--select", "MB402"])["findings"], json!([]));
}

/// A name that a home directory tells, where a user is meant; the same word elsewhere stays.
#[test]
fn names_of_users_become_tildes() {
    let printed = [
        ("/home/jdoe/x", "~/x"),
        ("jdoe@gpu-03:~$ ls", "~@gpu-03:~$ ls"),
        ("jdoe", "~"),
        ("owner: jdoe, group: staff", "owner: ~, group: staff"),
        ("{'user': 'jdoe', 'n': 1} USER=jdoe", "{'user': '~', 'n': 1} USER=~"),
        ("uid=1000(jdoe) gid=1000(jdoe)", "uid=1000(~) gid=1000(~)"),
        (
            "-rw-r--r-- 1 jdoe staff 12 May  1 a.csv",
            "-rw-r--r-- 1 ~ staff 12 May  1 a.csv",
        ),
        (
            "saved to /scratch/jdoe/run1, /data/users/jdoe.",
            "saved to /scratch/~/run1, /data/users/~.",
        ),
        ("CORP\\jdoe ran D:\\work\\jdoe\\x.py", "CORP\\~ ran D:\\work\\~\\x.py"),
        ("squeue --user jdoe; ps -u jdoe", "squeue --user ~; ps -u ~"),
        ("jdoe      4242  0.0  0.1 python", "~      4242  0.0  0.1 python"),
        ("", ""),
        ("JOBID  NAME   USER  ST", "JOBID  NAME   USER  ST"),
        ("  991  jdoe   jdoe   R", "  991  jdoe   ~   R"),
        ("", ""),
        (
            "the jdoe model, jdoe_2 and jdoe.csv",
            "the jdoe model, jdoe_2 and jdoe.csv",
        ),
        (
            "https://example.org/jdoe/repo src/jdoe/x",
            "https://example.org/jdoe/repo src/jdoe/x",
        ),
        ("/home/user/x user: user", "/home/user/x user: user"),
    ];
    let sandbox = Sandbox::new();
    let text: String = printed.iter().map(|(line, _)| format!("{line}\n")).collect();
    let cells = [
        code_with(Some(1), "show()", json!([stdout(&text)])),
        // no home tells of this one
        code_with(Some(2), "show()", json!([stdout("owner: msmith")])),
    ];
    let path = sandbox.write_notebook("a.ipynb", &notebook(&cells));
    assert_eq!(sandbox.run(&["redact", "--paths", "a.ipynb"]).code, 1);
    let value: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let lines: Vec<&str> = value["cells"][0]["outputs"][0]["text"]
        .as_str()
        .unwrap()
        .lines()
        .collect();
    assert_eq!(lines, printed.map(|(_, line)| line));
    assert_eq!(value["cells"][1]["outputs"][0]["text"], "owner: msmith");
    assert_eq!(sandbox.run(&["redact", "--paths", "--check", "a.ipynb"]).code, 0);
}

/// A path in the source tells a name too.
#[test]
fn names_are_known_from_sources() {
    let shown = json!([stdout("run by jdoe on node7\n")]);
    let cells = [code_with(Some(1), "open('/Users/jdoe/a.csv')", shown)];
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", &notebook(&cells));
    let report = sandbox.json(&["--select", "MB402"]);
    assert_eq!(report["findings"][0]["subject"], "jdoe", "{report:#}");
}
