//! The fate of each statement: what is taken to a module's top level, what is configuration, what is dropped.

use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{Expr, Stmt};
use rustc_hash::FxHashSet;

use crate::facts::{BindKind, Effect, Facts, NameId, Reflection, ScopeId, StmtKind};
use crate::notebook::{CellIdx, Notebook};
use crate::python::{Body, CellCode, is_builtin, is_kernels, is_stdlib, provided_by};

use super::bindings::Histories;
use super::build::{Options, SecretSpan};
use super::event_loop::{needs_patched_loop, patches_loop};
use super::forms::{asked_for, asks_platform, debugs, interacts, is_form_field, is_hyper_parameter};
use super::given::is_platforms;
use super::magic::{Translation, translate};
use super::origins::first_bad_line;
use super::own_tests::{runs_tests, take_tests};
use super::peeks::{displayed_by, is_peek, own_methods};
use super::pieces::{Fate, Piece, SHOWS};
use super::purity::{defines_only, is_constant, is_logger, is_scalar};
use super::quiet::Quiet;
use super::secret_literals::{holds_inside, spans_in};
use super::stores::leave_stores;
use super::unreached::drop_unreached;
use super::workers::handed_to_workers;

/// Decides the fate of every piece.
pub(super) fn decide(
    notebook: &Notebook<'_>,
    facts: &Facts,
    histories: &Histories,
    foreign: &[(CellIdx, ForeignCell)],
    options: &Options,
    pieces: &mut [Piece<'_>],
) {
    let methods = own_methods(pieces);
    let decider = Decider {
        facts,
        secrets: &options.secrets,
        histories,
        reflective: is_reflective(pieces, facts),
        quiet: Quiet::of(facts, &methods, histories, pieces),
        parameters: notebook
            .code_cells()
            .filter(|cell| cell.has_tag("parameters"))
            .map(|cell| cell.idx)
            .collect(),
        needs_patched_loop: needs_patched_loop(facts, pieces),
    };
    for piece in pieces.iter_mut() {
        piece.fate = decider.alone(notebook, piece);
    }
    drop_unreached(facts, &options.notebook, pieces);
    leave_stores(facts, histories, pieces);
    decider.keep_unsafe_imports(pieces);
    decider.constants(pieces);
    decider.definitions(pieces);
    decider.keep_what_workers_get(pieces);
    take_tests(facts, &decider.top_level_names(pieces).anywhere, pieces);
    decider.configuration(pieces);
    leave_dependents(facts, histories, foreign, pieces);
    keep_what_there_is(pieces);
}

/// A notebook that only imports, or only sets constants, does that in its package too: it is all that can be run.
fn keep_what_there_is(pieces: &mut [Piece<'_>]) {
    let works = |piece: &Piece<'_>| matches!(piece.fate, Fate::Keep | Fate::Function | Fate::StateFunction);
    for wanted in [[Fate::Import, Fate::Import], [Fate::Config, Fate::Constant]] {
        if pieces.iter().any(works) {
            return;
        }
        for piece in pieces.iter_mut().filter(|piece| wanted.contains(&piece.fate)) {
            if piece.facts.kind != StmtKind::Future {
                piece.fate = Fate::Keep;
            }
        }
    }
}

/// Whether the notebook reaches its names by text, so that all of them must stay names of one module.
pub(super) fn is_reflective(pieces: &[Piece<'_>], facts: &Facts) -> bool {
    pieces.iter().any(|piece| {
        let at_top = piece.facts.reflection.is_some_and(|r| r != Reflection::Kernel);
        // a script's names come in as the kernel takes them: all at once, none by name
        let runs = matches!(piece.stmt, Stmt::IpyEscapeCommand(c) if c.value.starts_with("run "));
        at_top
            || runs
            || piece
                .facts
                .scopes
                .iter()
                .filter_map(|&id| facts.scope(id))
                .any(|scope| scope.reflective)
    })
}

struct Decider<'d> {
    facts: &'d Facts,
    secrets: &'d [SecretSpan],
    histories: &'d Histories,
    reflective: bool,
    quiet: Quiet<'d>,
    /// Cells that papermill takes for parameters.
    parameters: Vec<CellIdx>,
    /// Whether a loop is run inside another.
    needs_patched_loop: bool,
}

impl Decider<'_> {
    /// What a statement can be by itself, names left out of account.
    fn alone(&self, notebook: &Notebook<'_>, piece: &Piece<'_>) -> Fate {
        let cell = notebook.cell(piece.cell);
        if cell.is_some_and(|cell| cell.has_tag("raises-exception")) {
            return Fate::Dropped("the cell is tagged raises-exception: it is meant to fail".to_owned());
        }
        if piece.facts.reflection == Some(Reflection::Kernel) {
            return Fate::Left("it uses the notebook's kernel (get_ipython, In, Out, _)".to_owned());
        }
        if let Some(reason) = untranslatable(piece, self.facts) {
            return Fate::Left(format!("there is no plain Python for {reason}"));
        }
        if interacts(piece.stmt, &self.facts.imports) {
            return Fate::Left("it runs a function when a person moves a widget".to_owned());
        }
        match piece.facts.kind {
            StmtKind::Import if is_platforms(piece.stmt, piece, self.histories) => Fate::Given,
            StmtKind::Import if self.same_import_everywhere(piece) => Fate::Import,
            StmtKind::Future => Fate::Import,
            StmtKind::Escape => match piece.stmt {
                Stmt::IpyEscapeCommand(command) => {
                    match translate(self.facts, piece, command.kind, &command.value, false) {
                        Translation::Drop(reason) => Fate::Dropped(reason.to_owned()),
                        _ => Fate::Keep,
                    }
                }
                _ => Fate::Keep,
            },
            StmtKind::Expression => match piece.stmt {
                Stmt::Expr(expr) => self.expression(&expr.value, piece.displayed),
                _ => Fate::Keep,
            },
            StmtKind::Assign if matches!(piece.stmt, Stmt::AnnAssign(assign) if assign.value.is_none()) => {
                Fate::Dropped("an annotation without a value".to_owned())
            }
            StmtKind::Other if matches!(piece.stmt, Stmt::Pass(_)) => Fate::Dropped("does nothing".to_owned()),
            _ => Fate::Keep,
        }
    }

    fn expression(&self, expr: &Expr, displayed: bool) -> Fate {
        if self.quiet.calls_own_method(expr) {
            return Fate::Keep;
        }
        if matches!(
            expr,
            Expr::StringLiteral(_) | Expr::EllipsisLiteral(_) | Expr::NoneLiteral(_)
        ) {
            return Fate::Dropped("a bare value".to_owned());
        }
        let imports = &self.facts.imports;
        if let Expr::Call(call) = expr
            && let Some(shown) = displayed_by(call, self.facts)
        {
            return if shown.iter().all(|value| self.quiet.is_pure_value(value)) {
                Fate::Dropped(SHOWS.to_owned())
            } else {
                Fate::Keep
            };
        }
        if debugs(expr, imports) {
            return Fate::Dropped("starts a debugger".to_owned());
        }
        if let Some(reason) = asks_platform(expr, imports) {
            return Fate::Dropped(reason.to_owned());
        }
        if runs_tests(expr, imports) {
            return Fate::Dropped("runs the notebook's tests: pytest does".to_owned());
        }
        if patches_loop(expr, imports) && !self.needs_patched_loop {
            return Fate::Dropped("lets loops run inside the kernel's: a program has none".to_owned());
        }
        let shows = !self.quiet.effects(expr).has_others_than(&[Effect::Show]) && is_peek(expr, imports);
        if shows || self.quiet.is_pure_value(expr) || (displayed && self.quiet.only_reads_files(expr)) {
            return Fate::Dropped(SHOWS.to_owned());
        }
        Fate::Keep
    }

    /// Whether every binding of each name is this very import.
    fn same_import_everywhere(&self, piece: &Piece<'_>) -> bool {
        piece.facts.binds.iter().all(|bind| {
            let history = self.histories.get(bind.name);
            let same = history.kinds.iter().all(|kind| match (kind, &bind.kind) {
                // `import xml.dom` and `import xml.sax` bind the same `xml`
                (
                    BindKind::Import {
                        symbol: None,
                        module: a,
                        ..
                    },
                    BindKind::Import {
                        symbol: None,
                        module: b,
                        ..
                    },
                ) => {
                    let top = |m: &str| m.split('.').next().unwrap_or_default().to_owned();
                    a == b || (top(a) == top(b) && top(a) == self.facts.text(bind.name))
                }
                (a, b) => a == b,
            });
            same && !history.global && history.deleted_by.is_empty()
        }) && !matches!(piece.stmt, Stmt::ImportFrom(import) if import.level > 0)
    }

    /// Imports below a change of the search path or of the environment stay where they are, for it may decide what
    /// they find or how they start.
    fn keep_unsafe_imports(&self, pieces: &mut [Piece<'_>]) {
        let mut barrier = false;
        let mut hoisted: FxHashSet<NameId> = FxHashSet::default();
        let mut hoisted_tops: FxHashSet<String> = FxHashSet::default();
        for piece in pieces.iter_mut() {
            if piece.fate == Fate::Import {
                let known = piece.facts.binds.iter().all(|bind| hoisted.contains(&bind.name));
                let tops: Vec<String> = imported_modules(piece.stmt).map(|m| top(&m)).collect();
                let safe = tops.iter().all(|t| is_stdlib(t) || hoisted_tops.contains(t));
                if barrier && !known && !safe {
                    piece.fate = Fate::Keep;
                    continue;
                }
                hoisted.extend(piece.facts.binds.iter().map(|b| b.name));
                hoisted_tops.extend(tops);
            } else {
                barrier |= sets_import_conditions(piece);
            }
        }
        // an import that stays, and one of the same name that went up, would be two bindings of one name
        let mut kept: FxHashSet<NameId> = pieces
            .iter()
            .filter(|p| p.facts.kind == StmtKind::Import && p.is_kept())
            .flat_map(|p| p.facts.binds.iter().map(|b| b.name))
            .collect();
        for piece in pieces.iter_mut().filter(|p| p.fate == Fate::Import) {
            if piece.facts.binds.iter().any(|b| kept.contains(&b.name)) {
                piece.fate = Fate::Keep;
                kept.extend(piece.facts.binds.iter().map(|b| b.name));
            }
        }
    }

    /// Names that the top level of a module may hold: bound once, by a statement of the cell's own top level.
    fn bound_once(&self, name: NameId) -> bool {
        let history = self.histories.get(name);
        history.binders.len() == 1 && history.kinds.len() == 1 && !history.global && history.deleted_by.is_empty()
    }

    fn constants(&self, pieces: &mut [Piece<'_>]) {
        let definitions: Vec<bool> = pieces
            .iter()
            .map(|p| matches!(p.facts.kind, StmtKind::Function | StmtKind::Class))
            .collect();
        for (i, piece) in pieces.iter_mut().enumerate().filter(|(_, p)| p.fate == Fate::Keep) {
            let Some((name, value)) = single_assignment(piece.stmt) else {
                continue;
            };
            let Some(id) = self.facts.names.find(name) else {
                continue;
            };
            let history = self.histories.get(id);
            let unchanged = history.mutators.is_empty() || is_immutable(value);
            // moved up, a constant that a cell above reads would mend in silence what fails from the top
            let read_above = history
                .readers
                .iter()
                .any(|&r| r < i && definitions.get(r) == Some(&false));
            let constant = is_constant(value) || is_logger(value, &self.facts.imports);
            // a secret comes from the environment, and that is read when the program runs
            let read_by_definition = history.readers.iter().any(|&r| definitions.get(r) == Some(&true));
            let secret = holds_inside(piece, self.secrets)
                || (read_by_definition && spans_in(piece, self.secrets).next().is_some());
            if constant && unchanged && !read_above && !secret && self.bound_once(id) {
                piece.fate = Fate::Constant;
            } else if asked_for(value, &self.facts.imports).is_some()
                && unchanged
                && self.bound_once(id)
                && !self.reflective
            {
                piece.fate = Fate::Config;
            }
        }
    }

    /// Functions and classes that can stand at a module's top level, found by striking out those that can't until
    /// nothing changes.
    fn definitions(&self, pieces: &mut [Piece<'_>]) {
        for piece in pieces.iter_mut().filter(|p| p.is_kept()) {
            let is_definition = matches!(piece.facts.kind, StmtKind::Function | StmtKind::Class);
            let once = piece.facts.binds.iter().all(|bind| self.bound_once(bind.name));
            let secret = spans_in(piece, self.secrets).next().is_some();
            if is_definition && once && !secret && defines_only(piece.stmt, &self.facts.imports) {
                piece.fate = Fate::Function;
            }
        }
        loop {
            let known = self.top_level_names(pieces);
            let mut changed = false;
            for piece in pieces.iter_mut() {
                let fate = match piece.fate {
                    Fate::Function if !self.stands_alone(piece, &known) => Fate::StateFunction,
                    Fate::StateFunction if !self.is_defined_early(piece, &known) => Fate::Keep,
                    _ => continue,
                };
                piece.fate = fate;
                changed = true;
            }
            if !changed {
                break;
            }
        }
    }

    /// A function that workers get by its value is made where its step runs: the module that the workers import has none
    /// of the names that it reads there.
    fn keep_what_workers_get(&self, pieces: &mut [Piece<'_>]) {
        let handed = handed_to_workers(self.facts, pieces);
        let shares = |piece: &Piece<'_>| {
            piece.fate == Fate::StateFunction && piece.facts.binds.iter().any(|bind| handed.contains(&bind.name))
        };
        if pieces.iter().any(shares) {
            for piece in pieces.iter_mut().filter(|piece| piece.fate == Fate::StateFunction) {
                piece.fate = Fate::Keep;
            }
        }
    }

    fn top_level_names(&self, pieces: &[Piece<'_>]) -> TopLevel {
        let mut top = TopLevel::default();
        for piece in pieces {
            let names = piece.facts.binds.iter().map(|bind| bind.name);
            match piece.fate {
                Fate::Import | Fate::Constant | Fate::Function => top.anywhere.extend(names),
                Fate::StateFunction => top.beside_steps.extend(names),
                _ => {}
            }
        }
        top
    }

    /// Whether everything that a definition reads, now or when it runs, stands at a module's top level.
    fn stands_alone(&self, piece: &Piece<'_>, known: &TopLevel) -> bool {
        if self.reflective {
            return false;
        }
        let scopes: Vec<_> = self.scopes(piece).collect();
        let now = piece.facts.uses.iter().map(|u| u.name);
        let later = scopes.iter().flat_map(|s| {
            s.reads
                .iter()
                .map(|u| u.name)
                .chain(s.writes.iter().copied())
                .chain(s.mutates.iter().copied())
        });
        let own: Vec<NameId> = piece.facts.binds.iter().map(|b| b.name).collect();
        now.chain(later)
            .all(|name| own.contains(&name) || known.anywhere.contains(&name) || self.is_pythons(name))
            && scopes.iter().all(|s| s.writes.is_empty() && !s.reflective)
    }

    /// Whether what a definition reads where it stands is there when its module is imported.
    fn is_defined_early(&self, piece: &Piece<'_>, known: &TopLevel) -> bool {
        piece.facts.uses.iter().all(|found| {
            known.anywhere.contains(&found.name)
                || known.beside_steps.contains(&found.name)
                || self.is_pythons(found.name)
        })
    }

    fn is_pythons(&self, name: NameId) -> bool {
        let text = self.facts.text(name);
        !self.histories.is_variable(name) && (is_builtin(text) || is_kernels(text))
    }

    fn scopes<'p>(&'p self, piece: &'p Piece<'_>) -> impl Iterator<Item = &'p crate::facts::Scope> {
        piece
            .facts
            .scopes
            .iter()
            .filter_map(|&id: &ScopeId| self.facts.scope(id))
    }

    /// Of the constants, those that functions read stay constants; scalars in capitals become configuration; the
    /// others go back into their steps.
    fn configuration(&self, pieces: &mut [Piece<'_>]) {
        let defined: Vec<usize> = (0..pieces.len())
            .filter(|&i| {
                pieces
                    .get(i)
                    .is_some_and(|p| matches!(p.fate, Fate::Function | Fate::StateFunction | Fate::Test))
            })
            .collect();
        let fates: Vec<Option<Fate>> = pieces
            .iter()
            .map(|piece| {
                if piece.fate != Fate::Constant {
                    return None;
                }
                let (name, value) = single_assignment(piece.stmt)?;
                let history = self.histories.get(self.facts.names.find(name)?);
                let stands = is_logger(value, &self.facts.imports);
                if stands || history.readers.iter().any(|reader| defined.contains(reader)) {
                    return None;
                }
                let capitals = name.chars().any(|c| c.is_ascii_uppercase()) && name == name.to_ascii_uppercase();
                let tunes = is_hyper_parameter(name, value) && !history.readers.is_empty();
                let looks_like = capitals || tunes || is_form_field(piece) || self.parameters.contains(&piece.cell);
                let is_field = is_scalar(value) && looks_like && !self.reflective;
                Some(if is_field { Fate::Config } else { Fate::Keep })
            })
            .collect();
        for (piece, fate) in pieces.iter_mut().zip(fates) {
            if let Some(fate) = fate {
                piece.fate = fate;
            }
        }
    }
}

/// Names that stand at a module's top level.
#[derive(Default)]
struct TopLevel {
    anywhere: FxHashSet<NameId>,
    beside_steps: FxHashSet<NameId>,
}

/// What depends on a statement or a cell that stays in the notebook stays there too.
fn leave_dependents(
    facts: &Facts,
    histories: &Histories,
    foreign: &[(CellIdx, ForeignCell)],
    pieces: &mut [Piece<'_>],
) {
    let mut missing: FxHashSet<NameId> = FxHashSet::default();
    let mut changed = true;
    while changed {
        changed = false;
        let mut absent = missing.clone();
        let mut unseen = false;
        let mut cells = facts.cells.iter().peekable();
        for piece in pieces.iter_mut() {
            while let Some(cell) = cells.next_if(|cell| cell.idx <= piece.cell) {
                let stays = foreign
                    .iter()
                    .any(|(idx, fate)| *idx == cell.idx && matches!(fate, ForeignCell::Left(_)));
                absent.extend(cell.magic_binds.iter().copied());
                if stays {
                    absent.extend(cell.guessed.iter().copied());
                    unseen |= cell.binds_unknown;
                }
            }
            let scopes = piece.facts.scopes.iter().filter_map(|&id| facts.scope(id));
            let is_absent = |name: NameId| {
                let text = facts.text(name);
                absent.contains(&name)
                    || (unseen && !histories.is_variable(name) && !is_builtin(text) && provided_by(text).is_none())
            };
            let needed = piece
                .facts
                .uses
                .iter()
                .chain(scopes.flat_map(|s| &s.reads))
                .find(|u| is_absent(u.name));
            let was_left = matches!(piece.fate, Fate::Left(_));
            let takes_part = !matches!(piece.fate, Fate::Dropped(_));
            if let Some(needed) = needed.filter(|_| !was_left && takes_part) {
                let name = facts.text(needed.name).to_owned();
                piece.fate = Fate::Left(format!("it needs `{name}`, which stays in the notebook"));
                changed = true;
            }
            let left = matches!(piece.fate, Fate::Left(_));
            for bind in &piece.facts.binds {
                if left {
                    absent.insert(bind.name);
                    // what is defined above and called below reaches it too
                    if matches!(bind.kind, BindKind::Function | BindKind::Class) {
                        missing.insert(bind.name);
                    }
                } else {
                    absent.remove(&bind.name);
                }
            }
            if left {
                unseen |= piece.facts.binds_unknown;
                absent.extend(piece.facts.mutates.iter().copied());
            }
        }
    }
}

/// Code cells that are no Python of the notebook's own, with why they stay.
pub(super) fn foreign_cells(notebook: &Notebook<'_>, cells: &[CellCode]) -> Vec<(CellIdx, ForeignCell)> {
    cells
        .iter()
        .filter_map(|code| {
            let cell = notebook.cell(code.idx).filter(|cell| cell.has_code())?;
            let magic = code.cell_magic().map(|m| format!("%%{}", m.name)).unwrap_or_default();
            let fate = match &code.body {
                Body::Python(_) => return None,
                _ if cell.has_tag("raises-exception") => ForeignCell::Shows(magic),
                Body::Broken(_, error) => {
                    let line = first_bad_line(notebook, code).unwrap_or(1);
                    ForeignCell::Left(format!("line {line} is not Python ({})", error.message))
                }
                Body::Private(_) => ForeignCell::Shows(format!("{magic} is a benchmark: it binds nothing")),
                Body::Foreign
                    if ["%%html", "%%javascript", "%%js", "%%latex", "%%markdown", "%%svg"]
                        .contains(&magic.as_str()) =>
                {
                    ForeignCell::Shows(format!("{magic} only displays"))
                }
                Body::Foreign if ["%%timeit", "%%memit", "%%prun"].contains(&magic.as_str()) => {
                    ForeignCell::Shows(format!("{magic} is a benchmark: it binds nothing"))
                }
                Body::Foreign => ForeignCell::Left(format!("{magic} is not Python of the notebook's own")),
            };
            Some((code.idx, fate))
        })
        .collect()
}

/// Why a cell that is no Python is not in the package.
#[derive(Clone, Debug)]
pub(super) enum ForeignCell {
    /// It computes nothing that others could need.
    Shows(String),
    /// It may compute what others need.
    Left(String),
}

/// `name = value`, with one plain name.
pub(super) fn single_assignment(stmt: &Stmt) -> Option<(&str, &Expr)> {
    let (target, value) = match stmt {
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [target] => (target, assign.value.as_ref()),
            _ => return None,
        },
        Stmt::AnnAssign(assign) => (assign.target.as_ref(), assign.value.as_deref()?),
        _ => return None,
    };
    match target {
        Expr::Name(name) => Some((name.id.as_str(), value)),
        _ => None,
    }
}

fn is_immutable(value: &Expr) -> bool {
    match value {
        Expr::Tuple(tuple) => tuple.elts.iter().all(is_immutable),
        Expr::List(_) | Expr::Dict(_) | Expr::Set(_) => false,
        _ => true,
    }
}

/// The modules that an import statement imports.
pub(super) fn imported_modules(stmt: &Stmt) -> impl Iterator<Item = String> + '_ {
    let plain: Vec<String> = match stmt {
        Stmt::Import(import) => import.names.iter().map(|alias| alias.name.to_string()).collect(),
        Stmt::ImportFrom(import) => import.module.iter().map(|module| module.to_string()).collect(),
        _ => Vec::new(),
    };
    plain.into_iter()
}

pub(super) fn top(module: &str) -> String {
    module.split('.').next().unwrap_or_default().to_owned()
}

/// Whether a statement changes what a later import finds or does: the search path, the environment, a back end.
fn sets_import_conditions(piece: &Piece<'_>) -> bool {
    let text = piece.text();
    [
        "sys.path",
        "os.environ",
        "environ[",
        "chdir",
        "matplotlib.use",
        "mpl.use",
        "addsitedir",
        "%cd",
        "%env",
        "%set_env",
        "%%writefile",
    ]
    .iter()
    .any(|mark| text.contains(mark))
}

/// The first escape command in a statement for which there is no Python.
fn untranslatable(piece: &Piece<'_>, facts: &Facts) -> Option<String> {
    let mut finder = Untranslatable {
        facts,
        piece,
        found: None,
    };
    finder.visit_stmt(piece.stmt);
    finder.found
}

struct Untranslatable<'f> {
    facts: &'f Facts,
    piece: &'f Piece<'f>,
    found: Option<String>,
}

impl<'a> Visitor<'a> for Untranslatable<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if let Stmt::IpyEscapeCommand(command) = stmt
            && let Translation::None(reason) = translate(self.facts, self.piece, command.kind, &command.value, false)
        {
            self.found.get_or_insert(reason);
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::IpyEscapeCommand(command) = expr {
            match translate(self.facts, self.piece, command.kind, &command.value, true) {
                Translation::Expression { .. } => {}
                Translation::None(reason) => {
                    self.found.get_or_insert(reason);
                }
                _ => {
                    self.found
                        .get_or_insert_with(|| format!("the value of %{}", command.value));
                }
            }
        }
        ruff_python_ast::visitor::walk_expr(self, expr);
    }
}
