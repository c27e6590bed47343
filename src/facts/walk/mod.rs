//! The walk over a cell's statements that fills the facts: Python's scoping, and assignment along the paths.

mod expr;
mod scope;
mod stmt;
mod text;

pub(crate) use stmt::is_main_test;
use text::Text;

use ruff_python_ast::Stmt;
use ruff_python_ast::visitor::Visitor;
use ruff_text_size::{Ranged, TextRange};

use crate::python::{Body, CellCode, Effect as MagicEffect, MagicKind, is_ipython_magic};

use super::model::{
    Asked, Bind, BindKind, CellFacts, Certainty, Receiver, Reflection, Role, Scope, ScopeId, Statement, StmtKind, Use,
};
use super::names::NameId;
use super::scopes::Bindings;
use super::state::{Local, State};
use super::unwritten::{Grip, Unseen, Unwritten};
use super::{Facts, strings};

/// Gathers the facts of one cell.
pub(super) fn walk_cell(facts: &mut Facts, cell: &CellCode) -> CellFacts {
    let mut out = CellFacts {
        idx: cell.idx,
        statements: Vec::new(),
        guessed: Vec::new(),
        magic_binds: Vec::new(),
        binds_unknown: false,
        private_uses: Vec::new(),
        unwritten: Unwritten::default(),
        automagic: automagic(facts, cell),
    };
    match &cell.body {
        Body::Python(parsed) => {
            for stmt in &parsed.syntax().body {
                out.statements.push(walk_statement(facts, stmt));
            }
        }
        Body::Private(parsed) => {
            // what the body binds for itself is no read of the notebook's, and is seen by nobody else
            let seen = facts.seen.clone();
            let mut own: Vec<NameId> = Vec::new();
            for stmt in &parsed.syntax().body {
                let statement = walk_statement(facts, stmt);
                let foreign = statement.uses.into_iter().filter(|found| !own.contains(&found.name));
                out.private_uses.extend(foreign);
                own.extend(statement.binds.iter().map(|bind| bind.name));
            }
            facts.seen = seen;
        }
        Body::Broken(parsed, _) => {
            let bindings = Bindings::of_body(None, &parsed.syntax().body);
            let mut names: Vec<String> = bindings.bound.into_iter().collect();
            names.extend(names_before_equals(&cell.text));
            names.sort();
            names.dedup();
            out.guessed = names.iter().map(|name| facts.names.intern(name)).collect();
        }
        Body::Foreign => {}
    }
    let unknown = cell.cell_magic().filter(|magic| magic.effect == MagicEffect::Unknown);
    if unknown.is_some() {
        let names = names_before_equals(&cell.text).map(|name| facts.names.intern(&name));
        out.unwritten.maybe.extend(names);
    }
    for magic in cell.magics.iter().filter(|magic| magic.kind == MagicKind::Cell) {
        out.unwritten.magic(magic.kind, &magic.name, &magic.arguments, facts);
    }
    for magic in &cell.magics {
        out.binds_unknown |= magic.effect == MagicEffect::BindsNames || magic.effect == MagicEffect::Unknown;
    }
    out.magic_binds = out.unwritten.names.clone();
    if matches!(cell.body, Body::Foreign) {
        for name in strings::interpolated(&cell.text) {
            let name = facts.names.intern(&name);
            out.private_uses.push(text_use(name, TextRange::default()));
        }
    }
    out
}

/// The magic that a cell of one line is by IPython's automagic, where no cell has bound its first word by then.
fn automagic(facts: &mut Facts, cell: &CellCode) -> Option<(NameId, Unwritten)> {
    let line = cell.text.trim_end();
    if line.contains('\n') || cell.cell_magic().is_some() {
        return None;
    }
    let line = line.trim_start();
    let end = line
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(line.len());
    let (name, rest) = line.split_at_checked(end)?;
    let rest = rest.trim_start();
    let assigns = rest.starts_with(',') || (rest.starts_with('=') && !rest.starts_with("=="));
    if assigns || rest.starts_with('.') || !is_ipython_magic(name) {
        return None;
    }
    let mut unwritten = Unwritten::default();
    unwritten.magic(MagicKind::Line, name, rest, facts);
    Some((facts.names.intern(name), unwritten))
}

/// What stands before a lone `=` at the start of a line: the names that a broken cell seems to bind.
fn names_before_equals(text: &str) -> impl Iterator<Item = String> + '_ {
    text.lines().filter_map(|line| {
        let (left, right) = line.split_once('=')?;
        let name = left.trim_end_matches(['+', '-', '*', '/']).trim();
        let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.is_empty();
        (is_name && !right.starts_with('=')).then(|| name.to_owned())
    })
}

