//! Magics and shell escapes as Python, where there is Python that does the same.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_parameter};
use ruff_python_ast::{Expr, IpyEscapeKind, Parameter, Stmt};

use crate::facts::Facts;
use crate::python::{Effect, MagicKind, classify, is_builtin, string_literal as literal};

use super::modules::names_read;
use super::pieces::Piece;

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

/// The translation of a command of `piece` that stands as a statement, or as a value where `assigned`.
///
/// The kernel puts the values of names that are bound by then into commands, and leaves other words alone.
pub(super) fn translate(
    facts: &Facts,
    piece: &Piece<'_>,
    kind: IpyEscapeKind,
    value: &str,
    assigned: bool,
) -> Translation {
    let (magic_kind, name, arguments, effect) = classify(facts.magics(), kind, value);
    let known = &|name: &str| is_bound_by_then(facts, piece, name);
    match (magic_kind, effect) {
        (MagicKind::Help, _) => Translation::Drop("shows help"),
        (_, Effect::Install) => Translation::Drop("installs packages: they are dependencies now"),
        (MagicKind::Shell, _) => shell(arguments, assigned, known),
        (MagicKind::AutoCall, _) => Translation::None("a call without parentheses".to_owned()),
        (_, Effect::SetUp) => Translation::Drop("configures the notebook session"),
        (_, Effect::Show) => Translation::Drop("only displays"),
        (_, Effect::Debug) => Translation::Drop("starts a debugger"),
        (_, Effect::BindsNames) if name == "store" && !assigned && !restores(arguments) => {
            Translation::Drop("saves a value for other notebooks: the package returns it")
        }
        (_, Effect::OwnNamespace) if !assigned => Translation::Drop("a benchmark: it binds nothing"),
        (_, Effect::Directory) if name == "cd" && !assigned && is_plain(arguments) => Translation::Statement {
            code: format!("os.chdir({})", literal(arguments.trim_matches(['"', '\'']))),
            import: "os",
        },
        (_, Effect::BindsNames) if name == "run" && !assigned && is_script(arguments) => {
            script(&format!("run_path({}", literal(arguments)))
        }
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

/// What `%run` does: a script runs as a program would, and the notebook has its names afterwards.
pub(super) fn script(call: &str) -> Translation {
    Translation::Statement {
        code: format!(
            "globals().update({{k: v for k, v in runpy.{call}, run_name=\"__main__\").items() if k[:2] != \"__\"}})"
        ),
        import: "runpy",
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

/// Whether the piece reads a notebook name that a cell above has bound, or binds the name itself.
fn is_bound_by_then(facts: &Facts, piece: &Piece<'_>, name: &str) -> bool {
    let outside = facts
        .names
        .find(name)
        .filter(|_| facts.is_value(name))
        .is_some_and(|id| {
            names_read(facts, piece).contains(&id) || piece.facts.binds.iter().any(|bind| bind.name == id)
        });
    outside || is_local(piece.stmt, name)
}

/// Whether a function or class binds the name inside.
fn is_local(stmt: &Stmt, name: &str) -> bool {
    let mut finder = Inside { name, found: false };
    match stmt {
        Stmt::FunctionDef(def) => {
            finder.visit_parameters(&def.parameters);
            finder.visit_body(&def.body);
        }
        Stmt::ClassDef(def) => finder.visit_body(&def.body),
        _ => {}
    }
    finder.found
}

struct Inside<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> Visitor<'a> for Inside<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found |= matches!(expr, Expr::Name(name) if name.ctx.is_store() && name.id.as_str() == self.name);
        walk_expr(self, expr);
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.found |= parameter.name.as_str() == self.name;
        walk_parameter(self, parameter);
    }
}

/// Whether `%run` is given one Python file and nothing else.
fn is_script(arguments: &str) -> bool {
    arguments.ends_with(".py") && is_plain(arguments) && !arguments.contains(char::is_whitespace)
}

/// Whether `%store` brings values back, or lists or forgets what it has.
fn restores(arguments: &str) -> bool {
    arguments
        .split_whitespace()
        .next()
        .is_none_or(|word| word.starts_with('-'))
}

/// Whether IPython leaves the text as it is.
fn is_plain(text: &str) -> bool {
    !text.contains(['{', '$'])
}

/// A shell command as a Python string: what the kernel would put in for `{expression}` and `$name` becomes an f-string.
///
/// `None` where that can't be told: an expression that an f-string can't hold.
fn interpolated(command: &str, known: &dyn Fn(&str) -> bool) -> Option<String> {
    let mut out = String::from("f\"");
    let mut any = false;
    let mut rest = command;
    while let Some(at) = rest.find(['{', '$']) {
        let (before, from) = rest.split_at_checked(at)?;
        out.push_str(&f_string_text(before));
        let Some((expression, len)) = expression(from, known) else {
            let (mark, after) = from.split_at_checked(1)?;
            out.push_str(&f_string_text(mark));
            rest = after;
            continue;
        };
        // before Python 3.12 an expression in an f-string can hold neither its quotes nor a backslash
        if expression.contains(['"', '\\', '#', '\n']) {
            return None;
        }
        any = true;
        out.push_str(&format!("{{{expression}}}"));
        rest = from.get(len..)?;
    }
    if !any {
        return Some(literal(command));
    }
    out.push_str(&f_string_text(rest));
    out.push('"');
    Some(out)
}

fn f_string_text(text: &str) -> String {
    let quoted = literal(text);
    let inner = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    inner.replace('{', "{{").replace('}', "}}")
}

/// The expression that the kernel would evaluate at the start of `text`, and how many bytes it takes with its marks.
/// Words that the notebook does not bind are the shell's, as in `awk '{print $1}'`.
fn expression<'t>(text: &'t str, known: &dyn Fn(&str) -> bool) -> Option<(&'t str, usize)> {
    let inner = text.get(1..)?;
    if text.starts_with('$') {
        let end = inner
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .unwrap_or(inner.len());
        let path = inner.get(..end)?.trim_end_matches('.');
        let root = path.split('.').next()?;
        return known(root).then_some((path, 1 + path.len()));
    }
    let end = inner.find('}')?;
    let body = inner.get(..end)?;
    let parsed = ruff_python_parser::parse_expression(body.split('!').next()?).ok()?;
    let mut names = Names {
        known,
        all: true,
        any: false,
    };
    names.visit_expr(parsed.expr());
    (names.all && names.any).then_some((body, end + 2))
}

struct Names<'n> {
    known: &'n dyn Fn(&str) -> bool,
    all: bool,
    any: bool,
}

impl<'a> Visitor<'a> for Names<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            let known = (self.known)(name.id.as_str());
            self.any |= known;
            self.all &= known || is_builtin(name.id.as_str());
        }
        walk_expr(self, expr);
    }
}
