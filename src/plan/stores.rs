//! Secrets that a platform keeps for its notebooks: a program takes them from its environment.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;
use rustc_hash::FxHashSet;

use crate::facts::{Facts, NameId, dotted};
use crate::python::span;
use crate::text::Span;

use super::bindings::Histories;
use super::fate::single_assignment;
use super::pieces::{Fate, Piece};

const KAGGLE_STORE: &str = "kaggle_secrets.UserSecretsClient";

/// A secret that is asked for: the call, the secret's name, and that of the store, where it has one.
pub(super) struct Asked {
    pub call: Span,
    pub secret: String,
    store: Option<NameId>,
}

/// The secrets that a statement asks a platform for, wherever it runs: not under a condition, nor where it may fail.
pub(super) fn asked_of_store(piece: &Piece<'_>, facts: &Facts, stores: &FxHashSet<NameId>) -> Vec<Asked> {
    let mut finder = Finder {
        facts,
        stores,
        found: Vec::new(),
    };
    if piece.is_kept() && matches!(piece.stmt, Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::Expr(_)) {
        finder.visit_stmt(piece.stmt);
    }
    finder.found
}

/// The names of stores (`client = UserSecretsClient()`) that are asked for secrets and for nothing else.
pub(super) fn stores(facts: &Facts, histories: &Histories, pieces: &[Piece<'_>]) -> FxHashSet<NameId> {
    let mut names: FxHashSet<NameId> = pieces
        .iter()
        .filter_map(|piece| opened(piece, facts))
        .filter(|&name| histories.get(name).binders.len() == 1)
        .collect();
    let read_otherwise: FxHashSet<NameId> = pieces
        .iter()
        .flat_map(|piece| {
            let calls = asked_of_store(piece, facts, &names);
            let scopes = piece.facts.scopes.iter().filter_map(|&id| facts.scope(id));
            let inside = scopes.flat_map(|scope| &scope.reads).map(|found| found.name);
            let more = piece.facts.uses.iter().map(|found| found.name).filter(move |&name| {
                let uses = piece.facts.uses.iter().filter(|found| found.name == name).count();
                uses > calls.iter().filter(|asked| asked.store == Some(name)).count()
            });
            inside.chain(more).collect::<Vec<_>>()
        })
        .collect();
    names.retain(|name| !read_otherwise.contains(name));
    names
}

/// Takes out the statements that open a store, where nothing is left to ask it for.
pub(super) fn leave_stores(facts: &Facts, histories: &Histories, pieces: &mut [Piece<'_>]) {
    let stores = stores(facts, histories, pieces);
    for piece in pieces.iter_mut().filter(|piece| piece.is_kept()) {
        if opened(piece, facts).is_some_and(|name| stores.contains(&name)) {
            piece.fate = Fate::Given;
        }
    }
}

/// The name that a statement binds to a store.
fn opened(piece: &Piece<'_>, facts: &Facts) -> Option<NameId> {
    let (name, value) = single_assignment(piece.stmt)?;
    facts.names.find(name).filter(|_| is_store(value, facts))
}

fn is_store(expr: &Expr, facts: &Facts) -> bool {
    let Expr::Call(call) = expr else {
        return false;
    };
    call.arguments.is_empty() && dotted(&call.func, &facts.imports).as_deref() == Some(KAGGLE_STORE)
}

struct Finder<'f> {
    facts: &'f Facts,
    stores: &'f FxHashSet<NameId>,
    found: Vec<Asked>,
}

impl Finder<'_> {
    /// Whether the call asks a store, and for one with a name, that.
    fn asks(&self, call: &ExprCall) -> Option<Option<NameId>> {
        if dotted(&call.func, &self.facts.imports).as_deref() == Some("google.colab.userdata.get") {
            return Some(None);
        }
        let method = call
            .func
            .as_attribute_expr()
            .filter(|method| method.attr.as_str() == "get_secret")?;
        match method.value.as_ref() {
            Expr::Name(name) => {
                let id = self.facts.names.find(name.id.as_str());
                id.filter(|id| self.stores.contains(id)).map(Some)
            }
            value => is_store(value, self.facts).then_some(None),
        }
    }
}

impl<'a> Visitor<'a> for Finder<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Lambda(_) | Expr::Generator(_) | Expr::If(_) | Expr::BoolOp(_) => return,
            Expr::Call(call) => {
                if let Some(store) = self.asks(call)
                    && call.arguments.keywords.is_empty()
                    && let [Expr::StringLiteral(secret)] = call.arguments.args.as_ref()
                {
                    self.found.push(Asked {
                        call: span(call.range()),
                        secret: secret.value.to_str().to_owned(),
                        store,
                    });
                    return;
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
