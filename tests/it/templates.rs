//! `graduate --templates`: a person's own in place of ours, and what the page says of them.

use std::collections::BTreeSet;

use minijinja::Environment;
use mortarboard::emit::Templates;

use crate::harness::{Sandbox, code, notebook};
use crate::tidy::root;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write_notebook("a.ipynb", &notebook(&[code(None, "x = 1\ny = x + 1")]));
    sandbox
}

const ARGS: [&str; 5] = ["graduate", "a.ipynb", "--output", "out", "--templates"];

#[test]
fn own_templates_stand_in_for_ours() {
    let sandbox = sandbox();
    sandbox.write("mine/README.md.j2", "# {{ title }}, our way\n{{ '{{ kept }}' }}.\n");
    sandbox.write(
        "mine/src/package/__init__.py.j2",
        "{{ doc }}\n\n__author__   =   'us'\n",
    );
    let ran = sandbox.run(&[&ARGS[..], &["mine"]].concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let mine = sandbox.files("out");
    assert_eq!(mine["README.md"], "# a, our way\n{{ kept }}.\n");
    assert!(
        mine["src/a/__init__.py"].ends_with("\n\n__author__ = \"us\"\n"),
        "formatted as all else"
    );
    assert_eq!(sandbox.run(&["graduate", "a.ipynb", "--output", "ours"]).code, 0);
    let ours = sandbox.files("ours");
    let differ: Vec<&str> = ours
        .keys()
        .map(String::as_str)
        .filter(|path| ours[*path] != mine[*path])
        .collect();
    assert_eq!(differ, [".mortarboard/base.json", "README.md", "src/a/__init__.py"]);
}

#[test]
fn ours_are_there_to_begin_with() {
    let sandbox = sandbox();
    let ran = sandbox.run(&["graduate", "--dump-templates", "mine"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        sandbox.files("mine").keys().cloned().collect::<Vec<_>>(),
        Templates::names().collect::<Vec<_>>()
    );
    assert_eq!(sandbox.run(&[&ARGS[..], &["mine"]].concat()).code, 0);
    assert_eq!(sandbox.run(&["graduate", "a.ipynb", "--output", "ours"]).code, 0);
    assert_eq!(sandbox.files("out"), sandbox.files("ours"));
    let again = sandbox.run(&["graduate", "--dump-templates", "mine"]);
    assert_eq!(again.code, 2, "nothing of yours is overwritten");
}

#[test]
fn errors_name_the_template_and_the_line() {
    for (file, text, said) in [
        (
            "REDAME.md.j2",
            "",
            "mine: no template of a package is called REDAME.md.j2",
        ),
        (
            "README.md.j2",
            "one\n{{ nothing_of_the_kind }}\n",
            "mine/README.md.j2:2: ",
        ),
        ("README.md.j2", "one\ntwo\n{% if %}\n", "mine/README.md.j2:3: "),
        ("README.md.j2", "{% include '/etc/passwd' %}\n", "mine/README.md.j2:1: "),
        (
            "src/package/cli.py.j2",
            "def main(:\n",
            "mine/src/package/cli.py.j2: the text made for src/a/cli.py",
        ),
    ] {
        let sandbox = sandbox();
        sandbox.write(&format!("mine/{file}"), text);
        let ran = sandbox.run(&[&ARGS[..], &["mine"]].concat());
        assert_eq!(ran.code, 2, "{file}: {}", ran.out);
        assert!(ran.err.starts_with(&format!("error: {said}")), "{file}: {}", ran.err);
        assert!(ran.err.contains("\nhint: "), "{}", ran.err);
        assert!(sandbox.files("out").is_empty());
    }
    let sandbox = sandbox();
    assert_eq!(sandbox.run(&[&ARGS[..], &["absent"]].concat()).code, 2);
}

/// The page has a row for each template with all that it is given, and one for each of these words.
#[test]
fn the_page_knows_what_templates_are_given() {
    let page = std::fs::read_to_string(root().join("docs/graduate.md")).unwrap();
    let mut missing = Vec::new();
    let mut words: BTreeSet<String> = BTreeSet::new();
    for (name, text) in Templates::ours().files {
        let mut environment = Environment::new();
        environment.add_template(&name, &text).unwrap();
        let given = environment.get_template(&name).unwrap().undeclared_variables(false);
        let given: BTreeSet<String> = given.into_iter().collect();
        let list: Vec<String> = given.iter().map(|word| format!("`{word}`")).collect();
        let list = if list.is_empty() {
            "–".to_owned()
        } else {
            list.join(", ")
        };
        missing.push(format!("| `{name}` | {list} |"));
        words.extend(given);
    }
    missing.extend(words.iter().map(|word| format!("| `{word}` |")));
    missing.retain(|row| !page.lines().any(|line| line.starts_with(row.as_str())));
    assert!(missing.is_empty(), "docs/graduate.md lacks:\n{}", missing.join("\n"));
}
