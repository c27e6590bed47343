//! What is known of each top-level statement and of each scope whose body runs later.

use ruff_text_size::TextRange;

use crate::notebook::CellIdx;

use super::io::Direction;
use super::names::NameId;
use super::unwritten::{Unseen, Unwritten};

/// Index of a [`Scope`] in its [`super::Facts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(pub(super) u32);

/// A read of a notebook name.
#[derive(Clone, Debug)]
pub struct Use {
    pub name: NameId,
    pub range: TextRange,
    /// Whether it runs on some paths only (a branch, a loop body, a short circuit).
    pub conditional: bool,
    /// Whether the name's absence does no harm: the notebook provides for it (`except NameError`), or the read is never
    /// evaluated (`if False:`, annotations under `from __future__ import annotations`).
    pub guarded: bool,
    pub role: Role,
    /// Whether the same statement may have bound the name before (a branch that binds, say).
    pub maybe_local: bool,
    /// Whether the same statement has deleted the name before.
    pub deleted: bool,
    /// Whether the name stands in a string (`df.query("a > @t")`, `eval("a")`), or in a magic.
    pub in_text: bool,
    /// Whether it may be no name at all: a word of a formula, of SQL, of a shell command.
    pub loose: bool,
    /// Whether it runs on some paths only, loops that go through what they are given left aside.
    pub branched: bool,
    /// Whether it is a part of an expression that may stay unevaluated (`a or b`, `a if c else b`).
    pub optional: bool,
    /// Whether it stands in a function inside a function, which that one doesn't call itself.
    pub inner: bool,
    /// Whether it stands in a loop, under a condition: an earlier round may have bound the name.
    pub in_later_round: bool,
    /// The method in whose body it stands, for the reads of a class.
    pub method: Option<NameId>,
    /// Whether that method runs when an object is made.
    pub in_constructor: bool,
}

/// What a read does with the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    #[default]
    Plain,
    /// Calls it: `f(…)`.
    Called,
    /// Calls it, and awaits or goes through the result at once: `await f()`, `for x in f():`.
    Consumed,
    /// Calls it, and hands the result to another call: `DataFrame(f())`.
    Handed,
    /// Hands it to a call that may call it in turn: `df.apply(f)`.
    Passed,
    /// Hands it to a call that keeps it for later: `partial(f)`, `button.on_click(f)`.
    Kept,
}

impl Role {
    pub fn calls(self) -> bool {
        matches!(self, Self::Called | Self::Consumed | Self::Handed)
    }
}

/// The object that is asked for an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// What a notebook name stands for: `model.fit`.
    Name(NameId),
    /// A new object of the class of this name: `Model().fit`.
    New(NameId),
    /// The object whose method asks: `self.fit`.
    Own,
    /// The same, as its base classes have it: `super().fit`.
    Base,
    Unknown,
}

/// An attribute that an object is asked for, `obj.name`.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub name: NameId,
    pub range: TextRange,
    pub receiver: Receiver,
    /// The method in whose body it stands, for what a class asks.
    pub method: Option<NameId>,
    /// Whether it runs on some paths only.
    pub branched: bool,
}

/// Whether a statement binds a name on every path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    Definite,
    Maybe,
}

/// How a name gets its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BindKind {
    Assign,
    AugAssign,
    /// The module, and the name taken from it (`from module import symbol`).
    Import {
        module: String,
        symbol: Option<String>,
        level: u32,
    },
    Function,
    Class,
    Loop,
    With,
    Walrus,
    Except,
    Match,
    /// A magic binds it (`%%capture out`).
    Magic,
}

/// A binding of a notebook name.
#[derive(Clone, Debug)]
pub struct Bind {
    pub name: NameId,
    pub range: TextRange,
    pub kind: BindKind,
}

/// A scope whose body runs when it is called, not where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    Function,
    /// A class: its methods.
    Class,
    Lambda,
    Generator,
}

