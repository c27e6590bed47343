//! Magics and shell escapes as Python, where there is Python that does the same.

use ruff_python_ast::IpyEscapeKind;

use crate::python::{Effect, MagicKind, classify};

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
pub(super) fn translate(kind: IpyEscapeKind, value: &str, assigned: bool) -> Translation {
    let (magic_kind, name, arguments, effect) = classify(kind, value);
    match (magic_kind, effect) {
        (MagicKind::Help, _) => Translation::Drop("shows help"),
        (_, Effect::Install) => Translation::Drop("installs packages: they are dependencies now"),
        (MagicKind::Shell, _) => shell(arguments, assigned),
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
        (_, Effect::Shell) if ["sx", "system"].contains(&name) => shell(arguments, assigned),
        (_, Effect::Shell) if !assigned && ["ls", "ll", "cat", "less", "more", "man"].contains(&name) => {
            Translation::Drop("only displays")
        }
        (_, Effect::Shell) => shell(&format!("{name} {arguments}"), assigned),
        _ => Translation::None(format!("the magic %{name}")),
    }
}

fn environment(arguments: &str, assigned: bool) -> Translation {
    let split = arguments.split_once('=').or_else(|| arguments.split_once(char::is_whitespace));
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

fn shell(command: &str, assigned: bool) -> Translation {
    let Some(command) = interpolated(command) else {
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

/// A shell command as a Python string: `{name}` and `$name` of plain names become those of an f-string.
fn interpolated(command: &str) -> Option<String> {
    if is_plain(command) {
        return Some(literal(command));
    }
    let mut out = String::from("f");
    let mut text = String::new();
    let mut rest = command;
    while let Some(at) = rest.find(['{', '$']) {
        let (before, from) = rest.split_at_checked(at)?;
        text.push_str(before);
        let (open, close) = if from.starts_with('{') { (1, "}") } else { (1, "") };
        let inner = from.get(open..)?;
        let end = inner.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(inner.len());
        let name = inner.get(..end)?;
        let legal = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        let after = inner.get(end..)?;
        if !legal || !after.starts_with(close) || (close.is_empty() && after.starts_with('.')) {
            return None;
        }
        text.push('\u{1}');
        text.push_str(name);
        text.push('\u{2}');
        rest = after.get(close.len()..)?;
    }
    text.push_str(rest);
    if text.contains(['{', '}']) {
        return None;
    }
    out.push_str(&literal(&text).replace("\\x01", "{").replace("\\x02", "}").replace('\u{1}', "{").replace('\u{2}', "}"));
    Some(out)
}

/// `text` as a Python string literal.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => out.push_str(&format!("\\x{:02x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
