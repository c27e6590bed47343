//! Statements: bindings along the paths of branches, loops, handlers and patterns.

use ruff_python_ast::visitor::{Visitor, walk_pattern, walk_stmt};
use ruff_python_ast::{
    ExceptHandler, Expr, Pattern, Stmt, StmtAssign, StmtFor, StmtIf, StmtImport, StmtImportFrom, StmtMatch, StmtTry,
    StmtWhile, StmtWith,
};
use ruff_text_size::Ranged;

use crate::python::{Effect as MagicEffect, classify};

use super::super::constants::switch;
use super::super::effects::root_name;
use super::super::model::{BindKind, Role, Source};
use super::super::scopes::{bound_by_import, captured_by};
use super::super::state::State;
use super::{Frame, Resolved, Walker};

impl<'a> Visitor<'a> for Walker<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => self.function(def),
            Stmt::ClassDef(def) => self.class(def),
            Stmt::Assign(assign) => {
                let unpacks = matches!(assign.targets.as_slice(), [Expr::Tuple(_) | Expr::List(_)]);
                if unpacks {
                    self.consume(&assign.value);
                } else {
                    self.visit_expr(&assign.value);
                }
                self.source(assign);
                for target in &assign.targets {
                    self.alias(target, &assign.value);
                    self.visit_expr(target);
                }
            }
            Stmt::AugAssign(assign) => {
                self.visit_expr(&assign.value);
                self.augment(&assign.target);
            }
            Stmt::AnnAssign(assign) => {
                if self.deferred.is_none() {
                    self.annotation(&assign.annotation);
                }
                if let Some(value) = &assign.value {
                    self.visit_expr(value);
                    self.visit_expr(&assign.target);
                }
            }
            Stmt::For(stmt_for) => self.for_loop(stmt_for),
            Stmt::While(stmt_while) => self.while_loop(stmt_while),
            Stmt::If(stmt_if) => self.if_branches(stmt_if),
            Stmt::With(with) => self.with_block(with),
            Stmt::Try(stmt_try) => self.try_block(stmt_try),
            Stmt::Match(stmt_match) => self.match_block(stmt_match),
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Break(_) => {
                let here = self.state.clone();
                if let Some(states) = self.breaks.last_mut() {
                    states.push(here);
                }
                self.state.ended = true;
            }
            Stmt::Continue(_) | Stmt::Return(_) | Stmt::Raise(_) => {
                walk_stmt(self, stmt);
                self.state.ended = true;
            }
            Stmt::Assert(assert) => {
                self.visit_expr(&assert.test);
                if let Some(message) = &assert.msg {
                    self.optionally(|walker| walker.visit_expr(message));
                }
            }
            // evaluated when somebody asks for it
            Stmt::TypeAlias(alias) => {
                self.guarded += 1;
                self.visit_expr(&alias.value);
                self.guarded -= 1;
                self.visit_expr(&alias.name);
            }
            Stmt::Global(_) | Stmt::Nonlocal(_) => {}
            Stmt::IpyEscapeCommand(command) => {
                let (_, _, _, effect) = classify(&self.facts.magics, command.kind, &command.value);
                self.escape(command.kind, &command.value, command.range);
                self.out.binds_unknown |= matches!(
                    effect,
                    MagicEffect::BindsNames | MagicEffect::Unknown | MagicEffect::Reset
                );
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.expr(expr);
    }

    fn visit_annotation(&mut self, expr: &'a Expr) {
        self.expr(expr);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        // values first, so that a class or constant in the pattern is read before anything is captured
        walk_pattern(self, pattern);
        if let Some(name) = captured_by(pattern) {
            self.bind(name, pattern.range(), BindKind::Match);
        }
    }
}

