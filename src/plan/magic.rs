//! Magics and shell escapes as Python, where there is Python that does the same.

use ruff_python_ast::IpyEscapeKind;

use crate::python::{Effect, MagicKind, classify, string_literal as literal};

/// What becomes of an escape command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Translation {
    /// Nothing: it computes nothing. The reason is shown.
    Drop(&'static str),
    /// A statement, and the module that it needs imported.
    Statement { code: String, import: &'static str },
    /// An expression, for the right side of an assignment.
    Expression { code: String, import: &'static str },
    /// There is no such Python.
    None(String),
}

/// The translation of a command that stands as a statement, or as a value where `assigned`.
///
/// `known` tells the notebook's own names: the kernel puts their values into commands, and leaves other words alone.
pub(super) fn translate(kind: IpyEscapeKind, value: &str, assigned: bool, known: &dyn Fn(&str) -> bool) -> Translation {
    let (magic_kind, name, arguments, effect) = classify(kind, value);
    match (magic_kind, effect) {
        (MagicKind::Help, _) => Translation::Drop("shows help"),
        (_, Effect::Install) => Translation::Drop("installs packages: they are dependencies now"),
        (MagicKind::Shell, _) => shell(arguments, assigned, known),
        (MagicKind::AutoCall, _) => Translation::None("a call without parentheses".to_owned()),
        (_, Effect::SetUp) => Translation::Drop("configures the notebook session"),
        (_, Effect::Show) => Translation::Drop("only displays"),
        (_, Effect::Debug) => Translation::Drop("starts a debugger"),
        (_, Effect::OwnNamespace) if !assigned => Translation::Drop("a benchmark: it binds nothing"),
        (_, Effect::Directory) if name == "cd" && !assigned && is_plain(arguments) => Translation::Statement {
            code: format!("os.chdir({})", literal(arguments.trim_matches(['"', '\'']))),
            import: "os",
        },
        (_, Effect::Environment) => environment(arguments, assigned),
        (_, Effect::Value) if name == "pwd" && assigned => Translation::Expression {
            code: "os.getcwd()".to_owned(),
            import: "os",
        },
        (_, Effect::Value) if !assigned => Translation::Drop("only displays"),
        (_, Effect::Shell) if ["sx", "system"].contains(&name) => shell(arguments, assigned, known),
        (_, Effect::Shell) if !assigned && ["ls", "ll", "cat", "less", "more", "man"].contains(&name) => {
            Translation::Drop("only displays")
        }
        (_, Effect::Shell) => shell(&format!("{name} {arguments}"), assigned, known),
        _ => Translation::None(format!("the magic %{name}")),
    }
}

fn environment(arguments: &str, assigned: bool) -> Translation {
    let split = arguments
        .split_once('=')
        .or_else(|| arguments.split_once(char::is_whitespace));
    match split {
        Some((name, value)) if !assigned && is_plain(arguments) => Translation::Statement {
            code: format!("os.environ[{}] = {}", literal(name.trim()), literal(value.trim())),
            import: "os",
        },
        None if assigned => Translation::Expression {
            code: format!("os.environ[{}]", literal(arguments.trim())),
            import: "os",
        },
        None => Translation::Drop("only displays"),
        Some(_) => Translation::None("%env with a value from the notebook".to_owned()),
    }
}

fn shell(command: &str, assigned: bool, known: &dyn Fn(&str) -> bool) -> Translation {
    let Some(command) = interpolated(command, known) else {
        return Translation::None("a shell command with an expression in it".to_owned());
    };
    if assigned {
        return Translation::Expression {
            code: format!(
                "subprocess.run({command}, shell=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout.splitlines()"
            ),
            import: "subprocess",
        };
    }
    Translation::Statement {
        code: format!("subprocess.run({command}, shell=True, check=False)"),
        import: "subprocess",
    }
}

/// Whether IPython leaves the text as it is.
fn is_plain(text: &str) -> bool {
    !text.contains(['{', '$'])
}

/// A shell command as a Python string: `{name}` and `$name` of the notebook's names become those of an f-string.
fn interpolated(command: &str, known: &dyn Fn(&str) -> bool) -> Option<String> {
    let mut parts: Vec<(String, Option<&str>)> = Vec::new();
    let mut text = String::new();
    let mut rest = command;
    while let Some(at) = rest.find(['{', '$']) {
        let (before, from) = rest.split_at_checked(at)?;
        text.push_str(before);
        let braced = from.starts_with('{');
        let inner = from.get(1..)?;
        let end = inner
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(inner.len());
        let (name, after) = inner.split_at_checked(end)?;
        if !known(name) {
            text.push_str(from.get(..1)?);
            rest = inner;
            continue;
        }
        // `{rows[0]}` and `$obj.name` are expressions, which only the kernel evaluates
        let whole = if braced {
            after.starts_with('}')
        } else {
            !after.starts_with('.')
        };
        if !whole {
            return None;
        }
        parts.push((std::mem::take(&mut text), Some(name)));
        rest = after.get(usize::from(braced)..)?;
    }
    text.push_str(rest);
    if parts.is_empty() {
        return Some(literal(&text));
    }
    parts.push((text, None));
    let mut out = String::from("f\"");
    for (text, name) in &parts {
        let quoted = literal(text);
        let body = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
        out.push_str(&body.replace('{', "{{").replace('}', "}}"));
        if let Some(name) = name {
            out.push_str(&format!("{{{name}}}"));
        }
    }
    out.push('"');
    Some(out)
}
