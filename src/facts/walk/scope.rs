//! Scopes: functions, classes, lambdas, comprehensions and generator expressions.

use ruff_python_ast::visitor::{Visitor, walk_parameters};
use ruff_python_ast::{Comprehension, Expr, ExprLambda, Parameters, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::super::model::{BindKind, Scope, ScopeId, ScopeKind, Use};
use super::super::scopes::Bindings;
use super::{Frame, Walker};

impl Walker<'_> {
    pub(super) fn function(&mut self, def: &StmtFunctionDef) {
        for decorator in &def.decorator_list {
            self.visit_expr(&decorator.expression);
        }
        self.signature(&def.parameters, def.returns.as_deref());
        let bindings = Bindings::of_body(Some(&def.parameters), &def.body);
        let name = self.at_top().then(|| self.facts.names.intern(def.name.as_str()));
        let is_method = self.deferred.is_none() && matches!(self.frames.last(), Some(Frame::Class(_)));
        let scope = self.facts.scopes.len();
        self.bind_definition(def.name.as_str(), def.name.range(), BindKind::Function);
        self.deferred_body(
            ScopeKind::Function,
            name,
            def.range(),
            Frame::Function(bindings),
            |walker| {
                walker.body(&def.body);
            },
        );
        if is_method {
            let name = self.facts.names.intern(def.name.as_str());
            if let Some(scope) = self.facts.scopes.get_mut(scope) {
                scope.method = Some(name);
            }
        }
    }

    /// Defaults and annotations are evaluated where the function is defined.
    fn signature(&mut self, parameters: &Parameters, returns: Option<&Expr>) {
        walk_parameters(self, parameters);
        if let Some(returns) = returns {
            self.visit_expr(returns);
        }
    }

    pub(super) fn class(&mut self, def: &StmtClassDef) {
        for decorator in &def.decorator_list {
            self.visit_expr(&decorator.expression);
        }
        if let Some(arguments) = &def.arguments {
            for base in &arguments.args {
                self.visit_expr(base);
            }
            for keyword in &arguments.keywords {
                self.visit_expr(&keyword.value);
            }
        }
        let name = self.at_top().then(|| self.facts.names.intern(def.name.as_str()));
        let before = self.out.scopes.len();
        self.frames.push(Frame::Class(Vec::new()));
        self.body(&def.body);
        self.frames.pop();
        self.name_methods(before, name, def.range());
        self.bind_definition(def.name.as_str(), def.name.range(), BindKind::Class);
    }

    /// The methods walked since `before` become one scope of the class.
    fn name_methods(&mut self, before: usize, name: Option<super::NameId>, range: TextRange) {
        if name.is_none() {
            return;
        }
        let mut merged = new_scope(ScopeKind::Class, name, range);
        let methods: Vec<ScopeId> = self.out.scopes.drain(before..).collect();
        for id in methods {
            if let Some(method) = self.facts.scopes.get(id.0 as usize) {
                let reads = method.reads.iter().cloned();
                let called = method.method;
                let name = called.map_or("", |name| self.facts.names.text(name));
                let in_constructor = ["__init__", "__new__", "__post_init__"].contains(&name);
                merged.reads.extend(reads.map(|found| Use {
                    method: called,
                    in_constructor,
                    ..found
                }));
                merged.unseen = merged.unseen.or_else(|| method.unseen.clone());
                merged.asked.extend(&method.asked);
                merged.writes.extend(&method.writes);
                merged.mutates.extend(&method.mutates);
                merged.changes.extend(&method.changes);
                merged.mutates_arguments |= method.mutates_arguments;
                merged.reflective |= method.reflective;
            }
        }
        let id = self.add_scope(merged);
        self.out.scopes.push(id);
    }

    fn bind_definition(&mut self, name: &str, range: TextRange, kind: BindKind) {
        self.bind(name, range, kind);
    }

    fn at_top(&self) -> bool {
        self.frames.is_empty() && self.deferred.is_none()
    }

    pub(super) fn lambda(&mut self, lambda: &ExprLambda, immediate: bool) {
        let mut bindings = Bindings::default();
        if let Some(parameters) = &lambda.parameters {
            walk_parameters(self, parameters);
            bindings
                .bound
                .extend(parameters.iter().map(|p| p.name().as_str().to_owned()));
        }
        let before = self.facts.scopes.len();
        self.deferred_body(
            ScopeKind::Lambda,
            None,
            lambda.range(),
            Frame::Function(bindings),
            |walker| {
                walker.visit_expr(&lambda.body);
            },
        );
        self.mark_immediate(before, immediate);
    }

    fn mark_immediate(&mut self, before: usize, immediate: bool) {
        if immediate && let Some(scope) = self.facts.scopes.get_mut(before) {
            scope.immediate = true;
        }
    }

    /// A list, set or dict comprehension: it runs where it stands.
    pub(super) fn comprehension(&mut self, generators: &[Comprehension], elements: &[&Expr]) {
        self.generators(generators, |walker| {
            for element in elements {
                walker.visit_expr(element);
            }
        });
    }

    /// A generator expression: its first iterable is evaluated where it stands, the rest when it is consumed.
    ///
    /// `consumed` tells that this happens on the spot (`sum(x for …)`).
    pub(super) fn generator(&mut self, generators: &[Comprehension], element: &Expr, range: TextRange, consumed: bool) {
        if consumed || self.deferred.is_some() {
            self.comprehension(generators, &[element]);
            return;
        }
        let Some((first, rest)) = generators.split_first() else {
            return;
        };
        self.visit_expr(&first.iter);
        let frame = Frame::Comprehension(targets(generators));
        self.deferred_body(ScopeKind::Generator, None, range, frame, |walker| {
            walker.each_generator(first, rest);
            walker.visit_expr(element);
        });
    }

    fn generators(&mut self, generators: &[Comprehension], element: impl FnOnce(&mut Self)) {
        let Some((first, rest)) = generators.split_first() else {
            return;
        };
        self.visit_expr(&first.iter);
        self.frames.push(Frame::Comprehension(targets(generators)));
        self.in_loop(true, |walker| {
            let before = walker.state.clone();
            walker.each_generator(first, rest);
            element(walker);
            let after = std::mem::replace(&mut walker.state, before.clone());
            walker.state = before.or_partly(&after);
        });
        self.frames.pop();
    }

    fn each_generator(&mut self, first: &Comprehension, rest: &[Comprehension]) {
        for condition in &first.ifs {
            self.visit_expr(condition);
        }
        self.out.awaits |= self.deferred.is_none() && (first.is_async || rest.iter().any(|g| g.is_async));
        for generator in rest {
            self.visit_expr(&generator.iter);
            for condition in &generator.ifs {
                self.visit_expr(condition);
            }
        }
    }

    /// Walks a body that runs later: its reads go to a scope of their own.
    fn deferred_body(
        &mut self,
        kind: ScopeKind,
        name: Option<super::NameId>,
        range: TextRange,
        frame: Frame,
        walk: impl FnOnce(&mut Self),
    ) {
        let outer = self.deferred;
        if outer.is_none() {
            let id = self.add_scope(new_scope(kind, name, range));
            self.out.scopes.push(id);
            self.deferred = Some(id);
        }
        let conditional = std::mem::take(&mut self.conditional);
        let rounds = std::mem::take(&mut self.rounds);
        let loops = (std::mem::take(&mut self.loops), std::mem::take(&mut self.loop_level));
        let guarded = std::mem::take(&mut self.guarded);
        let breaks = std::mem::take(&mut self.breaks);
        let state = self.state.clone();
        self.conditional = u32::from(outer.is_some());
        self.frames.push(frame);
        walk(self);
        self.frames.pop();
        self.state = state;
        self.conditional = conditional;
        self.rounds = rounds;
        (self.loops, self.loop_level) = loops;
        self.guarded = guarded;
        self.breaks = breaks;
        self.deferred = outer;
    }

    fn add_scope(&mut self, scope: Scope) -> ScopeId {
        let id = ScopeId(u32::try_from(self.facts.scopes.len()).unwrap_or(u32::MAX));
        self.facts.scopes.push(scope);
        id
    }

    pub(super) fn body(&mut self, body: &[Stmt]) {
        for stmt in body {
            self.visit_stmt(stmt);
        }
    }
}

fn new_scope(kind: ScopeKind, name: Option<super::NameId>, range: TextRange) -> Scope {
    Scope {
        kind,
        name,
        range,
        reads: Vec::new(),
        writes: Vec::new(),
        mutates: Vec::new(),
        changes: Vec::new(),
        mutates_arguments: false,
        immediate: false,
        reflective: false,
        unseen: None,
        method: None,
        asked: Vec::new(),
    }
}

/// The names that the clauses of a comprehension bind.
fn targets(generators: &[Comprehension]) -> Vec<String> {
    let mut bindings = Bindings::default();
    for generator in generators {
        bindings.visit_expr(&generator.target);
    }
    let mut names: Vec<String> = bindings.bound.into_iter().collect();
    names.sort();
    names
}
