//! Scopes: functions, classes, lambdas, comprehensions and generator expressions.

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{
    Comprehension, Decorator, Expr, ExprLambda, Parameters, Stmt, StmtClassDef, StmtFunctionDef, TypeParams,
};
use ruff_text_size::{Ranged, TextRange};

use super::super::model::{Asked, BindKind, Role, Scope, ScopeId, ScopeKind, Use};
use super::super::scopes::Bindings;
use super::expr::Runs;
use super::{Frame, Walker};

/// Whether a function calls a function that it has defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Called {
    Surely,
    /// On some paths, or it hands it to a call.
    Maybe,
    /// It returns it, or keeps it.
    Never,
}

impl Walker<'_> {
    pub(super) fn function(&mut self, def: &StmtFunctionDef) {
        self.decorators(&def.decorator_list);
        self.with_type_parameters(def.type_params.as_deref(), |walker| {
            walker.signature(&def.parameters, def.returns.as_deref());
        });
        let bindings = Bindings::of_body(Some(&def.parameters), &def.body);
        let name = self.at_top().then(|| self.facts.names.intern(def.name.as_str()));
        let is_method = self.deferred.is_none() && matches!(self.frames.last(), Some(Frame::Class(_)));
        let scope = self.facts.scopes.len();
        let lazy = def.is_async || bindings.yields;
        let outer = self.called_by_outer(def.name.as_str());
        let own = def.parameters.iter_non_variadic_params().next().filter(|_| is_method);
        let own = own.map(|parameter| parameter.name().as_str().to_owned());
        self.bind(def.name.as_str(), def.name.range(), BindKind::Function);
        self.with_type_parameters(def.type_params.as_deref(), |walker| {
            let before = (walker.own.clone(), walker.inner);
            walker.own = own.or(walker.own.take());
            walker.inner += u32::from(outer == Some(Called::Never));
            let frame = Frame::Function(bindings);
            walker.deferred_body((ScopeKind::Function, name, def.range()), frame, outer, |walker| {
                walker.body(&def.body);
            });
            (walker.own, walker.inner) = before;
        });
        let method = is_method.then(|| self.facts.names.intern(def.name.as_str()));
        // of a function in a function there is no scope: its reads are those of the outer one
        if let (None, Some(scope)) = (outer, self.facts.scopes.get_mut(scope)) {
            scope.method = method;
            scope.lazy = lazy;
        }
    }

    fn decorators(&mut self, decorators: &[Decorator]) {
        for decorator in decorators {
            match &decorator.expression {
                Expr::Name(name) => self.read(name.id.as_str(), name.range, Role::Called),
                expression => self.visit_expr(expression),
            }
        }
    }

    /// Walks what the names of `[T, …]` are seen in.
    fn with_type_parameters(&mut self, parameters: Option<&TypeParams>, walk: impl FnOnce(&mut Self)) {
        let names = parameters.iter().flat_map(|parameters| &parameters.type_params);
        let names: Vec<String> = names.map(|parameter| parameter.name().to_string()).collect();
        if names.is_empty() {
            return walk(self);
        }
        self.frames.push(Frame::Comprehension(names));
        walk(self);
        self.frames.pop();
    }

    /// What the function around does with the function of this name, where there is one around.
    fn called_by_outer(&self, name: &str) -> Option<Called> {
        self.deferred?;
        let around = self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Function(bindings) => Some(bindings),
            _ => None,
        });
        // a method of a class in a function, say
        let Some(around) = around else {
            return Some(Called::Maybe);
        };
        Some(if around.called.contains(name) {
            Called::Surely
        } else if around.maybe_called.contains(name) || matches!(self.frames.last(), Some(Frame::Class(_))) {
            Called::Maybe
        } else {
            Called::Never
        })
    }

    /// Defaults and annotations are evaluated where the function is defined.
    fn signature(&mut self, parameters: &Parameters, returns: Option<&Expr>) {
        for parameter in parameters {
            if let Some(default) = parameter.default() {
                self.visit_expr(default);
            }
            if let Some(annotation) = parameter.annotation() {
                self.annotation(annotation);
            }
        }
        if let Some(returns) = returns {
            self.annotation(returns);
        }
    }

    /// An annotation, which a `from __future__` import above may have made mere text.
    pub(super) fn annotation(&mut self, annotation: &Expr) {
        let lazy = u32::from(self.facts.lazy_annotations);
        self.guarded += lazy;
        self.visit_expr(annotation);
        self.guarded -= lazy;
    }

    pub(super) fn class(&mut self, def: &StmtClassDef) {
        self.decorators(&def.decorator_list);
        let name = self.at_top().then(|| self.facts.names.intern(def.name.as_str()));
        let before = self.out.scopes.len();
        self.with_type_parameters(def.type_params.as_deref(), |walker| {
            for argument in def.arguments.iter().flat_map(|arguments| arguments.iter_source_order()) {
                walker.visit_expr(argument.value());
            }
            walker.frames.push(Frame::Class(Vec::new()));
            walker.body(&def.body);
            walker.frames.pop();
        });
        self.name_methods(before, name, def);
        self.bind(def.name.as_str(), def.name.range(), BindKind::Class);
    }

    /// The methods walked since `before` become one scope of the class.
    fn name_methods(&mut self, before: usize, name: Option<super::NameId>, def: &StmtClassDef) {
        if name.is_none() {
            return;
        }
        let mut merged = new_scope(ScopeKind::Class, name, def.range());
        let bases = def.bases().iter().filter_map(|base| base.as_name_expr());
        merged.bases = bases.map(|base| self.facts.names.intern(base.id.as_str())).collect();
        let methods = def.body.iter().filter_map(|stmt| stmt.as_function_def_stmt());
        merged.methods = methods.map(|def| self.facts.names.intern(def.name.as_str())).collect();
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
                merged.unseen.extend(method.unseen.iter().cloned());
                merged.asked.extend(method.asked.iter().map(|asked| Asked {
                    method: called,
                    ..*asked
                }));
                merged.deletes.extend(&method.deletes);
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

    fn at_top(&self) -> bool {
        self.frames.is_empty() && self.deferred.is_none()
    }

    pub(super) fn lambda(&mut self, lambda: &ExprLambda, runs: Runs) {
        let mut bindings = Bindings::default();
        if let Some(parameters) = &lambda.parameters {
            self.signature(parameters, None);
            bindings
                .bound
                .extend(parameters.iter().map(|p| p.name().as_str().to_owned()));
        }
        let before = self.facts.scopes.len();
        let outer = self.deferred.is_some().then_some(match runs {
            Runs::Here => Called::Surely,
            Runs::Likely | Runs::Later => Called::Maybe,
        });
        let frame = Frame::Function(bindings);
        self.deferred_body((ScopeKind::Lambda, None, lambda.range()), frame, outer, |walker| {
            walker.visit_expr(&lambda.body);
        });
        if let (None, Some(scope)) = (outer, self.facts.scopes.get_mut(before)) {
            scope.immediate = runs != Runs::Later;
            scope.surely = runs == Runs::Here;
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
        self.deferred_body((ScopeKind::Generator, None, range), frame, None, |walker| {
            walker.each_generator(first, rest);
            walker.visit_expr(element);
        });
    }

    fn generators(&mut self, generators: &[Comprehension], element: impl FnOnce(&mut Self)) {
        let Some((first, rest)) = generators.split_first() else {
            return;
        };
        self.consume(&first.iter);
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
            self.consume(&generator.iter);
            for condition in &generator.ifs {
                self.visit_expr(condition);
            }
        }
    }

    /// Walks a body that runs later: its reads go to a scope of their own, or to that of the function around, which
    /// then says when it runs.
    fn deferred_body(
        &mut self,
        (kind, name, range): (ScopeKind, Option<super::NameId>, TextRange),
        frame: Frame,
        called: Option<Called>,
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
        let optional = std::mem::take(&mut self.optional);
        let loops = (std::mem::take(&mut self.loops), std::mem::take(&mut self.loop_level));
        let guarded = std::mem::take(&mut self.guarded);
        let breaks = std::mem::take(&mut self.breaks);
        let state = self.state.clone();
        self.state.ended = false;
        self.conditional = u32::from(outer.is_some() && called != Some(Called::Surely));
        self.frames.push(frame);
        walk(self);
        self.frames.pop();
        self.state = state;
        self.conditional = conditional;
        self.rounds = rounds;
        self.optional = optional;
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
        surely: false,
        lazy: kind == ScopeKind::Generator,
        deletes: Vec::new(),
        bases: Vec::new(),
        methods: Vec::new(),
        reflective: false,
        unseen: Vec::new(),
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
