//! Into the bodies of what is called: functions, methods of the notebook's own classes, what a function returned.

use rustc_hash::FxHashSet;

use crate::notebook::CellIdx;

use super::super::NameId;
use super::super::effects::is_known_method;
use super::super::model::{Asked, Receiver, Role, Scope, ScopeId, ScopeKind, Source, Statement, Use};
use super::{Absence, Callable, Known, Reach, Run, Through};

/// Bodies on the way, so that one that calls itself is entered once.
type Visited = FxHashSet<(ScopeId, Option<NameId>)>;

/// What a statement binds its one name to.
pub(super) enum Value {
    Callable(Callable),
    Instance(ScopeId),
    Unknown,
}

impl<'f> Run<'f> {
    pub(super) fn read(&mut self, cell: CellIdx, found: &Use, reach: Reach, statement: Option<&'f Statement>) {
        self.check(cell, found, reach, None, statement);
        self.follow(cell, found, reach, statement);
    }

    /// Goes into what the read runs.
    pub(super) fn follow(&mut self, cell: CellIdx, found: &Use, reach: Reach, statement: Option<&'f Statement>) {
        let through = Through {
            function: found.name,
            defined: cell,
            cell,
            range: found.range,
            reach,
            guarded: found.guarded,
        };
        self.run(found, through, statement, &mut Visited::default());
    }

    fn run(&mut self, found: &Use, through: Through, statement: Option<&'f Statement>, visited: &mut Visited) {
        if found.role.calls()
            && let Some(&class) = self.instances.get(&found.name)
        {
            let asked = self.facts.names.find("__call__");
            let through = Through {
                function: found.name,
                ..through
            };
            asked
                .into_iter()
                .for_each(|name| self.method(class, name, through, statement, visited));
        }
        let Some(&callable) = self.callables.get(&found.name) else {
            return;
        };
        let Some(scope) = self.facts.scope(callable.scope) else {
            return;
        };
        let reach = match found.role {
            Role::Called if scope.lazy && !callable.held => return,
            Role::Handed if scope.lazy => through.reach.max(Reach::Callback),
            Role::Called | Role::Consumed | Role::Handed if !callable.held && !callable.inner => through.reach,
            Role::Called | Role::Consumed | Role::Handed | Role::Passed => through.reach.max(Reach::Callback),
            Role::Plain | Role::Kept if callable.held => through.reach.max(Reach::Callback),
            Role::Plain | Role::Kept => return,
        };
        let deeper = Through {
            function: found.name,
            defined: callable.cell,
            reach,
            ..through
        };
        self.enter(callable, deeper, statement, visited);
    }

    /// Reads what the body of a called function reads, and binds what it binds through `global`.
    fn enter(&mut self, callable: Callable, through: Through, statement: Option<&'f Statement>, visited: &mut Visited) {
        let id = callable.scope;
        let Some(scope) = self.facts.scope(id) else { return };
        if scope.kind == ScopeKind::Class {
            for method in ["__new__", "__init__", "__post_init__"] {
                if let Some(method) = self.facts.names.find(method) {
                    self.method(id, method, through, statement, visited);
                }
            }
            // lambdas among its attributes
            self.body(scope, (id, None), through, statement, visited);
        } else if callable.inner {
            self.entered.insert((id, None, true));
            for found in scope.reads.iter().filter(|found| found.inner) {
                self.read_inside(scope, found, through, statement, visited);
            }
        } else {
            self.body(scope, (id, None), through, statement, visited);
        }
    }

    /// Runs the method of a class, its own or that of a base.
    fn method(
        &mut self,
        class: ScopeId,
        method: NameId,
        through: Through,
        statement: Option<&'f Statement>,
        visited: &mut Visited,
    ) {
        let Some((owner, cell)) = self.owner(class, method) else {
            return;
        };
        let Some(scope) = self.facts.scope(owner) else { return };
        let through = Through {
            defined: cell.unwrap_or(through.defined),
            ..through
        };
        self.body(scope, (owner, Some(method)), through, statement, visited);
    }