fn text_use(name: NameId, range: TextRange) -> Use {
    Use {
        name,
        range,
        conditional: false,
        guarded: false,
        role: Role::Plain,
        maybe_local: false,
        deleted: false,
        in_text: true,
        loose: true,
        branched: false,
        optional: false,
        inner: false,
        in_later_round: false,
        method: None,
        in_constructor: false,
    }
}

fn walk_statement(facts: &mut Facts, stmt: &Stmt) -> Statement {
    let mut walker = Walker::new(facts, stmt);
    walker.visit_stmt(stmt);
    walker.finish()
}

/// A scope around the place of the walk.
enum Frame {
    /// A function, lambda or generator expression: its names are its own.
    Function(Bindings),
    /// A class body: its names are seen only right in it.
    Class(Vec<String>),
    /// A comprehension that runs where it stands: its targets are its own.
    Comprehension(Vec<String>),
}

/// Where a name stands, by Python's rules.
enum Resolved {
    /// In a scope of the statement's own.
    Own,
    Notebook(NameId),
}

struct Walker<'f> {
    facts: &'f mut Facts,
    out: Statement,
    state: State,
    frames: Vec<Frame>,
    /// The scope whose body is walked, where it doesn't run here.
    deferred: Option<ScopeId>,
    /// Whether what is walked runs on some paths only.
    conditional: u32,
    /// How many of those are loops that go through what they are given: few are given nothing.
    rounds: u32,
    /// How many of those are parts of expressions.
    optional: u32,
    /// How many functions are around that the one around them doesn't call.
    inner: u32,
    /// Whether the absence of names is provided for.
    guarded: u32,
    /// How many loops are around, and how conditional the innermost one's body is by itself.
    loops: u32,
    loop_level: u32,
    /// The states at the `break`s of the loops around.
    breaks: Vec<Vec<State>>,
    /// Where the string stands whose code is walked.
    text: Option<Text>,
    /// What a call that is met next is for.
    call_role: Role,
    /// What the method that is walked calls its object.
    own: Option<String>,
}

impl<'f> Walker<'f> {
    fn new(facts: &'f mut Facts, stmt: &Stmt) -> Self {
        Self {
            facts,
            out: Statement {
                range: stmt.range(),
                kind: stmt_kind(stmt),
                uses: Vec::new(),
                binds: Vec::new(),
                bound: Vec::new(),
                deleted: Vec::new(),
                mutates: Vec::new(),
                changes: Vec::new(),
                scopes: Vec::new(),
                aliases: Vec::new(),
                reflection: None,
                binds_unknown: false,
                awaits: false,
                asks_for: Vec::new(),
                unwritten: Unwritten::default(),
                asked: Vec::new(),
                own_calls: Vec::new(),
                source: None,
                files: Vec::new(),
            },
            state: State::default(),
            frames: Vec::new(),
            deferred: None,
            conditional: 0,
            rounds: 0,
            optional: 0,
            inner: 0,
            guarded: 0,
            loops: 0,
            loop_level: 0,
            breaks: Vec::new(),
            text: None,
            call_role: Role::Called,
            own: None,
        }
    }

    fn finish(mut self) -> Statement {
        for (name, local) in self.state.iter() {
            match local {
                Local::Bound => self.out.bound.push((name, Certainty::Definite)),
                Local::Maybe => self.out.bound.push((name, Certainty::Maybe)),
                Local::Deleted => self.out.deleted.push((name, Certainty::Definite)),
                Local::MaybeDeleted => self.out.deleted.push((name, Certainty::Maybe)),
            }
        }
        // a path that ended early (an `if` that raises) may have bound what the others did not
        let missing: Vec<NameId> = self.out.binds.iter().map(|bind| bind.name).collect();
        for name in missing {
            let known =
                self.out.bound.iter().any(|&(n, _)| n == name) || self.out.deleted.iter().any(|&(n, _)| n == name);
            if !known {
                self.out.bound.push((name, Certainty::Maybe));
            }
        }
        for bind in &self.out.binds {
            let is_value = !matches!(bind.kind, BindKind::Import { .. });
            *self.facts.seen.entry(bind.name).or_default() |= is_value;
        }
        for names in [&mut self.out.mutates, &mut self.out.asks_for] {
            names.sort();
            names.dedup();
        }
        self.out
    }

