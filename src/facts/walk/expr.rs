//! Expressions: reads, calls, mutations, and what reads names by text.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprCall, ExprContext};
use ruff_text_size::{Ranged, TextRange};

use crate::python::{MagicKind, classify};

use super::super::effects::{Effect, call_effect, dotted, root_name};
use super::super::model::{BindKind, Reflection};
use super::super::strings;
use super::Walker;

impl Walker<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(name) => match name.ctx {
                ExprContext::Store => self.bind(name.id.as_str(), name.range, BindKind::Assign),
                ExprContext::Del => self.delete(name.id.as_str(), name.range),
                _ => self.read(name.id.as_str(), name.range, false, false),
            },
            Expr::Attribute(attribute) => {
                if matches!(attribute.ctx, ExprContext::Store | ExprContext::Del) {
                    self.change_root(expr);
                }
                self.ask(attribute.attr.as_str(), attribute.attr.range());
                self.visit_expr(&attribute.value);
            }
            Expr::Subscript(subscript) => {
                if matches!(subscript.ctx, ExprContext::Store | ExprContext::Del) {
                    self.change_root(expr);
                    self.namespace_item(&subscript.value, &subscript.slice);
                }
                walk_expr(self, expr);
            }
            Expr::Named(named) => {
                self.visit_expr(&named.value);
                if let Expr::Name(name) = named.target.as_ref() {
                    self.bind(name.id.as_str(), name.range, BindKind::Walrus);
                }
            }
            Expr::BoolOp(bool_op) => {
                if let Some((first, rest)) = bool_op.values.split_first() {
                    self.visit_expr(first);
                    self.maybe_exprs(rest);
                }
            }
            Expr::If(conditional) => {
                self.visit_expr(&conditional.test);
                let then = self.branch(|walker| walker.visit_expr(&conditional.body));
                let otherwise = self.branch(|walker| walker.visit_expr(&conditional.orelse));
                self.state = then.join(otherwise);
            }
            Expr::Lambda(lambda) => self.lambda(lambda, false),
            Expr::ListComp(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::SetComp(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::DictComp(comp) => {
                let elements: Vec<&Expr> = comp.key.as_deref().into_iter().chain([comp.value.as_ref()]).collect();
                self.comprehension(&comp.generators, &elements);
            }
            Expr::Generator(generator) => {
                self.generator(&generator.generators, &generator.elt, generator.range, false);
            }
            Expr::Call(call) => self.call(call),
            Expr::Await(await_expr) => {
                self.out.awaits |= self.deferred.is_none();
                self.visit_expr(&await_expr.value);
            }
            Expr::IpyEscapeCommand(command) => {
                let (kind, name, arguments, _) = classify(command.kind, &command.value);
                if kind == MagicKind::Line {
                    self.unwritten(|unwritten, names| unwritten.magic(kind, name, arguments, names));
                }
                self.read_text(&strings::interpolated(arguments), command.range);
            }
            _ => walk_expr(self, expr),
        }
    }

    /// Values of which each may stay unevaluated.
    fn maybe_exprs(&mut self, values: &[Expr]) {
        let before = self.state.clone();
        self.conditionally(|walker| {
            for value in values {
                walker.visit_expr(value);
            }
        });
        let after = std::mem::take(&mut self.state);
        self.state = before.or_partly(&after);
    }

    fn change_root(&mut self, target: &Expr) {
        if let Some(root) = root_name(target) {
            self.change(root);
        }
    }

    fn mutate_root(&mut self, target: &Expr) {
        if let Some(root) = root_name(target) {
            self.mutate(root);
        }
    }

    fn call(&mut self, call: &ExprCall) {
        self.reflective_call(call);
        self.binding_call(call);
        self.text_arguments(call);
        match call.func.as_ref() {
            Expr::Name(name) => self.read(name.id.as_str(), name.range, true, false),
            func => self.visit_expr(func),
        }
        let callee = callee_name(call);
        for argument in call.arguments.iter_source_order() {
            match argument.value() {
                Expr::Generator(generator) if CONSUMERS.contains(&callee) => {
                    self.generator(&generator.generators, &generator.elt, generator.range, true);
                }
                Expr::Lambda(lambda) => self.lambda(lambda, RUN_AT_ONCE.contains(&callee)),
                value => self.visit_expr(value),
            }
        }
        self.call_mutations(call);
    }

    fn call_mutations(&mut self, call: &ExprCall) {
        let is_user = |name: &str| self.is_value(name);
        let effect = call_effect(call, &self.facts.imports, &is_user);
        if !matches!(effect, Effect::Mutate | Effect::Unknown) {
            return;
        }
        if let Expr::Attribute(attribute) = call.func.as_ref() {
            match effect {
                Effect::Mutate => self.change_root(&attribute.value),
                _ => self.mutate_root(&attribute.value),
            }
        }
        let unknown = effect == Effect::Unknown || !matches!(call.func.as_ref(), Expr::Attribute(_));
        if unknown {
            for argument in call.arguments.iter_source_order() {
                self.mutate_root(argument.value());
            }
        }
    }

    fn reflective_call(&mut self, call: &ExprCall) {
        let Some(path) = dotted(&call.func, &self.facts.imports) else {
            return;
        };
        let no_arguments = call.arguments.is_empty();
        match path.as_str() {
            "globals" | "locals" => self.reflect(Reflection::Namespace),
            "vars" | "dir" if no_arguments => self.reflect(Reflection::Namespace),
            "exec" | "eval" | "execfile" => {
                if path != "eval" {
                    self.unwritten(|unwritten, _| unwritten.may_bind(&path));
                }
                self.reflect(Reflection::Execute);
                self.out.binds_unknown |= path != "eval" && self.deferred.is_none();
            }
            "inspect.currentframe" | "inspect.stack" | "sys._getframe" => self.reflect(Reflection::Frame),
            "get_ipython" => self.reflect(Reflection::Kernel),
            _ => {}
        }
    }

    /// `globals()["x"] = …` binds `x`; with a key that isn't plain text it may bind anything.
    fn namespace_item(&mut self, value: &Expr, key: &Expr) {
        if !is_namespace(value) {
            return;
        }
        self.unwritten(|unwritten, names| match key {
            Expr::StringLiteral(literal) => unwritten.names.push(names.intern(literal.value.to_str())),
            _ => unwritten.may_bind("globals()[…] ="),
        });
    }

    /// Calls that bind names by text: `globals().update(…)`, `get_ipython().run_line_magic("run", "x.py")`.
    fn binding_call(&mut self, call: &ExprCall) {
        let Expr::Attribute(attribute) = call.func.as_ref() else {
            return;
        };
        let method = attribute.attr.as_str();
        if is_namespace(&attribute.value) && ["update", "setdefault"].contains(&method) {
            self.unwritten(|unwritten, _| unwritten.may_bind("globals().update"));
            return;
        }
        let shell = matches!(attribute.value.as_ref(), Expr::Call(inner)
            if matches!(inner.func.as_ref(), Expr::Name(name) if name.id.as_str() == "get_ipython"));
        if !shell {
            return;
        }
        let text = |at: usize| match call.arguments.args.get(at) {
            Some(Expr::StringLiteral(literal)) => Some(literal.value.to_str()),
            _ => None,
        };
        let (name, arguments) = match method {
            "magic" => match text(0).map(|line| line.trim_start_matches('%')) {
                Some(line) => line.split_once(char::is_whitespace).unwrap_or((line, "")),
                None => ("magic", ""),
            },
            "run_line_magic" => (text(0).unwrap_or("magic"), text(1).unwrap_or_default()),
            "push" | "run_cell" | "ex" | "safe_execfile" | "run_code" => {
                self.unwritten(|unwritten, _| unwritten.may_bind(&format!("get_ipython().{method}")));
                return;
            }
            _ => return,
        };
        let (name, arguments) = (name.to_owned(), arguments.to_owned());
        self.unwritten(|unwritten, names| unwritten.magic(MagicKind::Line, &name, &arguments, names));
    }

    /// Names in strings that the called function reads from its caller's namespace.
    fn text_arguments(&mut self, call: &ExprCall) {
        let callee = callee_name(call);
        let strings = call
            .arguments
            .iter_source_order()
            .filter_map(|argument| match argument.value() {
                Expr::StringLiteral(literal) => Some((literal.value.to_str().to_owned(), literal.range())),
                _ => None,
            });
        let found: Vec<(String, TextRange)> = match callee {
            "query" | "eval" => strings
                .flat_map(|(text, range)| strings::query_names(&text).into_iter().map(move |name| (name, range)))
                .collect(),
            _ if FORMULAS.contains(&callee) => strings
                .filter(|(text, _)| text.contains('~') || callee == "dmatrix")
                .flat_map(|(text, range)| strings::identifiers(&text).into_iter().map(move |name| (name, range)))
                .collect(),
            "sql" | "sqldf" => strings
                .flat_map(|(text, range)| strings::identifiers(&text).into_iter().map(move |name| (name, range)))
                .collect(),
            _ => return,
        };
        // a formula's words are columns more often than names: only what the notebook has bound is a name
        for (name, range) in found {
            if callee == "query" || self.is_bound(&name) {
                self.read(&name, range, false, true);
            }
        }
    }

    /// Whether the notebook has bound `name` to a value so far, this statement included.
    fn is_value(&self, name: &str) -> bool {
        let here = |id| {
            self.out
                .binds
                .iter()
                .any(|b| b.name == id && !matches!(b.kind, BindKind::Import { .. }))
        };
        self.facts.is_value(name) || self.facts.names.find(name).is_some_and(here)
    }

    fn is_bound(&self, name: &str) -> bool {
        self.facts
            .names
            .find(name)
            .is_some_and(|id| self.facts.seen.contains_key(&id))
    }

    pub(super) fn read_text(&mut self, names: &[String], range: TextRange) {
        for name in names {
            if self.is_bound(name) {
                self.read(name, range, false, true);
            }
        }
    }
}