impl Walker<'_> {
    /// `target op= value`: a read, a change of the object, and for a name a binding.
    fn augment(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => {
                self.read(name.id.as_str(), name.range, Role::Plain);
                self.mutate(name.id.as_str());
                self.bind(name.id.as_str(), name.range, BindKind::AugAssign);
            }
            _ => self.visit_expr(target),
        }
    }

    /// `b = a`, `v = a[:2]`, `t = a.T`: a change of one may show in the other.
    fn alias(&mut self, target: &Expr, value: &Expr) {
        if let (Expr::Tuple(targets), Expr::Tuple(values)) = (target, value) {
            for (target, value) in targets.elts.iter().zip(&values.elts) {
                self.alias(target, value);
            }
            return;
        }
        let (Some(left), Some(right)) = (root_name(target), root_name(value)) else {
            return;
        };
        if self.deferred.is_none() && self.frames.is_empty() {
            let left = self.facts.names.intern(left);
            let right = self.facts.names.intern(right);
            self.out.aliases.push((left, right));
        }
    }

    /// Notes what an assignment to one name takes its value from.
    fn source(&mut self, assign: &StmtAssign) {
        let [Expr::Name(target)] = assign.targets.as_slice() else {
            return;
        };
        if self.is_shell(&assign.value) {
            self.facts.shells.push(target.id.to_string());
        }
        if !self.frames.is_empty() || self.deferred.is_some() {
            return;
        }
        let names = &mut self.facts.names;
        self.out.source = match assign.value.as_ref() {
            Expr::Name(name) => Some(Source::Same(names.intern(name.id.as_str()))),
            Expr::Call(call) => {
                let callee = call.func.as_name_expr();
                callee.map(|name| Source::Call(names.intern(name.id.as_str())))
            }
            Expr::Lambda(_) => Some(Source::Lambda),
            _ => None,
        };
    }

    fn for_loop(&mut self, stmt: &StmtFor) {
        self.out.awaits |= stmt.is_async && self.deferred.is_none();
        self.consume(&stmt.iter);
        let before = self.state.clone();
        self.breaks.push(Vec::new());
        self.in_loop(true, |walker| {
            walker.loop_target(&stmt.target);
            walker.body(&stmt.body);
        });
        self.end_loop(before, &stmt.orelse, true);
    }

    fn loop_target(&mut self, target: &Expr) {
        let first = self.out.binds.len();
        self.visit_expr(target);
        for bind in self.out.binds.iter_mut().skip(first) {
            bind.kind = BindKind::Loop;
        }
    }

    fn while_loop(&mut self, stmt: &StmtWhile) {
        self.visit_expr(&stmt.test);
        let before = self.state.clone();
        let forever = is_true(&stmt.test);
        self.breaks.push(Vec::new());
        if forever {
            let level = std::mem::replace(&mut self.loop_level, self.conditional);
            self.loops += 1;
            self.body(&stmt.body);
            self.loops -= 1;
            self.loop_level = level;
        } else {
            self.in_loop(false, |walker| walker.body(&stmt.body));
        }
        self.end_loop(before, &stmt.orelse, !forever);
    }

    /// Joins the ways out of a loop: its condition (then `else`), and each `break`.
    fn end_loop(&mut self, before: State, orelse: &[Stmt], can_end: bool) {
        let breaks = self.breaks.pop().unwrap_or_default();
        let mut after = std::mem::take(&mut self.state);
        let mut exits = breaks;
        if can_end {
            self.state = before.or_partly(&after);
            self.conditional += u32::from(!exits.is_empty());
            self.body(orelse);
            self.conditional -= u32::from(!exits.is_empty());
            exits.push(std::mem::take(&mut self.state));
        }
        after.ended = true;
        self.state = exits.into_iter().reduce(State::join).unwrap_or(after);
    }

    fn if_branches(&mut self, stmt: &StmtIf) {
        self.visit_expr(&stmt.test);
        let truth = self.truth(&stmt.test);
        if is_main_test(&stmt.test) || (truth == Some(true) && stmt.elif_else_clauses.is_empty()) {
            self.body(&stmt.body);
            return;
        }
        // what is switched off harms nobody
        let off = u32::from(truth == Some(false));
        self.guarded += off;
        let mut ends = vec![self.branch(|walker| walker.body(&stmt.body))];
        self.guarded -= off;
        let mut has_else = false;
        for clause in &stmt.elif_else_clauses {
            match &clause.test {
                Some(test) => {
                    self.conditionally(|walker| walker.visit_expr(test));
                }
                None => has_else = true,
            }
            ends.push(self.branch(|walker| walker.body(&clause.body)));
        }
        if !has_else {
            ends.push(self.state.clone());
        }
        if let Some(joined) = ends.into_iter().reduce(State::join) {
            self.state = joined;
        }
    }

    /// Whether a test holds in a run of the notebook as it is, where that can be told.
    pub(super) fn truth(&mut self, test: &Expr) -> Option<bool> {
        let own = switch(test).is_some_and(|name| matches!(self.resolve(name), Resolved::Own));
        self.facts.constants.truth(test).filter(|_| !own)
    }

    fn with_block(&mut self, with: &StmtWith) {
        self.out.awaits |= with.is_async && self.deferred.is_none();
        for item in &with.items {
            self.ask_for(&item.context_expr, &["__enter__", "__exit__"]);
            self.visit_expr(&item.context_expr);
            if let Some(target) = &item.optional_vars {
                let first = self.out.binds.len();
                self.visit_expr(target);
                for bind in self.out.binds.iter_mut().skip(first) {
                    bind.kind = BindKind::With;
                }
            }
        }
        if with.items.iter().any(|item| swallows(&item.context_expr)) {
            let before = self.state.clone();
            let guards = u32::from(with.items.iter().any(|item| swallows_name_error(&item.context_expr)));
            self.guarded += guards;
            self.conditionally(|walker| walker.body(&with.body));
            self.guarded -= guards;
            let after = std::mem::take(&mut self.state);
            self.state = before.or_partly(&after);
        } else {
            self.body(&with.body);
        }
    }

    fn try_block(&mut self, stmt: &StmtTry) {
        let before = self.state.clone();
        let catches_names = stmt.handlers.iter().any(catches_name_error);
        self.guarded += u32::from(catches_names);
        self.body(&stmt.body);
        self.guarded -= u32::from(catches_names);
        let after_body = self.state.clone();
        let at_handler = before.clone().or_partly(&after_body);
        self.body(&stmt.orelse);
        let mut ends = vec![std::mem::take(&mut self.state)];
        for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
            self.state = at_handler.clone();
            self.state.ended = false;
            self.conditional += 1;
            if let Some(type_) = &handler.type_ {
                self.visit_expr(type_);
            }
            if let Some(name) = &handler.name {
                self.bind(name.as_str(), name.range(), BindKind::Except);
            }
            self.body(&handler.body);
            if let Some(name) = &handler.name
                && self.deferred.is_none()
                && !matches!(self.frames.last(), Some(Frame::Class(_)))
            {
                let id = self.facts.names.intern(name.as_str());
                self.state.delete(id);
            }
            self.conditional -= 1;
            ends.push(std::mem::take(&mut self.state));
        }
        self.state = ends.into_iter().reduce(State::join).unwrap_or(before);
        self.body(&stmt.finalbody);
    }

    fn match_block(&mut self, stmt: &StmtMatch) {
        self.visit_expr(&stmt.subject);
        let mut ends = Vec::new();
        let mut exhaustive = false;
        for case in &stmt.cases {
            exhaustive |= case.guard.is_none() && case.pattern.is_irrefutable();
            let before = self.state.clone();
            ends.push(self.branch(|walker| {
                walker.visit_pattern(&case.pattern);
                if let Some(guard) = &case.guard {
                    walker.visit_expr(guard);
                }
                walker.body(&case.body);
            }));
            // a pattern that failed may have bound some of its names
            if let Some(end) = ends
                .last()
                .filter(|_| !case.pattern.is_irrefutable() || case.guard.is_some())
            {
                self.state = before.or_partly(end);
            }
        }
        if !exhaustive {
            ends.push(self.state.clone());
        }
        if let Some(joined) = ends.into_iter().reduce(State::join) {
            self.state = joined;
        }
    }

    fn import(&mut self, import: &StmtImport) {
        for alias in &import.names {
            let kind = BindKind::Import {
                module: alias.name.to_string(),
                symbol: None,
                level: 0,
            };
            self.bind(bound_by_import(alias), alias.range(), kind);
        }
    }

    fn import_from(&mut self, import: &StmtImportFrom) {
        let module = import.module.as_ref().map(|m| m.to_string()).unwrap_or_default();
        if module == "__future__" && import.names.iter().any(|alias| alias.name.as_str() == "annotations") {
            self.facts.lazy_annotations = true;
        }
        for alias in &import.names {
            if alias.name.as_str() == "*" {
                self.out.binds_unknown = true;
                let module = import.module.as_ref().map_or("", |m| m.as_str());
                self.unwritten(|unwritten, facts| unwritten.star(module, import.level, facts));
                continue;
            }
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            let kind = BindKind::Import {
                module: module.clone(),
                symbol: Some(alias.name.to_string()),
                level: import.level,
            };
            self.bind(name.as_str(), alias.range(), kind);
        }
    }
}

