//! What an expression does besides having a value, by `data/functions.tsv` and `data/methods.tsv`.
//!
//! Unknown calls are taken to change everything that they are given.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_comprehension, walk_expr, walk_stmt};
use ruff_python_ast::{Comprehension, Expr, ExprCall, Stmt};
use rustc_hash::FxHashMap;

use crate::python::{CellCode, Table};

static FUNCTIONS: Table = Table::new(include_str!("../../data/functions.tsv"));
static CONSUMERS: Table = Table::new(include_str!("../../data/consumers.tsv"));
static METHODS: Table = Table::new(include_str!("../../data/methods.tsv"));
static SEEDING: Table = Table::new(include_str!("../../data/seeding.tsv"));

/// The names that imports bind anywhere in the notebook, and the dotted path that each stands for.
///
/// A name that two imports bind differently stands for nothing known.
#[derive(Clone, Debug, Default)]
pub struct Imports {
    paths: FxHashMap<String, Option<String>>,
}

impl Imports {
    pub fn collect(cells: &[CellCode]) -> Self {
        let mut this = Self::default();
        for cell in cells {
            if let Some(parsed) = cell.parsed() {
                this.visit_body(&parsed.syntax().body);
            }
        }
        this
    }

    /// The dotted path that `name` was imported as.
    pub fn path(&self, name: &str) -> Option<&str> {
        self.paths.get(name)?.as_deref()
    }

    /// Whether anything is imported from the package, or the package itself.
    pub fn takes_from(&self, package: &str) -> bool {
        let mut paths = self.paths.values().flatten();
        paths.any(|path| path.split('.').next() == Some(package))
    }

    fn add(&mut self, name: &str, path: String) {
        self.paths
            .entry(name.to_owned())
            .and_modify(|known| {
                if known.as_deref() != Some(path.as_str()) {
                    *known = None;
                }
            })
            .or_insert(Some(path));
    }
}

impl<'a> Visitor<'a> for Imports {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let module = alias.name.as_str();
                    match &alias.asname {
                        Some(name) => self.add(name.as_str(), module.to_owned()),
                        None => {
                            let top = module.split('.').next().unwrap_or_default();
                            self.add(top, top.to_owned());
                        }
                    }
                }
            }
            Stmt::ImportFrom(import) if import.level == 0 => {
                let module = import.module.as_ref().map_or("", |m| m.as_str());
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.add(name.as_str(), format!("{module}.{}", alias.name));
                }
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// What a call or an expression does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Has a value and nothing else.
    Pure,
    /// Has a value, and calls the functions that it is given.
    Calls,
    /// Prints or displays.
    Show,
    /// Draws on a figure.
    Plot,
    /// Reads a file, or the clock.
    Read,
    /// Draws random numbers from hidden state.
    Draw,
    /// Sets the state of random numbers.
    Seed,
    /// Writes a file.
    Write,
    /// Changes its receiver or its arguments.
    Mutate,
    /// Not known.
    Unknown,
}

fn effect_named(name: &str) -> Effect {
    match name {
        "pure" => Effect::Pure,
        "show" => Effect::Show,
        "plot" => Effect::Plot,
        "read" | "clock" => Effect::Read,
        "calls" => Effect::Calls,
        "draw" => Effect::Draw,
        "seed" => Effect::Seed,
        "write" => Effect::Write,
        "mutate" | "mutate-arg" => Effect::Mutate,
        _ => Effect::Unknown,
    }
}

/// The dotted path of `np.random.rand` as the imports make it: `numpy.random.rand`. A bare name that no import
/// binds is itself.
pub fn dotted(expr: &Expr, imports: &Imports) -> Option<String> {
    match expr {
        Expr::Name(name) => {
            let id = name.id.as_str();
            Some(imports.path(id).unwrap_or(id).to_owned())
        }
        Expr::Attribute(attribute) => {
            let root = root_name(expr)?;
            imports.path(root)?;
            Some(format!("{}.{}", dotted(&attribute.value, imports)?, attribute.attr))
        }
        _ => None,
    }
}

/// The name at the root of `a.b[0].c`, if it is one.
pub(super) fn root_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => root_name(&attribute.value),
        Expr::Subscript(subscript) => root_name(&subscript.value),
        Expr::Starred(starred) => root_name(&starred.value),
        _ => None,
    }
}