    /// The class, among this one and its bases, that has the method; and the cell that defines it.
    fn owner(&self, class: ScopeId, method: NameId) -> Option<(ScopeId, Option<CellIdx>)> {
        let mut seen: Vec<ScopeId> = Vec::new();
        let mut todo = vec![class];
        while let Some(id) = todo.pop() {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            let scope = self.facts.scope(id)?;
            if scope.methods.contains(&method) {
                let definers = self.methods.get(&method).into_iter().flatten();
                let cell = definers
                    .filter(|(definer, _)| *definer == id)
                    .map(|&(_, cell)| cell)
                    .next();
                return Some((id, cell));
            }
            todo.extend(self.bases(scope));
        }
        None
    }

    fn bases(&self, class: &Scope) -> Vec<ScopeId> {
        let bases = class.bases.iter().rev();
        bases
            .filter_map(|base| self.callables.get(base).map(|callable| callable.scope))
            .collect()
    }

    /// The reads and calls of a function's body, or of one method of a class.
    fn body(
        &mut self,
        scope: &'f Scope,
        (id, method): (ScopeId, Option<NameId>),
        through: Through,
        statement: Option<&'f Statement>,
        visited: &mut Visited,
    ) {
        if !visited.insert((id, method)) {
            return;
        }
        self.entered.insert((id, method, false));
        for found in scope.reads.iter().filter(|found| found.method == method) {
            // a function that it returns is not run yet; what nothing binds is missing whenever it is
            let now = !found.inner || self.is_never_bound(found.name, through.cell);
            // a `global` name that the body itself binds first is the body's business
            if now && !scope.writes.contains(&found.name) {
                self.read_inside(scope, found, through, statement, visited);
            }
        }
        for asked in scope.asked.iter().filter(|asked| asked.method == method) {
            let reach = through.reach.max(Reach::of(asked.branched));
            let own = (scope.kind == ScopeKind::Class).then_some(id);
            self.ask_method(asked, own, Through { reach, ..through }, statement, visited);
        }
        if method.is_none() || scope.writes.is_empty() {
            self.rebind(scope, through);
        }
        for &name in &scope.writes {
            let known = match through.reach {
                Reach::Sure => Known::Bound,
                _ => Known::Maybe,
            };
            if !scope.deletes.contains(&name) {
                self.known.entry(name).or_insert(known);
            }
        }
        self.unseen.extend(&scope.unseen);
    }

    fn rebind(&mut self, scope: &Scope, through: Through) {
        for name in scope.deletes.iter().filter(|_| through.reach == Reach::Sure) {
            self.known.insert(*name, Known::Deleted(through.cell));
        }
    }

    fn is_never_bound(&self, name: NameId, cell: CellIdx) -> bool {
        !self.known.contains_key(&name) && self.never_or_later(name, cell) == Absence::NeverBound
    }

    fn read_inside(
        &mut self,
        scope: &'f Scope,
        found: &'f Use,
        through: Through,
        statement: Option<&'f Statement>,
        visited: &mut Visited,
    ) {
        let later = found.inner && !scope.lazy;
        let reach = through.reach.max(Reach::of(found.branched || later));
        let guarded = through.guarded || found.guarded;
        if !guarded {
            self.check(through.cell, found, reach, Some(through), statement);
        }
        let through = Through {
            reach,
            guarded,
            ..through
        };
        self.run(found, through, statement, visited);
    }

    /// The methods that a statement's own attributes and operations call.
    pub(super) fn ask(&mut self, cell: CellIdx, statement: &'f Statement) {
        for asked in &statement.asked {
            let through = Through {
                function: asked.name,
                defined: cell,
                cell,
                range: asked.range,
                reach: Reach::of(asked.branched),
                guarded: false,
            };
            self.ask_method(asked, None, through, Some(statement), &mut Visited::default());
        }
    }