/// Functions and methods that consume a generator before they return.
const CONSUMERS: &[&str] = &[
    "all",
    "any",
    "array",
    "dict",
    "extend",
    "frozenset",
    "join",
    "list",
    "max",
    "mean",
    "min",
    "next",
    "set",
    "sorted",
    "sum",
    "tuple",
    "update",
    "Counter",
    "concat",
    "hstack",
    "vstack",
    "DataFrame",
    "Series",
];

/// Functions and methods that call the function that they are given before they return, and don't keep it.
const RUN_AT_ONCE: &[&str] = &[
    "apply",
    "applymap",
    "assign",
    "agg",
    "aggregate",
    "transform",
    "pipe",
    "sorted",
    "sort",
    "min",
    "max",
    "reduce",
    "where",
    "mask",
    "rename",
    "groupby",
    "sort_values",
    "fromiter",
    "fromfunction",
];

/// Functions that read the names of a formula from the frame that calls them (patsy, formulaic, statsmodels).
const FORMULAS: &[&str] = &[
    "ols",
    "wls",
    "gls",
    "glm",
    "logit",
    "probit",
    "poisson",
    "mnlogit",
    "mixedlm",
    "rlm",
    "quantreg",
    "gee",
    "phreg",
    "from_formula",
    "dmatrix",
    "dmatrices",
    "model_matrix",
    "negativebinomial",
];

/// The last part of the called name.
fn callee_name(call: &ExprCall) -> &str {
    match call.func.as_ref() {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "",
    }
}

/// `globals()`, `locals()`, `vars()` and the shell's own dictionary of the notebook's names.
fn is_namespace(expr: &Expr) -> bool {
    match expr {
        Expr::Call(call) => matches!(call.func.as_ref(), Expr::Name(name)
            if ["globals", "locals", "vars"].contains(&name.id.as_str())),
        Expr::Attribute(attribute) => ["user_ns", "user_global_ns"].contains(&attribute.attr.as_str()),
        _ => false,
    }
}
