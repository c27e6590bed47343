//! What the project's pages show is what the program prints: outputs in README.md, help, the rules, settings.

use mortarboard::rules::RULES;

use crate::bless;
use crate::harness::Sandbox;
use crate::tidy::root;

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap()
}

/// The fenced blocks of a language.
fn blocks<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let fence = format!("```{language}\n");
    let after = page.split(fence.as_str()).skip(1);
    after.map(|text| text.split("```").next().unwrap()).collect()
}

/// What a line after `$ ` prints: the program's own output, or the end of a file that it wrote.
fn answer(sandbox: &Sandbox, command: &str) -> String {
    let words: Vec<&str> = command.split_whitespace().collect();
    match words.as_slice() {
        ["mortarboard", args @ ..] => {
            let ran = sandbox.run(args);
            assert!(ran.code < 2, "{command}: {}", ran.err);
            ran.out + &ran.err
        }
        ["tail", "-n", count, file] => {
            let text = std::fs::read_to_string(sandbox.path().join(file)).unwrap();
            let lines: Vec<&str> = text.lines().collect();
            let first = lines.len().saturating_sub(count.parse().unwrap());
            lines[first..].join("\n") + "\n"
        }
        _ => panic!("the test can't run `{command}`"),
    }
}

#[test]
fn outputs_are_what_is_printed() {
    let sandbox = Sandbox::new();
    sandbox.copy("sample_notebooks");
    let page = read("README.md");
    let mut now = page.clone();
    let shown = blocks(&page, "console");
    assert!(!shown.is_empty());
    for block in shown {
        let mut fresh = String::new();
        for command in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
            fresh.push_str(&format!("$ {command}\n{}", answer(&sandbox, command)));
        }
        now = now.replace(block, &fresh);
    }
    bless::file("README.md", &now);
}

/// The README has two commands: the first does the main job, the second runs the tests.
#[test]
fn commands_work() {
    let page = read("README.md");
    let commands = blocks(&page, "sh");
    let [main, tests] = commands.as_slice() else {
        panic!("not two commands: {commands:?}")
    };
    assert_eq!(*tests, "cargo test\n");
    let sandbox = Sandbox::new();
    sandbox.copy("sample_notebooks");
    for part in main.trim().split(" && ") {
        let typed = part.strip_prefix("cargo run --release -- ").unwrap();
        let args: Vec<&str> = typed.split(' ').collect();
        let ran = sandbox.run(&args);
        assert_eq!(ran.code, 0, "{part}: {}{}", ran.out, ran.err);
    }
    let package = sandbox.files("target/churn_model");
    assert!(
        package.contains_key("src/churn_model/pipeline.py"),
        "{:?}",
        package.keys()
    );
}

#[test]
fn help_is_what_is_printed() {
    let sandbox = Sandbox::new();
    let mut page = "# Commands\n\nWhat `--help` prints. `mortarboard man` and\n`mortarboard completions` make manual pages and completions of the same.\n".to_owned();
    help_of(&sandbox, &[], &mut page);
    bless::file("docs/cli.md", &page);
}

/// A command's help, and that of its commands.
fn help_of(sandbox: &Sandbox, command: &[&str], page: &mut String) {
    let ran = sandbox.run(&[command, &["--help"]].concat());
    assert_eq!(ran.code, 0);
    if !command.is_empty() {
        page.push_str(&format!("\n## {}\n", command.join(" ")));
    }
    page.push_str(&format!("\n```text\n{}```\n", ran.out));
    let Some((_, listed)) = ran.out.split_once("Commands:\n") else {
        return;
    };
    let listed = listed.lines().take_while(|line| !line.is_empty());
    let commands = listed.map(|line| line.split_whitespace().next().unwrap());
    for inner in commands.filter(|command| *command != "help") {
        help_of(sandbox, &[command, &[inner]].concat(), page);
    }
}

#[test]
fn rules_are_listed() {
    let mut page = "# Rules\n\nEach has a page, which `mortarboard explain RULE` prints too.\n\n".to_owned();
    page.push_str("| code | name | severity | finds |\n|---|---|---|---|\n");
    for meta in RULES.iter().map(|rule| rule.meta()) {
        let (code, name, severity) = (meta.code, meta.name, meta.severity.name());
        let file = name.replace('-', "_");
        page.push_str(&format!(
            "| {code} | [{name}](../src/rules/{file}.md) | {severity} | {} |\n",
            meta.summary
        ));
    }
    bless::file("docs/rules.md", &page);
}

/// The settings that the page shows are taken, and they are all that there are.
#[test]
fn settings_are_documented() {
    let page = read("docs/settings.md");
    let shown = blocks(&page, "toml");
    let sandbox = Sandbox::new();
    sandbox.copy("sample_notebooks");
    for text in &shown {
        sandbox.write("mortarboard.toml", text);
        let ran = sandbox.run(&["check", "--config", "mortarboard.toml", "sample_notebooks/clean"]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    }
    sandbox.write("mortarboard.toml", "no-such-key = 1\n");
    let said = sandbox
        .run(&["check", "--config", "mortarboard.toml", "sample_notebooks/clean"])
        .err;
    let (_, keys) = said.split_once("the keys are ").unwrap();
    for key in keys.trim().split(", ") {
        assert!(
            shown.iter().any(|text| text.contains(key)),
            "`{key}` is not in docs/settings.md"
        );
    }
}

/// Links between the pages lead to files.
#[test]
fn links_lead_somewhere() {
    for page in [
        "README.md",
        "docs/rules.md",
        "docs/settings.md",
        "docs/git.md",
        "docs/strip.md",
        "CONTRIBUTING.md",
        "ARCHITECTURE.md",
    ] {
        let text = read(page);
        let targets = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
        for target in targets.filter(|target| !target.contains("://")) {
            let path = root().join(page).parent().unwrap().join(target);
            assert!(path.exists(), "{page} links to {target}");
        }
    }
}