/// A function, the methods of a class, a lambda or a generator expression: what it takes from the notebook.
#[derive(Clone, Debug)]
pub struct Scope {
    pub kind: ScopeKind,
    /// The name that it is bound to, for functions and classes at the top level.
    pub name: Option<NameId>,
    pub range: TextRange,
    /// Notebook names read when it runs.
    pub reads: Vec<Use>,
    /// Notebook names that it rebinds through `global`.
    pub writes: Vec<NameId>,
    /// Notebook names whose objects it may change.
    pub mutates: Vec<NameId>,
    /// Notebook names whose objects it changes for certain, where it is run.
    pub changes: Vec<NameId>,
    /// Whether its arguments may be changed by a call.
    pub mutates_arguments: bool,
    /// Whether it is known to run where it stands and never again (`df.apply(lambda …)`).
    pub immediate: bool,
    /// Whether that is sure, because Python's own functions run it (`sorted(key=lambda …)`).
    pub surely: bool,
    /// Whether calling it runs nothing yet: generators and coroutines.
    pub lazy: bool,
    /// Notebook names that it deletes through `global`.
    pub deletes: Vec<NameId>,
    /// Of a class: the names of its bases, and of all its methods.
    pub bases: Vec<NameId>,
    pub methods: Vec<NameId>,
    /// Whether it holds code that reads names by text (`globals()`, `exec`, frames).
    pub reflective: bool,
    /// What in it may bind names that can't be seen (`exec`).
    pub unseen: Vec<Unseen>,
    /// The method's name, where it is one.
    pub method: Option<NameId>,
    /// Attributes that its body asks objects for; of a class, those of all its methods.
    pub asked: Vec<Asked>,
}

/// What a top-level statement is, as far as graduation cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StmtKind {
    Import,
    /// `from __future__ import …`
    Future,
    Function,
    Class,
    Assign,
    Expression,
    /// A magic or shell escape as a statement.
    Escape,
    Other,
}

/// A top-level statement of a cell.
#[derive(Clone, Debug)]
pub struct Statement {
    pub range: TextRange,
    pub kind: StmtKind,
    /// Reads of notebook names that are not certainly bound by the statement itself before.
    pub uses: Vec<Use>,
    /// Every binding, in order.
    pub binds: Vec<Bind>,
    /// The names bound, with whether that holds on every path; deleted ones left out.
    pub bound: Vec<(NameId, Certainty)>,
    /// Names deleted, with whether that holds on every path.
    pub deleted: Vec<(NameId, Certainty)>,
    /// Names whose objects may be changed.
    pub mutates: Vec<NameId>,
    /// Names whose objects are changed for certain: `df["c"] = …`, `rows.append(…)`, `inplace=True`.
    pub changes: Vec<NameId>,
    /// Scopes made here.
    pub scopes: Vec<ScopeId>,
    /// Names tied to another's object: `b = a`, `v = a[:2]`.
    pub aliases: Vec<(NameId, NameId)>,
    /// What reads or makes names by text.
    pub reflection: Option<Reflection>,
    /// Whether names that can't be seen may be bound (`from x import *`, `%run`).
    pub binds_unknown: bool,
    /// Whether it awaits at the top level.
    pub awaits: bool,
    /// Names whose presence the statement asks for (`"x" in globals()`).
    pub asks_for: Vec<NameId>,
    /// What star imports, magics and `exec` bind.
    pub unwritten: Unwritten,
    /// Attributes that it asks objects for, where it stands.
    pub asked: Vec<Asked>,
    /// Calls of functions that the statement itself has defined before.
    pub own_calls: Vec<Use>,
    /// What a plain assignment to one name takes its value from.
    pub source: Option<Source>,
    /// Files that it reads and writes where it stands, at paths that are plain strings.
    pub files: Vec<FileUse>,
}

/// A file that a statement reads or writes.
#[derive(Clone, Debug)]
pub struct FileUse {
    /// Its path, as a name: values go from cell to cell under it, as they do under names.
    pub path: NameId,
    pub range: TextRange,
    pub direction: Direction,
    /// Whether some runs of the statement don't touch it, or leave in it what was there.
    pub partly: bool,
}

/// The notebook name that a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `b = a`
    Same(NameId),
    /// `b = a(…)`
    Call(NameId),
    /// `b = lambda: …`
    Lambda,
}

/// Code that reaches names by text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reflection {
    /// `globals()`, `locals()`, `vars()`, `dir()`
    Namespace,
    /// `exec`, `eval`
    Execute,
    /// `inspect.currentframe()`, `sys._getframe()`
    Frame,
    /// `get_ipython()`, `In`, `Out`, `_`
    Kernel,
}

/// A code cell's statements.
#[derive(Clone, Debug)]
pub struct CellFacts {
    pub idx: CellIdx,
    pub statements: Vec<Statement>,
    /// Names that a cell that isn't Python seems to bind.
    pub guessed: Vec<NameId>,
    /// Names that the cell's magics bind (`%%capture out`).
    pub magic_binds: Vec<NameId>,
    /// Whether a magic of the cell may bind names that can't be seen.
    pub binds_unknown: bool,
    /// Reads of a cell whose body runs in a namespace of its own (`%%timeit`), or in another process.
    pub private_uses: Vec<Use>,
    /// What the cell magics bind.
    pub unwritten: Unwritten,
    /// Where the cell is one line that IPython takes for a magic as long as this name is not bound: the name, and
    /// what the magic binds.
    pub automagic: Option<(NameId, Unwritten)>,
}