    /// Where `name` is looked up from here.
    fn resolve(&mut self, name: &str) -> Resolved {
        for (depth, frame) in self.frames.iter().rev().enumerate() {
            match frame {
                Frame::Function(bindings) => {
                    if bindings.globals.contains(name) {
                        break;
                    }
                    if bindings.bound.contains(name) {
                        return Resolved::Own;
                    }
                }
                Frame::Class(bound) => {
                    if depth == 0 && bound.iter().any(|b| b == name) {
                        return Resolved::Own;
                    }
                }
                Frame::Comprehension(targets) => {
                    if targets.iter().any(|t| t == name) {
                        return Resolved::Own;
                    }
                }
            }
        }
        Resolved::Notebook(self.facts.names.intern(name))
    }

    fn read(&mut self, name: &str, range: TextRange, role: Role) {
        self.read_as(name, range, role, false);
    }

    /// Where something stands: what the code of a string does, it does where the string is.
    fn place(&self, range: TextRange) -> TextRange {
        self.text.as_ref().map_or(range, |text| text.range)
    }

    /// Reads a name; a `loose` one may be no name at all.
    fn read_as(&mut self, name: &str, range: TextRange, role: Role, loose: bool) {
        let Resolved::Notebook(id) = self.resolve(name) else {
            return;
        };
        if self.text.as_ref().is_some_and(|text| text.bound.contains(&id)) {
            return;
        }
        if self.deferred.is_none() && ["In", "Out", "_", "__", "___", "_ih", "_oh", "_dh"].contains(&name) {
            self.reflect_unless_bound(id);
        }
        let mut found = Use {
            name: id,
            range: self.place(range),
            conditional: self.conditional > 0,
            guarded: self.guarded > 0 || self.state.ended,
            role,
            maybe_local: false,
            deleted: false,
            in_text: loose || self.text.is_some(),
            loose,
            branched: self.conditional > self.rounds,
            optional: self.optional > 0,
            inner: self.inner > 0,
            in_later_round: self.loops > 0 && self.conditional > self.loop_level,
            method: None,
            in_constructor: false,
        };
        if let Some(scope) = self.deferred_scope() {
            scope.reads.push(found);
            return;
        }
        match self.state.get(id) {
            Some(Local::Bound) => {
                if role.calls() && self.defines(id) {
                    self.out.own_calls.push(found);
                }
                return;
            }
            Some(Local::Maybe) => found.maybe_local = true,
            Some(Local::Deleted | Local::MaybeDeleted) => found.deleted = true,
            // bound on a path that went on to the next round (`if first: x = …; continue`)
            None if self.loops > 0 => found.in_later_round |= self.out.binds.iter().any(|bind| bind.name == id),
            None => {}
        }
        self.out.uses.push(found);
    }

    /// Whether the statement has defined a function or class of this name.
    fn defines(&self, name: NameId) -> bool {
        let mut binds = self.out.binds.iter();
        binds.any(|bind| bind.name == name && matches!(bind.kind, BindKind::Function | BindKind::Class))
    }

    /// Notes that an object is asked for an attribute: a method of the notebook's own classes may run.
    fn ask(&mut self, receiver: Receiver, attribute: &str, range: TextRange) {
        let name = self.facts.names.intern(attribute);
        let asked = Asked {
            name,
            range: self.place(range),
            receiver,
            method: None,
            branched: self.conditional > self.rounds,
        };
        match self.deferred_scope() {
            Some(scope) => scope.asked.push(asked),
            None => self.out.asked.push(asked),
        }
    }

    /// `_` and its like are the kernel's history, unless the notebook binds them itself.
    fn reflect_unless_bound(&mut self, name: NameId) {
        if !self.facts.seen.contains_key(&name) && !self.out.binds.iter().any(|bind| bind.name == name) {
            self.out.reflection = self.out.reflection.or(Some(Reflection::Kernel));
        }
    }