/// The effect of the call itself, its arguments' own effects left out.
///
/// `is_user` tells which bare names the notebook itself binds as something other than an import.
pub fn call_effect(call: &ExprCall, imports: &Imports, is_user: &dyn Fn(&str) -> bool) -> Effect {
    if has_true_keyword(call, "inplace") {
        return Effect::Mutate;
    }
    if let Some(path) = dotted(&call.func, imports) {
        let bare_user = matches!(call.func.as_ref(), Expr::Name(name) if is_user(name.id.as_str()));
        if !bare_user && let Some(effect) = FUNCTIONS.get(&path) {
            return effect_named(effect);
        }
        if bare_user || imports.path(root_name(&call.func).unwrap_or_default()).is_some() {
            return Effect::Unknown;
        }
    }
    match call.func.as_ref() {
        Expr::Attribute(attribute) => {
            let effect = METHODS
                .get(attribute.attr.as_str())
                .map_or(Effect::Unknown, effect_named);
            let effect = if is_someone_elses(call, attribute.attr.as_str()) {
                Effect::Unknown
            } else {
                effect
            };
            // `df.plot.bar()`, `df["x"].plot(…)`, `df.hist()`
            let plots = matches!(attribute.value.as_ref(), Expr::Attribute(inner) if inner.attr.as_str() == "plot");
            if plots { Effect::Plot } else { effect }
        }
        _ => Effect::Unknown,
    }
}

/// Methods that change nothing on frames and strings, called as paths, queues and threads are: `path.rename(new)`,
/// `path.replace(new)`, `queue.get()`, `thread.join()`.
fn is_someone_elses(call: &ExprCall, method: &str) -> bool {
    let positional = call.arguments.args.len();
    match method {
        "get" | "join" => call.arguments.is_empty(),
        "rename" | "replace" => positional == 1 && call.arguments.keywords.is_empty(),
        _ => false,
    }
}

/// Whether objects of common libraries have a method of this name.
pub(super) fn is_known_method(name: &str) -> bool {
    METHODS.contains(name)
}

fn has_true_keyword(call: &ExprCall, name: &str) -> bool {
    call.arguments.keywords.iter().any(|keyword| {
        let named = keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == name);
        named && !matches!(&keyword.value, Expr::BooleanLiteral(literal) if !literal.value)
    })
}

/// What is known of the names that the notebook binds itself.
pub trait OwnNames {
    /// Whether it binds the name to something other than an import.
    fn is_value(&self, name: &str) -> bool;

    /// Whether the name is a function of its own that has a value and does nothing else.
    fn is_pure_function(&self, _: &str) -> bool {
        false
    }

    /// Whether the name holds what can be gone through more than once: no iterator.
    fn is_repeatable(&self, _: &str) -> bool {
        false
    }
}

impl<F: Fn(&str) -> bool> OwnNames for F {
    fn is_value(&self, name: &str) -> bool {
        self(name)
    }
}

/// All that evaluating an expression does besides having a value.
#[derive(Clone, Debug, Default)]
pub struct Effects(BTreeSet<Effect>);

impl Effects {
    fn add(&mut self, effect: Effect) {
        if !matches!(effect, Effect::Pure | Effect::Calls) {
            self.0.insert(effect);
        }
    }

    /// Whether it does anything besides these.
    pub fn has_others_than(&self, effects: &[Effect]) -> bool {
        self.0.iter().any(|effect| !effects.contains(effect))
    }
}

/// The strongest effect of anything that evaluating `expr` runs.
pub fn expression_effect(expr: &Expr, imports: &Imports, is_user: &dyn Fn(&str) -> bool) -> Effect {
    let found = effects(expr, imports, &is_user);
    found.0.last().copied().unwrap_or(Effect::Pure)
}

/// The effects of everything that evaluating `expr` runs.
pub fn effects(expr: &Expr, imports: &Imports, own: &dyn OwnNames) -> Effects {
    let mut finder = EffectFinder {
        imports,
        own,
        found: Effects::default(),
    };
    finder.visit_expr(expr);
    finder.found
}

struct EffectFinder<'f> {
    imports: &'f Imports,
    own: &'f dyn OwnNames,
    found: Effects,
}

