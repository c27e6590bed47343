//! Code and names in strings and magics: `exec`, `eval`, `globals()["x"]`, the kernel's own methods, escape commands.

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{
    Expr, ExprAttribute, ExprCall, ExprCompare, FStringPart, InterpolatedStringElement, IpyEscapeKind,
};
use ruff_text_size::{Ranged, TextRange};

use crate::python::{Effect as MagicEffect, MagicKind, classify, parse_snippet, skip_options};

use super::super::effects::dotted;
use super::super::model::{Reflection, Role};
use super::super::names::NameId;
use super::super::strings;
use super::super::unwritten::Grip;
use super::Walker;

/// A string whose code is walked.
pub(super) struct Text {
    /// Where the string stands: all that its code reads is read there.
    pub range: TextRange,
    /// Whether what it binds is the notebook's.
    pub binds: bool,
    /// What it has bound so far.
    pub bound: Vec<NameId>,
}

impl Walker<'_> {
    /// A magic or shell escape, as a statement or as a value.
    pub(super) fn escape(&mut self, kind: IpyEscapeKind, value: &str, range: TextRange) {
        let (kind, name, arguments, effect) = classify(&self.facts.magics, kind, value);
        match kind {
            MagicKind::Line | MagicKind::Cell => {
                self.unwritten(|unwritten, facts| unwritten.magic(kind, name, arguments, facts));
                if effect == MagicEffect::OwnNamespace {
                    self.code(skip_options(arguments), range, false);
                }
            }
            MagicKind::AutoCall => {
                let callee = arguments.split_whitespace().next().unwrap_or_default();
                if callee.chars().all(|c| c.is_alphanumeric() || c == '_') && !callee.is_empty() {
                    self.read_as(callee, range, Role::Called, true);
                }
            }
            MagicKind::Shell | MagicKind::Help => {}
        }
        self.read_text(&strings::interpolated(arguments), range);
    }

    /// Walks the code of a string, if it is Python.
    fn code(&mut self, source: &str, range: TextRange, binds: bool) {
        let Some(parsed) = parse_snippet(source).filter(|_| self.text.is_none()) else {
            return;
        };
        self.text = Some(Text {
            range,
            binds,
            bound: Vec::new(),
        });
        for stmt in &parsed.syntax().body {
            self.visit_stmt(stmt);
        }
        self.text = None;
    }

    /// A name that the code of a string binds.
    pub(super) fn bind_in_text(&mut self, name: NameId) {
        let certain = self.conditional == 0;
        let Some(text) = &mut self.text else { return };
        text.bound.push(name);
        if text.binds {
            self.unwritten(|unwritten, _| {
                let to = if certain {
                    &mut unwritten.names
                } else {
                    &mut unwritten.maybe
                };
                to.push(name);
            });
        }
    }

    /// Calls that read or bind names by text: `exec`, `eval`, `globals()`, frames.
    pub(super) fn code_in_text(&mut self, call: &ExprCall) {
        let Some(path) = dotted(&call.func, &self.facts.imports) else {
            return;
        };
        let no_arguments = call.arguments.is_empty();
        match path.as_str() {
            "globals" | "locals" => self.reflect(Reflection::Namespace),
            "vars" | "dir" if no_arguments => self.reflect(Reflection::Namespace),
            "exec" | "eval" | "execfile" => {
                self.reflect(Reflection::Execute);
                self.out.binds_unknown |= path != "eval" && self.deferred.is_none();
                self.execute(call, &path);
            }
            "setattr" => self.set_attribute(call),
            "inspect.currentframe" | "inspect.stack" | "sys._getframe" => self.reflect(Reflection::Frame),
            "get_ipython" | "IPython.get_ipython" => self.reflect(Reflection::Kernel),
            _ => {}
        }
    }

    fn execute(&mut self, call: &ExprCall, path: &str) {
        let mut arguments = call.arguments.args.iter();
        let (code, namespace) = (arguments.next(), arguments.next());
        let keyword = call.arguments.keywords.first().map(|keyword| &keyword.value);
        let namespace = namespace.or(keyword);
        // in a namespace of its own it neither reads nor binds the notebook's names
        if namespace.is_some_and(|namespace| !is_namespace(namespace)) {
            return;
        }
        // what it binds in a function's own namespace is gone when that returns
        let binds = path != "eval" && (self.deferred.is_none() || namespace.is_some());
        match code {
            Some(Expr::StringLiteral(literal)) if path != "execfile" => {
                self.code(literal.value.to_str(), literal.range(), binds);
            }
            Some(code) if binds => {
                let grip = assigned_by(code).unwrap_or(Grip::Anything);
                self.unwritten(|unwritten, _| unwritten.may(path, grip));
            }
            _ => {}
        }
    }

    /// `globals()["x"] = …` binds `x`; with a key that isn't plain text it may bind more.
    pub(super) fn namespace_item(&mut self, value: &Expr, key: &Expr) {
        if !is_namespace(value) {
            return;
        }
        self.unwritten(|unwritten, facts| match key {
            Expr::StringLiteral(literal) => unwritten.names.push(facts.names.intern(literal.value.to_str())),
            _ => unwritten.may("globals()[…] =", shape(key).unwrap_or(Grip::Anything)),
        });
    }

    /// `builtins.x = …`: the name is there from then on.
    pub(super) fn module_attribute(&mut self, attribute: &ExprAttribute) {
        let path = dotted(&attribute.value, &self.facts.imports);
        if path.is_some_and(|path| ["builtins", "__builtin__", "__builtins__", "__main__"].contains(&path.as_str())) {
            self.unwritten(|unwritten, facts| unwritten.names.push(facts.names.intern(attribute.attr.as_str())));
        }
    }

    /// `setattr(builtins, "x", …)`, `setattr(sys.modules["__main__"], …)`
    fn set_attribute(&mut self, call: &ExprCall) {
        let [module, key, ..] = call.arguments.args.as_ref() else {
            return;
        };
        let path = match module {
            Expr::Subscript(subscript) => dotted(&subscript.value, &self.facts.imports),
            module => dotted(module, &self.facts.imports),
        };
        if path.is_some_and(|path| ["builtins", "__builtins__", "__main__", "sys.modules"].contains(&path.as_str())) {
            self.unwritten(|unwritten, facts| match key {
                Expr::StringLiteral(literal) => unwritten.names.push(facts.names.intern(literal.value.to_str())),
                _ => unwritten.may("setattr", shape(key).unwrap_or(Grip::Anything)),
            });
        }
    }

    /// `"x" in globals()`, `"x" not in dir()`: the notebook asks whether a name is there.
    pub(super) fn asked_name(&mut self, compare: &ExprCompare) {
        let asks = compare.comparators.iter().any(|right| {
            let right = match right {
                // `globals().keys()`
                Expr::Call(call) => match call.func.as_ref() {
                    Expr::Attribute(attribute) => attribute.value.as_ref(),
                    _ => right,
                },
                _ => right,
            };
            is_namespace(right)
        });
        if let (true, Expr::StringLiteral(literal)) = (asks, compare.left.as_ref()) {
            let name = self.facts.names.intern(literal.value.to_str());
            self.out.asks_for.push(name);
        }
    }

    /// Calls of methods of the namespace or the shell: `globals().update(…)`, `get_ipython().run_line_magic("run", …)`.
    pub(super) fn shell_call(&mut self, call: &ExprCall) {
        let Expr::Attribute(attribute) = call.func.as_ref() else {
            return;
        };
        let method = attribute.attr.as_str();
        let text = |at: usize| match call.arguments.args.get(at) {
            Some(Expr::StringLiteral(literal)) => Some(literal.value.to_str()),
            _ => None,
        };
        if is_namespace(&attribute.value) {
            match (method, text(0)) {
                ("update", _) => self.bind_items(call, "globals().update"),
                ("setdefault", Some(name)) => {
                    self.unwritten(|unwritten, facts| unwritten.names.push(facts.names.intern(name)));
                }
                ("setdefault", None) => self.unwritten(|unwritten, _| unwritten.may_bind("globals().setdefault")),
                ("get", Some(name)) => {
                    let name = self.facts.names.intern(name);
                    self.out.asks_for.push(name);
                }
                _ => {}
            }
            return;
        }
        if !self.is_shell(&attribute.value) {
            return;
        }
        let (kind, name, arguments) = match method {
            "magic" => match text(0).map(|line| line.trim_start_matches('%')) {
                Some(line) => {
                    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
                    (MagicKind::Line, name, rest)
                }
                None => (MagicKind::Line, "magic", ""),
            },
            "run_line_magic" => (MagicKind::Line, text(0).unwrap_or("magic"), text(1).unwrap_or_default()),
            "run_cell_magic" => (MagicKind::Cell, text(0).unwrap_or("magic"), text(1).unwrap_or_default()),
            "push" => return self.bind_items(call, "get_ipython().push"),
            "run_cell" | "ex" | "safe_execfile" | "run_code" => {
                let what = format!("get_ipython().{method}");
                match (call.arguments.args.first(), text(0)) {
                    (Some(code), Some(source)) if method != "safe_execfile" => self.code(source, code.range(), true),
                    (Some(code), None) if method != "safe_execfile" => {
                        let grip = assigned_by(code).unwrap_or(Grip::Anything);
                        self.unwritten(|unwritten, _| unwritten.may(&what, grip));
                    }
                    _ => self.unwritten(|unwritten, _| unwritten.may_bind(&what)),
                }
                return;
            }
            _ => return,
        };
        self.unwritten(|unwritten, facts| unwritten.magic(kind, name, arguments, facts));
    }

    /// `globals().update({"x": …}, y=…)`
    fn bind_items(&mut self, call: &ExprCall, what: &str) {
        let keywords = call.arguments.keywords.iter().map(|keyword| keyword.arg.as_ref());
        let mut known: Option<Vec<&str>> = keywords.map(|arg| arg.map(|arg| arg.as_str())).collect();
        for argument in &call.arguments.args {
            let keys: Option<Vec<&str>> = match argument {
                Expr::Dict(dict) => dict.items.iter().map(|item| plain_text(item.key.as_ref()?)).collect(),
                _ => None,
            };
            known = known.zip(keys).map(|(known, keys)| [known, keys].concat());
        }
        self.unwritten(|unwritten, facts| match known {
            Some(known) => unwritten
                .names
                .extend(known.iter().map(|name| facts.names.intern(name))),
            None => unwritten.may_bind(what),
        });
    }

    /// `get_ipython()`, or a name that it was given.
    pub(super) fn is_shell(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Call(call) => {
                let path = dotted(&call.func, &self.facts.imports);
                path.is_some_and(|path| path == "get_ipython" || path.ends_with(".get_ipython"))
            }
            Expr::Name(name) => self.facts.shells.iter().any(|shell| shell == name.id.as_str()),
            _ => false,
        }
    }
}

