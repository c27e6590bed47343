//! Expressions that have a value and do nothing else, the notebook's own functions and containers known: what they show
//! can be shown anywhere.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Comprehension, Expr, ExprCall, Stmt, StmtFunctionDef};

use crate::facts::{Effect, Effects, Facts, OwnNames, call_effect, dotted, effects};

use super::bindings::Histories;
use super::fate::single_assignment;
use super::peeks::MethodCalls;
use super::pieces::Piece;

/// Functions whose results are iterators.
const ITERATORS: [&str; 9] = [
    "enumerate",
    "filter",
    "iter",
    "map",
    "numpy.ndenumerate",
    "numpy.ndindex",
    "numpy.nditer",
    "reversed",
    "zip",
];

/// What is known of the notebook's own names.
pub(super) struct Quiet<'q> {
    facts: &'q Facts,
    /// Methods that classes of the notebook define.
    methods: &'q BTreeSet<String>,
    /// Functions that have a value and do nothing else.
    functions: BTreeSet<&'q str>,
    /// Names that hold what can be gone through again.
    repeatable: BTreeSet<&'q str>,
}

impl<'q> Quiet<'q> {
    pub fn of(facts: &'q Facts, methods: &'q BTreeSet<String>, histories: &Histories, pieces: &[Piece<'q>]) -> Self {
        let mut this = Self {
            facts,
            methods,
            functions: BTreeSet::new(),
            repeatable: BTreeSet::new(),
        };
        let binders = |name: &str| {
            let history = facts.names.find(name).map(|id| histories.get(id));
            history
                .filter(|history| !history.global)
                .map(|history| history.binders.as_slice())
        };
        // what one holds may be made of another
        loop {
            let known = this.functions.len() + this.repeatable.len();
            for piece in pieces {
                if let Some((name, _)) = single_assignment(piece.stmt) {
                    let gives = |at: &usize| {
                        let value = pieces.get(*at).and_then(|piece| piece.value_of(name));
                        value.is_some_and(|value| this.gives_repeatable(value))
                    };
                    if binders(name).is_some_and(|binders| binders.iter().all(gives)) {
                        this.repeatable.insert(name);
                    }
                }
                if let Stmt::FunctionDef(def) = piece.stmt
                    && binders(&def.name).is_some_and(|binders| binders.len() == 1)
                    && this.is_pure(def)
                {
                    this.functions.insert(def.name.as_str());
                }
            }
            if known == this.functions.len() + this.repeatable.len() {
                return this;
            }
        }
    }

    /// What an expression does.
    pub fn effects(&self, expr: &Expr) -> Effects {
        effects(expr, &self.facts.imports, self)
    }

    /// Whether it calls a method of the notebook's own, or a name that it binds itself: what these do is their own
    /// business, whatever the name means elsewhere.
    pub fn calls_own_method(&self, expr: &Expr) -> bool {
        let mut calls = Calls::default();
        calls.visit_expr(expr);
        if calls.calls_bound() {
            return true;
        }
        let mut finder = MethodCalls {
            names: self.methods,
            found: false,
        };
        finder.visit_expr(expr);
        finder.found
    }

    pub fn is_pure_value(&self, expr: &Expr) -> bool {
        !self.effects(expr).has_others_than(&[])
    }

    /// Whether an expression only reads besides, and only files.
    pub fn only_reads_files(&self, expr: &Expr) -> bool {
        let mut calls = Calls::default();
        calls.visit_expr(expr);
        let asks = |call: &&ExprCall| {
            let path = dotted(&call.func, &self.facts.imports).unwrap_or_default();
            path.starts_with("requests.") || path.starts_with("urllib.")
        };
        !self.effects(expr).has_others_than(&[Effect::Read]) && !calls.found.iter().any(asks)
    }

    /// Whether a value can be gone through more than once.
    fn gives_repeatable(&self, value: &Expr) -> bool {
        let element = |element: &Expr| match element {
            Expr::Generator(_) => false,
            Expr::Call(call) => self.gives_no_iterator(call),
            _ => true,
        };
        match value {
            Expr::List(list) => list.elts.iter().all(element),
            Expr::Tuple(tuple) => tuple.elts.iter().all(element),
            Expr::Set(_)
            | Expr::StringLiteral(_)
            | Expr::FString(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_) => true,
            Expr::Dict(dict) => dict.items.iter().all(|item| item.key.is_some() && element(&item.value)),
            Expr::ListComp(list) => element(&list.elt),
            Expr::SetComp(_) => true,
            Expr::DictComp(dict) => element(&dict.value),
            Expr::Name(name) => self.is_repeatable(name.id.as_str()),
            Expr::Call(call) => self.gives_no_iterator(call),
            _ => false,
        }
    }

    /// Whether a function of a library gives a value that is no iterator, as far as the tables say what it does.
    fn gives_no_iterator(&self, call: &ExprCall) -> bool {
        let Some(path) = dotted(&call.func, &self.facts.imports) else {
            return false;
        };
        let known = [
            "len",
            "list",
            "dict",
            "set",
            "sorted",
            "str",
            "int",
            "float",
            "round",
            "sum",
            "range",
            "abs",
            "random.random",
            "random.randint",
        ];
        let of_tables = path.starts_with("pandas.") || path.starts_with("numpy.");
        let in_parts = ["chunksize", "iterator"];
        let effect = call_effect(call, &self.facts.imports, &|name| self.is_value(name));
        (known.contains(&path.as_str()) || of_tables)
            && matches!(effect, Effect::Pure | Effect::Read | Effect::Draw)
            && !ITERATORS.contains(&path.as_str())
            && !call
                .arguments
                .keywords
                .iter()
                .any(|keyword| keyword.arg.as_deref().is_none_or(|name| in_parts.contains(&name)))
    }

    /// Whether a function has a value and does nothing else, whatever it is given (but for iterators, which it uses up).
    fn is_pure(&self, def: &StmtFunctionDef) -> bool {
        let parameters = def.parameters.iter().map(|parameter| parameter.name().as_str());
        let mut body = Body {
            quiet: self,
            own: def.name.as_str(),
            locals: parameters.collect(),
            fresh: BTreeSet::new(),
        };
        !def.is_async && def.decorator_list.is_empty() && body.is_pure(&def.body)
    }
}

impl OwnNames for Quiet<'_> {
    fn is_value(&self, name: &str) -> bool {
        self.facts.is_value(name)
    }

