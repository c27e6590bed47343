//! Expressions: reads, calls and mutations.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{ArgOrKeyword, Expr, ExprCall, ExprContext};
use ruff_text_size::{Ranged, TextRange};

use super::super::effects::{Effect, call_effect, root_name};
use super::super::io::{appends, file_call};
use super::super::model::{BindKind, FileUse, Receiver, Role};
use super::super::strings;
use super::{Resolved, Walker};

impl Walker<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(name) => match name.ctx {
                ExprContext::Store => self.bind(name.id.as_str(), name.range, BindKind::Assign),
                ExprContext::Del => self.delete(name.id.as_str(), name.range),
                _ => self.read(name.id.as_str(), name.range, Role::Plain),
            },
            Expr::Attribute(attribute) => {
                if matches!(attribute.ctx, ExprContext::Store | ExprContext::Del) {
                    self.change_root(expr);
                    self.module_attribute(attribute);
                }
                let receiver = self.receiver(&attribute.value);
                self.ask(receiver, attribute.attr.as_str(), attribute.attr.range());
                self.visit_expr(&attribute.value);
            }
            Expr::Subscript(subscript) => {
                if matches!(subscript.ctx, ExprContext::Store | ExprContext::Del) {
                    self.change_root(expr);
                    self.namespace_item(&subscript.value, &subscript.slice);
                } else {
                    self.ask_for(&subscript.value, &["__getitem__"]);
                }
                walk_expr(self, expr);
            }
            Expr::Compare(compare) => {
                self.asked_name(compare);
                walk_expr(self, expr);
            }
            Expr::Starred(starred) => self.consume(&starred.value),
            Expr::YieldFrom(from) => self.consume(&from.value),
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
                if let Some(on) = self.truth(&conditional.test) {
                    let (live, off) = if on {
                        (&conditional.body, &conditional.orelse)
                    } else {
                        (&conditional.orelse, &conditional.body)
                    };
                    self.visit_expr(live);
                    // what is switched off harms nobody, and is read all the same where the text goes elsewhere
                    self.guarded += 1;
                    self.optional += 1;
                    let _ = self.branch(|walker| walker.visit_expr(off));
                    self.optional -= 1;
                    self.guarded -= 1;
                    return;
                }
                self.optional += 1;
                let then = self.branch(|walker| walker.visit_expr(&conditional.body));
                let otherwise = self.branch(|walker| walker.visit_expr(&conditional.orelse));
                self.optional -= 1;
                self.state = then.join(otherwise);
            }
            Expr::Lambda(lambda) => self.lambda(lambda, Runs::Later),
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
                self.consume(&await_expr.value);
            }
            Expr::IpyEscapeCommand(command) => self.escape(command.kind, &command.value, command.range),
            _ => walk_expr(self, expr),
        }
    }

    /// Values of which each may stay unevaluated.
    fn maybe_exprs(&mut self, values: &[Expr]) {
        let before = self.state.clone();
        self.optionally(|walker| {
            for value in values {
                walker.visit_expr(value);
            }
        });
        let after = std::mem::take(&mut self.state);
        self.state = before.or_partly(&after);
    }

    /// What is gone through, awaited or unpacked where it stands.
    pub(super) fn consume(&mut self, expr: &Expr) {
        match expr {
            Expr::Call(call) => {
                self.ask_for(expr, &["__iter__", "__next__"]);
                self.call_role = Role::Consumed;
                self.call(call);
            }
            Expr::Generator(generator) => {
                self.generator(&generator.generators, &generator.elt, generator.range, true);
            }
            _ => {
                self.ask_for(expr, &["__iter__", "__next__"]);
                self.visit_expr(expr);
            }
        }
    }

    /// Whose attribute `value.name` is.
    fn receiver(&mut self, value: &Expr) -> Receiver {
        match value {
            Expr::Name(name) if self.own.as_deref() == Some(name.id.as_str()) => Receiver::Own,
            Expr::Name(name) => match self.resolve(name.id.as_str()) {
                Resolved::Notebook(id) => Receiver::Name(id),
                Resolved::Own => Receiver::Unknown,
            },
            Expr::Call(call) => match call.func.as_ref() {
                Expr::Name(name) if name.id.as_str() == "super" => Receiver::Base,
                Expr::Name(name) => match self.resolve(name.id.as_str()) {
                    Resolved::Notebook(id) => Receiver::New(id),
                    Resolved::Own => Receiver::Unknown,
                },
                _ => Receiver::Unknown,
            },
            _ => Receiver::Unknown,
        }
    }

    /// Notes the special methods that Python calls on a value, where it may be an object of the notebook's own classes.
    pub(super) fn ask_for(&mut self, value: &Expr, methods: &[&str]) {
        let receiver = self.receiver(value);
        if matches!(receiver, Receiver::Name(_) | Receiver::New(_)) {
            for method in methods {
                self.ask(receiver, method, value.range());
            }
        }
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
        let role = std::mem::replace(&mut self.call_role, Role::Called);
        self.code_in_text(call);
        self.shell_call(call);
        self.text_arguments(call);
        match call.func.as_ref() {
            Expr::Name(name) => self.read(name.id.as_str(), name.range, role),
            func => self.visit_expr(func),
        }
        let callee = callee_name(call);
        let runs = self.runs(call, role);
        for (at, argument) in call.arguments.iter_source_order().enumerate() {
            match argument.value() {
                Expr::Generator(generator) if CONSUMERS.contains(&callee) => {
                    self.generator(&generator.generators, &generator.elt, generator.range, true);
                }
                Expr::Call(inner) => {
                    let goes_through = CONSUMERS.contains(&callee) || AWAITERS.contains(&callee);
                    self.call_role = if goes_through { Role::Consumed } else { Role::Handed };
                    self.call(inner);
                }
                Expr::Lambda(lambda) => self.lambda(lambda, runs),
                Expr::Name(name) => {
                    let is_function = match argument {
                        ArgOrKeyword::Arg(_) => at == 0 && !["sorted", "min", "max"].contains(&callee),
                        ArgOrKeyword::Keyword(keyword) => keyword.arg.as_ref().is_some_and(|arg| arg == "key"),
                    };
                    let role = match runs {
                        Runs::Here if is_function => Role::Called,
                        _ if is_keeper(callee) => Role::Kept,
                        _ => Role::Passed,
                    };
                    self.read(name.id.as_str(), name.range, role);
                }
                value => self.visit_expr(value),
            }
            if ["len", "iter", "next", "print", "str", "repr", "display"].contains(&callee) {
                let methods = ["__len__", "__iter__", "__next__", "__str__", "__repr__"];
                self.ask_for(argument.value(), &methods);
            }
        }
        self.call_mutations(call);
        self.file(call);
    }

    /// Notes the file that a call reads or writes where it stands.
    fn file(&mut self, call: &ExprCall) {
        if self.deferred.is_some() || self.text.is_some() {
            return;
        }
        let Some((found, path)) = file_call(call, &self.facts.imports) else {
            return;
        };
        self.out.files.push(FileUse {
            path: self.facts.names.intern(&path),
            range: found.range,
            direction: found.direction,
            partly: self.conditional > 0 || self.guarded > 0 || appends(call),
        });
    }

    /// What a call does with a function that it is given.
    fn runs(&self, call: &ExprCall, role: Role) -> Runs {
        let callee = callee_name(call);
        let plain = matches!(call.func.as_ref(), Expr::Name(_)) && !self.is_value(callee);
        let lazy = ["map", "filter"].contains(&callee);
        match callee {
            "sorted" | "min" | "max" | "reduce" if plain => Runs::Here,
            _ if plain && lazy && role == Role::Consumed => Runs::Here,
            _ if RUN_AT_ONCE.contains(&callee) => Runs::Likely,
            _ => Runs::Later,
        }
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
                self.read_as(&name, range, Role::Plain, true);
            }
        }
    }

    /// Whether the notebook has bound `name` to a value so far, this statement included.
    pub(super) fn is_value(&self, name: &str) -> bool {
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
                self.read_as(name, range, Role::Plain, true);
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

/// Functions that run the coroutines that they are given.
const AWAITERS: &[&str] = &[
    "as_completed",
    "create_task",
    "ensure_future",
    "gather",
    "run",
    "run_until_complete",
    "wait",
    "wait_for",
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

/// Functions and methods that keep the function that they are given, and call it when something happens.
const KEEPERS: &[&str] = &[
    "Process",
    "Thread",
    "Timer",
    "add_callback",
    "add_done_callback",
    "bind",
    "classmethod",
    "connect",
    "lru_cache",
    "observe",
    "partial",
    "property",
    "staticmethod",
    "update_wrapper",
    "vectorize",
    "wraps",
];

fn is_keeper(callee: &str) -> bool {
    KEEPERS.contains(&callee)
        || ["on_", "register", "set_"]
            .iter()
            .any(|start| callee.starts_with(start))
}

/// When the function that a call is given runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// Before the call returns.
    Here,
    /// Before the call returns, if the called method is the one that is known by its name.
    Likely,
    /// Who knows.
    Later,
}

/// The last part of the called name.
pub(super) fn callee_name(call: &ExprCall) -> &str {
    match call.func.as_ref() {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "",
    }
}
