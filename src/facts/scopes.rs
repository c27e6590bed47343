//! Which names a function or class body binds for itself.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_pattern, walk_stmt};
use ruff_python_ast::{ExceptHandler, Expr, ExprContext, Parameters, Pattern, Stmt};
use rustc_hash::FxHashSet;

/// The names that a body binds in its own scope, and those that it declares to be others'.
#[derive(Clone, Debug, Default)]
pub(super) struct Bindings {
    pub bound: FxHashSet<String>,
    pub globals: FxHashSet<String>,
    pub nonlocals: FxHashSet<String>,
    /// Names that the body calls, whatever path it takes.
    pub called: FxHashSet<String>,
    /// Names that it calls on some paths, or hands to a call.
    pub maybe_called: FxHashSet<String>,
    /// Whether calling the function only makes a generator.
    pub yields: bool,
    /// How many branches are around.
    branches: u32,
}

impl Bindings {
    pub fn of_body(parameters: Option<&Parameters>, body: &[Stmt]) -> Self {
        let mut this = Self::default();
        if let Some(parameters) = parameters {
            this.bound
                .extend(parameters.iter().map(|p| p.name().as_str().to_owned()));
        }
        this.visit_body(body);
        for name in this.globals.iter().chain(&this.nonlocals) {
            this.bound.remove(name);
        }
        this
    }

    fn bind(&mut self, name: &str) {
        self.bound.insert(name.to_owned());
    }
}

impl<'a> Visitor<'a> for Bindings {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                self.bind(def.name.as_str());
                for decorator in &def.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                return;
            }
            Stmt::ClassDef(def) => {
                self.bind(def.name.as_str());
                return;
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.bind(bound_by_import(alias));
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in import.names.iter().filter(|alias| alias.name.as_str() != "*") {
                    self.bind(alias.asname.as_ref().unwrap_or(&alias.name).as_str());
                }
            }
            Stmt::Global(global) => self.globals.extend(global.names.iter().map(|n| n.as_str().to_owned())),
            Stmt::Nonlocal(nonlocal) => self
                .nonlocals
                .extend(nonlocal.names.iter().map(|n| n.as_str().to_owned())),
            Stmt::Try(stmt_try) => {
                for ExceptHandler::ExceptHandler(handler) in &stmt_try.handlers {
                    if let Some(name) = &handler.name {
                        self.bind(name.as_str());
                    }
                }
            }
            _ => {}
        }
        let branches = matches!(stmt, Stmt::If(_) | Stmt::While(_) | Stmt::Try(_) | Stmt::Match(_));
        self.branches += u32::from(branches);
        walk_stmt(self, stmt);
        self.branches -= u32::from(branches);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if matches!(name.ctx, ExprContext::Store | ExprContext::Del) => {
                self.bind(name.id.as_str())
            }
            Expr::Lambda(_) => return,
            // a comprehension's targets are its own, but a walrus inside binds out here
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                let mut inner = Walruses::default();
                inner.visit_expr(expr);
                self.bound.extend(inner.names);
                self.maybe_called.extend(inner.mentioned);
                return;
            }
            Expr::Yield(_) | Expr::YieldFrom(_) => self.yields = true,
            Expr::Call(call) => {
                let callee = call.func.as_name_expr().map(|name| name.id.to_string());
                let sure = self.branches == 0;
                let called = if sure { &mut self.called } else { &mut self.maybe_called };
                called.extend(callee);
                let names = call.arguments.iter_source_order();
                let names = names.filter_map(|argument| argument.value().as_name_expr());
                self.maybe_called.extend(names.map(|name| name.id.to_string()));
            }
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        if let Some(name) = captured_by(pattern) {
            self.bind(name);
        }
        walk_pattern(self, pattern);
    }
}

/// Names bound by `:=` anywhere inside an expression, and those that it mentions.
#[derive(Default)]
struct Walruses {
    names: Vec<String>,
    mentioned: Vec<String>,
}

impl<'a> Visitor<'a> for Walruses {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Named(named) = expr
            && let Expr::Name(name) = named.target.as_ref()
        {
            self.names.push(name.id.to_string());
        }
        if let Expr::Name(name) = expr {
            self.mentioned.push(name.id.to_string());
        }
        if !matches!(expr, Expr::Lambda(_)) {
            walk_expr(self, expr);
        }
    }
}

/// The name that one clause of `import a.b as c` binds.
pub(super) fn bound_by_import(alias: &ruff_python_ast::Alias) -> &str {
    match &alias.asname {
        Some(name) => name.as_str(),
        None => alias.name.as_str().split('.').next().unwrap_or_default(),
    }
}

/// The names that a pattern itself captures, those of inner patterns left out.
pub(super) fn captured_by(pattern: &Pattern) -> Option<&str> {
    match pattern {
        Pattern::MatchAs(p) => p.name.as_ref().map(|n| n.as_str()),
        Pattern::MatchStar(p) => p.name.as_ref().map(|n| n.as_str()),
        Pattern::MatchMapping(p) => p.rest.as_ref().map(|n| n.as_str()),
        _ => None,
    }
}