impl<'a> Visitor<'a> for EffectFinder<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                let effect = self.call(call);
                self.found.add(effect);
                self.add_arguments(call, effect);
            }
            Expr::Named(_) | Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) | Expr::IpyEscapeCommand(_) => {
                self.found.add(Effect::Unknown);
            }
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        if let Expr::Name(name) = &comprehension.iter
            && self.own.is_value(&name.id)
            && !self.own.is_repeatable(&name.id)
        {
            // an iterator is used up by it
            self.found.add(Effect::Mutate);
        }
        walk_comprehension(self, comprehension);
    }
}

impl EffectFinder<'_> {
    /// The effect of a call, its arguments left aside.
    fn call(&self, call: &ExprCall) -> Effect {
        if self.calls_own(call) {
            return Effect::Pure;
        }
        let effect = call_effect(call, self.imports, &|name| self.own.is_value(name));
        match effect {
            Effect::Draw if has_seed(call, self.imports) => Effect::Pure,
            Effect::Mutate if self.makes_its_receiver(call) => Effect::Pure,
            effect => effect,
        }
    }

    fn calls_own(&self, call: &ExprCall) -> bool {
        matches!(call.func.as_ref(), Expr::Name(name) if self.own.is_pure_function(name.id.as_str()))
    }

    /// What a call does through its arguments: a notebook's own function may do anything, and an iterator that is
    /// used up is changed.
    fn add_arguments(&mut self, call: &ExprCall, effect: Effect) {
        let path = dotted(&call.func, self.imports).unwrap_or_default();
        // a file that is open is read from where the last reader left it
        let consumes = CONSUMERS.contains(&path) || self.calls_own(call) || effect == Effect::Read;
        let mut names = Vec::new();
        for argument in call.arguments.iter_source_order() {
            match argument.value() {
                Expr::Name(name) => names.push(name.id.as_str()),
                // `df.agg([total, last])`
                Expr::List(_) | Expr::Tuple(_) | Expr::Set(_) | Expr::Dict(_) if effect == Effect::Calls => {
                    names.extend(names_in(argument.value()));
                }
                _ => {}
            }
        }
        for name in names {
            let used_up = consumes && !self.own.is_repeatable(name);
            let called = effect == Effect::Calls && !self.own.is_pure_function(name);
            if self.own.is_value(name) && (used_up || called) {
                self.found.add(Effect::Mutate);
            }
        }
    }

    /// Whether a method changes nothing but an object that was made for it: `StandardScaler().fit_transform(X)`. What it
    /// was made of may change with it (`Pipeline([("model", model)]).fit(X)`), and so may what it is given, without a copy.
    fn makes_its_receiver(&self, call: &ExprCall) -> bool {
        let Expr::Attribute(method) = call.func.as_ref() else {
            return false;
        };
        let Expr::Call(made) = method.value.as_ref() else {
            return false;
        };
        let Some(path) = dotted(&made.func, self.imports) else {
            return false;
        };
        let mut given = made
            .arguments
            .iter_source_order()
            .flat_map(|argument| names_in(argument.value()));
        let class = path.rsplit('.').next().unwrap_or_default();
        path.contains('.')
            && class.starts_with(|c: char| c.is_ascii_uppercase())
            && FUNCTIONS.get(&path) == Some("pure")
            && !given.any(|name| self.own.is_value(name))
            && !made
                .arguments
                .keywords
                .iter()
                .any(|keyword| keyword.arg.as_deref() == Some("copy"))
            && !has_true_keyword(call, "inplace")
    }
}

fn names_in(expr: &Expr) -> Vec<&str> {
    let mut names = Names::default();
    names.visit_expr(expr);
    names.found
}

/// All names in an expression.
#[derive(Default)]
struct Names<'a> {
    found: Vec<&'a str>,
}

impl<'a> Visitor<'a> for Names<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            self.found.push(name.id.as_str());
        }
        walk_expr(self, expr);
    }
}

/// Whether a draw takes its numbers from a seed of its own: `df.sample(5, random_state=0)`.
fn has_seed(call: &ExprCall, imports: &Imports) -> bool {
    let method = call.func.as_attribute_expr().map(|method| format!(".{}", method.attr));
    let row = dotted(&call.func, imports)
        .or(method)
        .and_then(|path| SEEDING.get(&path));
    let Some(keyword) = row.and_then(|row| row.split('\t').next()) else {
        return false;
    };
    let mut keywords = call.arguments.keywords.iter();
    keywords.any(|given| given.arg.as_deref() == Some(keyword) && given.value.is_number_literal_expr())
}