    /// Runs the method that an object is asked for. Where the class of the object is not known, any class that has
    /// such a method may be meant: that lowers the confidence where objects of other kinds have one too.
    fn ask_method(
        &mut self,
        asked: &Asked,
        own: Option<ScopeId>,
        through: Through,
        statement: Option<&'f Statement>,
        visited: &mut Visited,
    ) {
        let through = Through {
            function: asked.name,
            ..through
        };
        let classes: Vec<ScopeId> = match (asked.receiver, own) {
            (Receiver::Own, Some(own)) => vec![own],
            (Receiver::Base, Some(own)) => self.facts.scope(own).map(|class| self.bases(class)).unwrap_or_default(),
            (Receiver::Name(name) | Receiver::New(name), _) => {
                let instance = self.instances.get(&name).copied();
                let class = self.callables.get(&name).map(|callable| callable.scope);
                let class = class.filter(|&id| self.facts.scope(id).is_some_and(|s| s.kind == ScopeKind::Class));
                instance.or(class).into_iter().collect()
            }
            _ => Vec::new(),
        };
        if !classes.is_empty() {
            for class in classes {
                self.method(class, asked.name, through, statement, visited);
            }
            return;
        }
        let text = self.facts.text(asked.name);
        let candidates = self.methods.get(&asked.name).cloned().unwrap_or_default();
        if candidates.is_empty() || text.starts_with("__") {
            return;
        }
        let only = candidates.len() == 1 && !is_known_method(text);
        let reach = if only { through.reach } else { Reach::Callback };
        for (class, _) in candidates {
            self.method(class, asked.name, Through { reach, ..through }, statement, visited);
        }
    }

    /// Lambdas and generators that what they are given to runs before it returns.
    pub(super) fn scopes_run_here(&mut self, cell: CellIdx, statement: &'f Statement) {
        for &id in &statement.scopes {
            let Some(scope) = self.facts.scope(id).filter(|scope| scope.immediate) else {
                continue;
            };
            self.entered.insert((id, None, false));
            for found in &scope.reads {
                let reach = if scope.surely {
                    Reach::of(found.branched)
                } else {
                    Reach::Callback
                };
                self.read(cell, found, reach, Some(statement));
            }
        }
    }

    /// What the statement's value is, before its names are bound anew.
    pub(super) fn value(&self, cell: CellIdx, statement: &Statement) -> Value {
        let held = |name: NameId| {
            let callable = *self.callables.get(&name)?;
            Some(Value::Callable(Callable { held: true, ..callable }))
        };
        let of_class = |id: ScopeId| self.facts.scope(id).is_some_and(|scope| scope.kind == ScopeKind::Class);
        let from_source = match statement.source {
            Some(Source::Same(name)) => {
                let instance = self.instances.get(&name).map(|&class| Value::Instance(class));
                instance.or_else(|| self.callables.get(&name).map(|&callable| Value::Callable(callable)))
            }
            Some(Source::Call(name)) => self.callables.get(&name).and_then(|callable| {
                let scope = self.facts.scope(callable.scope)?;
                if of_class(callable.scope) {
                    Some(Value::Instance(callable.scope))
                } else if scope.lazy {
                    Some(Value::Callable(Callable {
                        held: true,
                        ..*callable
                    }))
                } else if scope.reads.iter().any(|found| found.inner) && !callable.inner {
                    Some(Value::Callable(Callable {
                        inner: true,
                        ..*callable
                    }))
                } else {
                    None
                }
            }),
            _ => None,
        };
        if let Some(value) = from_source {
            return value;
        }
        let defined = statement
            .scopes
            .iter()
            .find(|&&id| self.facts.scope(id).is_some_and(|s| s.name.is_none()));
        if let Some(&scope) = defined {
            let held = statement.source != Some(Source::Lambda);
            return Value::Callable(Callable {
                scope,
                cell,
                inner: false,
                held,
            });
        }
        let mut kept = statement
            .uses
            .iter()
            .filter(|found| matches!(found.role, Role::Plain | Role::Kept));
        kept.find_map(|found| held(found.name)).unwrap_or(Value::Unknown)
    }

    /// Gives the statement's names what they stand for.
    pub(super) fn define(&mut self, cell: CellIdx, statement: &Statement, value: Value) {
        for &id in &statement.scopes {
            let Some(scope) = self.facts.scope(id) else { continue };
            if let Some(name) = scope.name {
                let callable = Callable {
                    scope: id,
                    cell,
                    inner: false,
                    held: false,
                };
                self.callables.insert(name, callable);
            }
            for &method in &scope.methods {
                self.methods.entry(method).or_default().push((id, cell));
            }
        }
        let [bind] = statement.binds.as_slice() else {
            return;
        };
        if self.callables.contains_key(&bind.name) {
            return;
        }
        match value {
            Value::Callable(callable) => {
                self.callables.insert(bind.name, callable);
            }
            Value::Instance(class) => {
                self.instances.insert(bind.name, class);
            }
            Value::Unknown => {}
        }
    }
}