    fn is_pure_function(&self, name: &str) -> bool {
        self.functions.contains(name)
    }

    fn is_repeatable(&self, name: &str) -> bool {
        self.repeatable.contains(name)
    }
}

/// The body of a function, read from its first statement to its last.
struct Body<'b> {
    quiet: &'b Quiet<'b>,
    /// Its name: calling itself it does nothing else either.
    own: &'b str,
    /// Its parameters, and the names that it has bound by now.
    locals: BTreeSet<&'b str>,
    /// Names that hold what it has made itself, and so may change.
    fresh: BTreeSet<&'b str>,
}

impl<'b> Body<'b> {
    fn is_pure(&mut self, body: &'b [Stmt]) -> bool {
        body.iter().all(|stmt| self.statement(stmt))
    }

    /// The same of a loop's body, whose second round starts with what the first has left.
    fn is_pure_again(&mut self, body: &'b [Stmt]) -> bool {
        self.is_pure(body) && self.is_pure(body)
    }

    fn statement(&mut self, stmt: &'b Stmt) -> bool {
        match stmt {
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) => true,
            Stmt::Return(stmt) => stmt.value.as_deref().is_none_or(|value| self.expression(value)),
            Stmt::Expr(stmt) => self.expression(&stmt.value),
            Stmt::Assign(assign) => {
                self.expression(&assign.value)
                    && assign
                        .targets
                        .iter()
                        .all(|target| self.bind(target, is_made_here(&assign.value)))
            }
            Stmt::AugAssign(assign) => {
                let changes_own = root(&assign.target).is_some_and(|name| self.fresh.contains(name));
                changes_own && self.expression(&assign.value)
            }
            Stmt::If(stmt) => {
                self.expression(&stmt.test)
                    && self.is_pure(&stmt.body)
                    && stmt.elif_else_clauses.iter().all(|clause| {
                        clause.test.as_ref().is_none_or(|test| self.expression(test)) && self.is_pure(&clause.body)
                    })
            }
            Stmt::For(stmt) => {
                let uses_up = stmt.iter.as_name_expr().is_some_and(|name| {
                    let (name, inside) = (name.id.as_str(), Inside(self));
                    inside.is_value(name) && !inside.is_repeatable(name)
                });
                !stmt.is_async
                    && !uses_up
                    && self.expression(&stmt.iter)
                    && self.bind(&stmt.target, false)
                    && self.is_pure_again(&stmt.body)
                    && self.is_pure(&stmt.orelse)
            }
            Stmt::While(stmt) => {
                self.expression(&stmt.test) && self.is_pure_again(&stmt.body) && self.is_pure(&stmt.orelse)
            }
            _ => false,
        }
    }

    fn bind(&mut self, target: &'b Expr, made_here: bool) -> bool {
        match target {
            Expr::Name(name) => {
                let name = name.id.as_str();
                let is_new = self.locals.insert(name);
                // a loop may come by again, and find under the name what was given
                if made_here && (is_new || self.fresh.contains(name)) {
                    self.fresh.insert(name);
                } else {
                    self.fresh.remove(name);
                }
                true
            }
            Expr::Tuple(tuple) => tuple.elts.iter().all(|target| self.bind(target, false)),
            Expr::Subscript(item) => {
                root(&item.value).is_some_and(|name| self.fresh.contains(name)) && self.expression(&item.slice)
            }
            _ => false,
        }
    }

    fn expression(&self, expr: &'b Expr) -> bool {
        let mut calls = Calls::default();
        calls.visit_expr(expr);
        let is_own_local = |name: &str| self.locals.contains(name) || calls.bound.contains(name);
        // a parameter may be any function
        let by_name =
            |call: &&ExprCall| matches!(call.func.as_ref(), Expr::Name(name) if is_own_local(name.id.as_str()));
        // and so may what it hands on to be called
        let hands_on = |call: &&ExprCall| {
            let calls_what_it_is_given = call_effect(call, &self.quiet.facts.imports, &|_| false) == Effect::Calls;
            let mut given = call.arguments.iter_source_order().map(|argument| argument.value());
            calls_what_it_is_given && given.any(|value| value.as_name_expr().is_some_and(|name| is_own_local(&name.id)))
        };
        if calls.found.iter().any(|call| by_name(call) || hands_on(call)) || self.quiet.calls_own_method(expr) {
            return false;
        }
        let inside = Inside(self);
        match expr {
            // `found.append(x)`
            Expr::Call(call) if self.changes_own(call) => {
                let mut arguments = call.arguments.iter_source_order();
                arguments.all(|argument| self.expression(argument.value()))
            }
            _ => !effects(expr, &self.quiet.facts.imports, &inside).has_others_than(&[]),
        }
    }

    fn changes_own(&self, call: &ExprCall) -> bool {
        let method = call.func.as_attribute_expr();
        let receiver = method.and_then(|method| method.value.as_name_expr());
        receiver.is_some_and(|name| self.fresh.contains(name.id.as_str()))
            && call_effect(call, &self.quiet.facts.imports, &|_| false) == Effect::Mutate
    }
}