    fn bind(&mut self, name: &str, range: TextRange, kind: BindKind) {
        let declared_global = self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Function(bindings) => Some(bindings.globals.contains(name)),
            _ => None,
        });
        // a comprehension that runs at the top level lets only a walrus out
        let stays_inside = declared_global != Some(true) && (self.deferred.is_some() || kind != BindKind::Walrus);
        match self.frames.last_mut() {
            Some(Frame::Class(bound)) => {
                bound.push(name.to_owned());
                return;
            }
            Some(Frame::Function(_) | Frame::Comprehension(_)) if stays_inside && self.text.is_none() => return,
            _ => {}
        }
        let id = self.facts.names.intern(name);
        if self.text.is_some() {
            self.bind_in_text(id);
            return;
        }
        if let Some(scope) = self.deferred_scope() {
            scope.writes.push(id);
            return;
        }
        self.out.binds.push(Bind { name: id, range, kind });
        self.state.bind(id);
    }

    fn delete(&mut self, name: &str, range: TextRange) {
        self.read(name, range, Role::Plain);
        if let Resolved::Notebook(id) = self.resolve(name) {
            match self.deferred_scope() {
                Some(scope) => {
                    scope.writes.push(id);
                    scope.deletes.push(id);
                }
                None => self.state.delete(id),
            }
        }
    }

    fn mutate(&mut self, name: &str) {
        if let Resolved::Notebook(id) = self.resolve(name) {
            match self.deferred_scope() {
                Some(scope) => scope.mutates.push(id),
                None => self.out.mutates.push(id),
            }
        } else if let Some(scope) = self.deferred_scope() {
            scope.mutates_arguments = true;
        }
    }

    /// A change that is certain, not only possible.
    fn change(&mut self, name: &str) {
        self.mutate(name);
        if let Resolved::Notebook(id) = self.resolve(name) {
            match self.deferred_scope() {
                Some(scope) => scope.changes.push(id),
                None => self.out.changes.push(id),
            }
        }
    }

    fn reflect(&mut self, what: Reflection) {
        match self.deferred_scope() {
            Some(scope) => scope.reflective = true,
            None => self.out.reflection = self.out.reflection.or(Some(what)),
        }
        if self.deferred.is_some() {
            self.out.reflection = self.out.reflection.or(Some(what));
        }
    }

    fn deferred_scope(&mut self) -> Option<&mut Scope> {
        let id = self.deferred?;
        self.facts.scopes.get_mut(id.0 as usize)
    }

    /// Adds what binds names without writing them: here, or where the body around is called.
    fn unwritten(&mut self, add: impl FnOnce(&mut Unwritten, &mut Facts)) {
        let mut added = Unwritten::default();
        add(&mut added, self.facts);
        let Some(id) = self.deferred else {
            self.out.unwritten.merge(added);
            return;
        };
        let named = added.names.iter().chain(&added.maybe);
        let named: Vec<Unseen> = named
            .map(|&name| Unseen {
                what: "code in a string".to_owned(),
                grip: Grip::Named(self.facts.text(name).to_owned()),
            })
            .collect();
        if let Some(scope) = self.facts.scopes.get_mut(id.0 as usize) {
            scope.unseen.extend(added.unseen);
            scope.unseen.extend(named);
        }
    }

    /// Walks what runs on some paths only.
    fn conditionally(&mut self, walk: impl FnOnce(&mut Self)) {
        self.conditional += 1;
        walk(self);
        self.conditional -= 1;
    }

    /// Walks the body of a loop: some paths only, and what one round binds the next one sees.
    fn in_loop(&mut self, goes_through: bool, walk: impl FnOnce(&mut Self)) {
        let level = self.loop_level;
        self.loops += 1;
        self.rounds += u32::from(goes_through);
        self.loop_level = self.conditional + 1;
        self.conditionally(walk);
        self.loop_level = level;
        self.rounds -= u32::from(goes_through);
        self.loops -= 1;
    }

    /// Walks a part of an expression that may stay unevaluated.
    fn optionally(&mut self, walk: impl FnOnce(&mut Self)) {
        self.optional += 1;
        self.conditionally(walk);
        self.optional -= 1;
    }

    /// Walks one of several paths from the current state; returns the state at its end and restores the current one.
    fn branch(&mut self, walk: impl FnOnce(&mut Self)) -> State {
        let before = self.state.clone();
        self.conditionally(walk);
        std::mem::replace(&mut self.state, before)
    }
}

fn stmt_kind(stmt: &Stmt) -> StmtKind {
    match stmt {
        Stmt::Import(_) => StmtKind::Import,
        Stmt::ImportFrom(import) => {
            let future = import
                .module
                .as_ref()
                .is_some_and(|module| module.as_str() == "__future__");
            if future { StmtKind::Future } else { StmtKind::Import }
        }
        Stmt::FunctionDef(_) => StmtKind::Function,
        Stmt::ClassDef(_) => StmtKind::Class,
        Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::AugAssign(_) => StmtKind::Assign,
        Stmt::Expr(_) => StmtKind::Expression,
        Stmt::IpyEscapeCommand(_) => StmtKind::Escape,
        _ => StmtKind::Other,
    }
}