fn plain_text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::StringLiteral(literal) => Some(literal.value.to_str()),
        _ => None,
    }
}

/// `globals()`, `locals()`, `vars()` and the shell's own dictionary of the notebook's names.
fn is_namespace(expr: &Expr) -> bool {
    match expr {
        Expr::Call(call) => matches!(call.func.as_ref(), Expr::Name(name)
            if ["globals", "locals", "vars", "dir"].contains(&name.id.as_str())),
        Expr::Attribute(attribute) => ["user_ns", "user_global_ns"].contains(&attribute.attr.as_str()),
        _ => false,
    }
}

/// The names that a text made at run time can spell, as far as its fixed ends tell: `f"model_{i}"`, `"model_" + name`.
fn shape(text: &Expr) -> Option<Grip> {
    let (start, end) = fixed_ends(text)?;
    let fits = |c: char| c.is_alphanumeric() || c == '_';
    let plain = start.chars().chain(end.chars()).all(fits);
    (plain && !(start.is_empty() && end.is_empty())).then_some(Grip::Like(start, end))
}

/// The names that code made at run time assigns, where it is one assignment: `f"x_{i} = {value}"`.
fn assigned_by(code: &Expr) -> Option<Grip> {
    let (start, _) = fixed_ends(code)?;
    let fits = |c: char| c.is_alphanumeric() || c == '_';
    let prefix: String = start.chars().take_while(|c| fits(*c)).collect();
    let rest = start.get(prefix.len()..).unwrap_or_default();
    let target = rest.trim_start();
    let one_line = !all_text(code).contains(['\n', ';']);
    match (one_line && !prefix.is_empty(), rest.is_empty(), target.starts_with('=')) {
        // the name goes on with what is put in
        (true, true, _) => Some(Grip::Like(prefix, String::new())),
        (true, false, true) => Some(Grip::Named(prefix)),
        _ => None,
    }
}