/// Names as the body of a function sees them: what is its own isn't the notebook's.
struct Inside<'i>(&'i Body<'i>);

impl OwnNames for Inside<'_> {
    fn is_value(&self, name: &str) -> bool {
        self.0.quiet.is_value(name) && !self.0.locals.contains(name)
    }

    fn is_pure_function(&self, name: &str) -> bool {
        !self.0.locals.contains(name) && (name == self.0.own || self.0.quiet.is_pure_function(name))
    }

    fn is_repeatable(&self, name: &str) -> bool {
        self.0.quiet.is_repeatable(name)
    }
}

/// Whether a value is a new object that nothing else holds.
fn is_made_here(value: &Expr) -> bool {
    matches!(
        value,
        Expr::List(_)
            | Expr::Dict(_)
            | Expr::Set(_)
            | Expr::ListComp(_)
            | Expr::DictComp(_)
            | Expr::SetComp(_)
            | Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::FString(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
    )
}

/// The name that an assignment to an item changes.
fn root(target: &Expr) -> Option<&str> {
    match target {
        Expr::Name(name) => Some(name.id.as_str()),
        _ => None,
    }
}

/// The calls in an expression, and the names that it binds itself.
#[derive(Default)]
struct Calls<'a> {
    found: Vec<&'a ExprCall>,
    bound: BTreeSet<&'a str>,
}

impl<'a> Calls<'a> {
    fn visit_bound(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) => drop(self.bound.insert(name.id.as_str())),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| self.visit_bound(element)),
            Expr::List(list) => list.elts.iter().for_each(|element| self.visit_bound(element)),
            Expr::Starred(starred) => self.visit_bound(&starred.value),
            _ => {}
        }
    }

    /// Whether it calls what it binds itself, which may be anything.
    fn calls_bound(&self) -> bool {
        let bound =
            |call: &&ExprCall| matches!(call.func.as_ref(), Expr::Name(name) if self.bound.contains(name.id.as_str()));
        self.found.iter().any(bound)
    }
}

impl<'a> Visitor<'a> for Calls<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.found.push(call),
            Expr::Lambda(lambda) => {
                let parameters = lambda.parameters.iter().flat_map(|parameters| parameters.iter());
                self.bound.extend(parameters.map(|parameter| parameter.name().as_str()));
            }
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        self.visit_bound(&comprehension.target);
        ruff_python_ast::visitor::walk_comprehension(self, comprehension);
    }
}