fn is_true(test: &Expr) -> bool {
    match test {
        Expr::BooleanLiteral(literal) => literal.value,
        Expr::NumberLiteral(literal) => {
            matches!(&literal.value, ruff_python_ast::Number::Int(i) if i.as_u64() == Some(1))
        }
        _ => false,
    }
}

/// `__name__ == "__main__"`, which always holds in a notebook.
pub(crate) fn is_main_test(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else {
        return false;
    };
    let (Expr::Name(name), [Expr::StringLiteral(literal)]) = (compare.left.as_ref(), compare.comparators.as_ref())
    else {
        return false;
    };
    let equals = matches!(compare.ops.as_ref(), [ruff_python_ast::CmpOp::Eq]);
    equals && name.id.as_str() == "__name__" && literal.value.to_str() == "__main__"
}

/// `suppress(…)`, `pytest.raises(…)`: a context in which the body may stop short.
fn swallows(context: &Expr) -> bool {
    let Expr::Call(call) = context else {
        return false;
    };
    let name = match call.func.as_ref() {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "",
    };
    ["suppress", "raises", "assertRaises"].contains(&name)
}

fn catches_name_error(handler: &ExceptHandler) -> bool {
    let ExceptHandler::ExceptHandler(handler) = handler;
    let Some(type_) = &handler.type_ else {
        return true;
    };
    match type_.as_ref() {
        Expr::Tuple(tuple) => tuple.elts.iter().any(is_name_error),
        single => is_name_error(single),
    }
}

/// `suppress(NameError)`, `pytest.raises(Exception)`
fn swallows_name_error(context: &Expr) -> bool {
    let Expr::Call(call) = context else {
        return false;
    };
    swallows(context) && call.arguments.args.iter().any(is_name_error)
}

/// `NameError`, or a class of errors that it belongs to.
fn is_name_error(class: &Expr) -> bool {
    matches!(class, Expr::Name(name)
        if ["NameError", "Exception", "BaseException", "UnboundLocalError"].contains(&name.id.as_str()))
}