/// What a text made at run time begins and ends with.
fn fixed_ends(text: &Expr) -> Option<(String, String)> {
    match text {
        Expr::FString(fstring) => {
            let parts: Vec<Option<&str>> = fstring
                .value
                .iter()
                .flat_map(|part| match part {
                    FStringPart::Literal(literal) => vec![Some(literal.as_ref())],
                    FStringPart::FString(fstring) => fstring.elements.iter().map(literal_element).collect(),
                })
                .collect();
            let end = |part: Option<&Option<&str>>| part.copied().flatten().unwrap_or_default().to_owned();
            Some((end(parts.first()), end(parts.last())))
        }
        Expr::BinOp(sum) => match (sum.op, plain_text(&sum.left)) {
            (ruff_python_ast::Operator::Add, Some(start)) => Some((start.to_owned(), String::new())),
            (ruff_python_ast::Operator::Add, None) => Some((fixed_ends(&sum.left)?.0, String::new())),
            (ruff_python_ast::Operator::Mod, Some(format)) => {
                let start = format.split('%').next().unwrap_or_default();
                Some((start.to_owned(), String::new()))
            }
            _ => None,
        },
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(attribute) if attribute.attr.as_str() == "format" => {
                let start = plain_text(&attribute.value)?.split('{').next().unwrap_or_default();
                Some((start.to_owned(), String::new()))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The fixed parts of a text made at run time.
fn all_text(text: &Expr) -> String {
    struct Parts(String);
    impl<'a> Visitor<'a> for Parts {
        fn visit_expr(&mut self, expr: &'a Expr) {
            match expr {
                Expr::StringLiteral(literal) => self.0.push_str(literal.value.to_str()),
                Expr::FString(fstring) => {
                    let literals = fstring.value.elements().filter_map(literal_element);
                    literals.for_each(|literal| self.0.push_str(literal));
                }
                _ => ruff_python_ast::visitor::walk_expr(self, expr),
            }
        }
    }
    let mut parts = Parts(String::new());
    parts.visit_expr(text);
    parts.0
}

fn literal_element(element: &InterpolatedStringElement) -> Option<&str> {
    match element {
        InterpolatedStringElement::Literal(literal) => Some(literal.as_ref()),
        InterpolatedStringElement::Interpolation(_) => None,
    }
}
