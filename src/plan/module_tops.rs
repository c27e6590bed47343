//! The top levels of `functions.py` and `steps.py`.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Facts, NameId};
use crate::text::Span;

use super::build::Builder;
use super::dependencies::nested_imports;
use super::layout::Chapter;
use super::model::{Import, ImportSection, Item, ItemKind, Module, StepModule};
use super::modules::{HoistedImports, import_of, names_read};
use super::origins::origins;
use super::pieces::{Fate, Piece};
use super::rewrite::{Rewriting, rewrite};
use super::steps::Made;

/// What the modules of the steps are made from, beside the steps.
pub(super) struct Tops<'t> {
    pub hoisted: &'t HoistedImports<'t>,
    pub package: &'t str,
    pub functions: &'t Module,
    pub reflective: bool,
}

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

    /// The top of `steps.py`: what all steps need, and the definitions that share their names.
    pub(super) fn steps_module(&self, tops: &Tops<'_>, made: &[Made], groups: &[Vec<usize>]) -> Module {
        let definitions = self.pieces.iter().filter(|p| p.fate == Fate::StateFunction);
        let items: Vec<Item> = definitions.map(|p| self.item(p)).collect();
        let mut imports = self.step_imports(tops, made, groups, &items);
        imports.extend(tops.hoisted.unused(&self.names_read_anywhere()).0);
        Module {
            imports: imports.into_iter().collect(),
            items,
        }
    }

    /// The same for each module where there are several, which share nothing.
    pub(super) fn step_modules(
        &self,
        tops: &Tops<'_>,
        chapters: &[Chapter],
        made: &[Made],
        groups: &[Vec<usize>],
    ) -> Vec<StepModule> {
        // what is imported to change others is imported before they are used
        let mut for_effect = tops.hoisted.unused(&self.names_read_anywhere()).0;
        let steps: Vec<(&[Made], &[Vec<usize>])> = {
            let mut at = 0;
            let chunks = made.chunk_by(|a, b| a.step.module == b.step.module);
            chunks
                .map(|chunk| {
                    let groups = groups.get(at..at + chunk.len()).unwrap_or_default();
                    at += chunk.len();
                    (chunk, groups)
                })
                .collect()
        };
        let modules = chapters.iter().zip(steps).map(|(chapter, (made, groups))| {
            let mut imports = self.step_imports(tops, made, groups, &[]);
            imports.extend(std::mem::take(&mut for_effect));
            StepModule {
                name: chapter.module.clone(),
                title: chapter.title.clone(),
                imports: imports.into_iter().collect(),
            }
        });
        modules.collect()
    }

    /// What a module of these steps imports, with these definitions above them.
    fn step_imports(&self, tops: &Tops<'_>, made: &[Made], groups: &[Vec<usize>], items: &[Item]) -> BTreeSet<Import> {
        let kept = groups.iter().flatten().filter_map(|&i| self.pieces.get(i));
        let definitions = self.pieces.iter().filter(|p| p.fate == Fate::StateFunction);
        let mine: Vec<&Piece<'_>> = kept.chain(definitions).collect();
        let mut read: BTreeSet<NameId> = mine.iter().flat_map(|p| names_read(self.facts, p)).collect();
        if tops.reflective {
            read.extend(self.pieces.iter().flat_map(|p| p.facts.binds.iter().map(|b| b.name)));
        }
        let texts: Vec<&str> = made
            .iter()
            .map(|m| m.code.as_str())
            .chain(items.iter().map(|item| item.source.as_str()))
            .collect();
        let in_code = |name: &str| mine.iter().any(|p| mentions_in_code(self.facts, p, name));
        let annotations = annotated(made);
        let in_annotations = |name: &str| annotations.iter().any(|text| mentions(text, name));
        read.extend(self.facts.names.ids().filter(|&id| in_annotations(self.facts.text(id))));
        let mut all: BTreeSet<Import> = BTreeSet::new();
        for import in tops.hoisted.used(&read) {
            let bound = import
                .alias
                .as_ref()
                .or(import.symbol.as_ref())
                .unwrap_or(&import.module);
            let name = bound.split('.').next().unwrap_or_default().to_owned();
            let always =
                import.section == ImportSection::Future || name == "*" || tops.reflective || in_annotations(&name);
            // what was read may have been rewritten (`plt.show()`), and a name may stand in a string only (a formula's
            // function), which is a use all the same
            if always || texts.iter().any(|text| mentions(text, &name)) {
                let plain = import.section == ImportSection::Future || name == "*";
                let for_effect = !plain && !in_code(&name) && !in_annotations(&name);
                all.insert(Import { for_effect, ..import });
            }
        }
        let ours = made.iter().flat_map(|m| &m.imports);
        all.extend(ours.map(|module| import_of(module, None, None)));
        let secret = |m: &Made| m.step.params.iter().any(|p| p.annotation == "SecretStr");
        if made.iter().any(secret) {
            all.insert(import_of("pydantic", Some("SecretStr"), None));
        }
        for item in &tops.functions.items {
            let id = self.facts.names.find(&item.name);
            if id.is_some_and(|id| read.contains(&id)) {
                all.insert(Import {
                    section: ImportSection::FirstParty,
                    module: format!("{}.functions", tops.package),
                    symbol: Some(item.name.clone()),
                    alias: None,
                    for_effect: !in_code(&item.name),
                });
            }
        }
        all.extend(typing_any(texts.iter().copied()));
        all
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

/// The annotations of steps.
fn annotated(made: &[Made]) -> BTreeSet<&str> {
    let params = made
        .iter()
        .flat_map(|m| &m.step.params)
        .map(|param| param.annotation.as_str());
    let returns = made
        .iter()
        .flat_map(|m| &m.step.returns)
        .map(|value| value.annotation.as_str());
    params.chain(returns).collect()
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
