//! The top levels of `functions.py` and `steps.py`.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Facts, NameId};
use crate::text::Span;

use super::build::Builder;
use super::dependencies::nested_imports;
use super::model::{Import, ImportSection, Item, ItemKind, Module};
use super::modules::{HoistedImports, import_of, names_read};
use super::origins::origins;
use super::pieces::{Fate, Piece};
use super::rewrite::{Rewriting, rewrite};
use super::steps::Made;

impl Builder<'_> {
    /// Names that any part of the package reads.
    pub(super) fn names_read_anywhere(&self) -> BTreeSet<NameId> {
        let part = |p: &&Piece<'_>| p.is_taken() && p.fate != Fate::Import;
        self.pieces
            .iter()
            .filter(part)
            .flat_map(|p| names_read(self.facts, p))
            .collect()
    }

    pub(super) fn functions_module(&self, hoisted: &HoistedImports<'_>) -> Module {
        let mine: Vec<&Piece<'_>> = self
            .pieces
            .iter()
            .filter(|p| matches!(p.fate, Fate::Function | Fate::Constant))
            .collect();
        let read: BTreeSet<NameId> = mine.iter().flat_map(|p| names_read(self.facts, p)).collect();
        let items: Vec<Item> = mine.iter().map(|p| self.item(p)).collect();
        let mut imports: BTreeSet<Import> = hoisted.used(&read).into_iter().filter(|_| !mine.is_empty()).collect();
        imports.extend(typing_any(items.iter().map(|item| item.source.as_str())));
        Module {
            imports: imports.into_iter().collect(),
            items,
        }
    }

    pub(super) fn item(&self, piece: &Piece<'_>) -> Item {
        let how = Rewriting {
            facts: self.facts,
            local: &self.local,
            renamed: &BTreeMap::new(),
            replaced: &[],
            reflective: false,
            awaits: false,
            shared: &|_| false,
            figures: None,
            messages: self.messages,
        };
        let name = piece
            .facts
            .binds
            .first()
            .map(|b| self.facts.text(b.name).to_owned())
            .unwrap_or_default();
        let source = rewrite(piece, &how, 0).text.trim_start_matches('\n').to_owned();
        Item {
            name,
            cell: piece.cell,
            kind: match piece.facts.kind {
                crate::facts::StmtKind::Function => ItemKind::Function,
                crate::facts::StmtKind::Class => ItemKind::Class,
                _ => ItemKind::Constant,
            },
            origins: origins(self.notebook, &source, &[(Span::new(0, source.len()), piece)]),
            source,
        }
    }

    pub(super) fn steps_module(
        &self,
        hoisted: &HoistedImports<'_>,
        made: &[Made],
        package: &str,
        functions: &Module,
        reflective: bool,
    ) -> Module {
        let mine: Vec<&Piece<'_>> = self
            .pieces
            .iter()
            .filter(|p| p.is_kept() || p.fate == Fate::StateFunction)
            .collect();
        let mut read: BTreeSet<NameId> = mine.iter().flat_map(|p| names_read(self.facts, p)).collect();
        if reflective {
            read.extend(self.pieces.iter().flat_map(|p| p.facts.binds.iter().map(|b| b.name)));
        }
        let items: Vec<Item> = self
            .pieces
            .iter()
            .filter(|p| p.fate == Fate::StateFunction)
            .map(|p| self.item(p))
            .collect();
        let texts: Vec<&str> = made
            .iter()
            .map(|m| m.code.as_str())
            .chain(items.iter().map(|item| item.source.as_str()))
            .collect();
        let in_code = |name: &str| mine.iter().any(|p| mentions_in_code(self.facts, p, name));
        let mut all: BTreeSet<Import> = BTreeSet::new();
        for import in hoisted.used(&read) {
            let bound = import
                .alias
                .as_ref()
                .or(import.symbol.as_ref())
                .unwrap_or(&import.module);
            let name = bound.split('.').next().unwrap_or_default().to_owned();
            let always = import.section == ImportSection::Future || name == "*" || reflective;
            // what was read may have been rewritten (`plt.show()`), and a name may stand in a string only (a formula's
            // function), which is a use all the same
            if always || texts.iter().any(|text| mentions(text, &name)) {
                let plain = import.section == ImportSection::Future || name == "*";
                let for_effect = !plain && !in_code(&name);
                all.insert(Import { for_effect, ..import });
            }
        }
        let read_anywhere = self.names_read_anywhere();
        all.extend(hoisted.unused(&read_anywhere).0);
        all.extend(
            made.iter()
                .flat_map(|m| &m.imports)
                .map(|module| import_of(module, None, None)),
        );
        if made
            .iter()
            .any(|m| m.step.params.iter().any(|p| p.annotation == "SecretStr"))
        {
            all.insert(import_of("pydantic", Some("SecretStr"), None));
        }
        for item in &functions.items {
            let id = self.facts.names.find(&item.name);
            if id.is_some_and(|id| read.contains(&id)) {
                let only_in_text = !in_code(&item.name);
                all.insert(Import {
                    section: ImportSection::FirstParty,
                    module: format!("{package}.functions"),
                    symbol: Some(item.name.clone()),
                    alias: None,
                    for_effect: only_in_text,
                });
            }
        }
        all.extend(typing_any(texts.iter().copied()));
        Module {
            imports: all.into_iter().collect(),
            items,
        }
    }

    /// Every module imported in what the package takes over, with whether only guarded.
    pub(super) fn imported_modules(&self) -> BTreeMap<String, bool> {
        let mut out = BTreeMap::new();
        for piece in self.pieces.iter().filter(|p| p.is_taken()) {
            nested_imports(piece.stmt, &mut out);
        }
        out
    }

    pub(super) fn used_modules(&self, unused: &[(&Piece<'_>, String)]) -> BTreeMap<String, bool> {
        let mut out = BTreeMap::new();
        for piece in self.pieces.iter().filter(|p| p.is_taken() && p.fate != Fate::Given) {
            let wholly_unused = unused
                .iter()
                .any(|(p, names)| std::ptr::eq(*p, piece) && names.split(", ").count() == p.facts.binds.len());
            if !wholly_unused {
                nested_imports(piece.stmt, &mut out);
            }
        }
        out
    }
}

/// The import of `Any`, where an annotation of ours needs it.
fn typing_any<'t>(mut sources: impl Iterator<Item = &'t str>) -> Option<Import> {
    sources
        .any(|text| text.contains(": Any") || text.contains("-> Any"))
        .then(|| import_of("typing", Some("Any"), None))
}

/// Whether `word` stands in `text` as a word.
pub(super) fn mentions(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|t| t.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

pub(super) fn mentions_in_code(facts: &Facts, piece: &Piece<'_>, name: &str) -> bool {
    let Some(id) = facts.names.find(name) else {
        return false;
    };
    let scopes = piece.facts.scopes.iter().filter_map(|&s| facts.scope(s));
    piece
        .facts
        .uses
        .iter()
        .chain(scopes.flat_map(|s| &s.reads))
        .any(|u| u.name == id && !u.in_text)
}
