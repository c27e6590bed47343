//! Where the package's own lint settings make exceptions for the notebook's code.

use std::collections::BTreeSet;

use crate::facts::{BindKind, NameId};

use super::build::Builder;
use super::dataflow::DataFlow;
use super::lint::{Imported, exceptions};
use super::model::{LintException, Step};
use super::modules::{is_known_star, names_read, star_module};
use super::pieces::Fate;
use super::steps::Made;

impl Builder<'_> {
    pub(super) fn lint_exceptions(
        &self,
        made: &[Made],
        flow: &DataFlow,
        groups: &[Vec<usize>],
        reflective: bool,
    ) -> Vec<LintException> {
        let mut out = BTreeSet::new();
        let mut except = |file: &str, code: &str, reason: &str| {
            out.insert(LintException {
                file: file.to_owned(),
                code: code.to_owned(),
                reason: reason.to_owned(),
            });
        };
        let files: Vec<String> = made.iter().map(|made| made.step.file()).collect();
        let all: BTreeSet<&str> = files
            .iter()
            .map(String::as_str)
            .chain(files.is_empty().then_some("steps.py"))
            .collect();
        let bound = |name: &NameId| flow.steps.iter().any(|s| s.bound.contains_key(name));
        if flow.state.keys().any(|name| !bound(name)) || self.postpones_annotations() {
            for file in &all {
                except(file, "F821", "the notebook names what no cell binds by name");
            }
        }
        if made.iter().any(|m| {
            m.step
                .returns
                .iter()
                .any(|r| ["l", "O", "I"].contains(&r.name.as_str()))
        }) {
            except(
                "pipeline.py",
                "E741",
                "one-letter names that look like digits, as in the notebook",
            );
        }
        for (group, file) in groups.iter().zip(&files) {
            let imports = self.binds_of(group, |kind| matches!(kind, BindKind::Import { .. }));
            let definitions = self.binds_of(group, |kind| {
                matches!(kind, BindKind::Import { .. } | BindKind::Function | BindKind::Class)
            });
            let read: BTreeSet<NameId> = group
                .iter()
                .filter_map(|&i| self.pieces.get(i))
                .flat_map(|p| names_read(self.facts, p))
                .collect();
            if imports.iter().any(|name| !read.contains(name)) {
                except(file, "F401", "a section imports names that it does not read");
            }
            let twice = definitions.iter().any(|name| {
                let binds = group
                    .iter()
                    .filter_map(|&i| self.pieces.get(i))
                    .flat_map(|p| &p.facts.binds);
                binds.filter(|b| b.name == *name).count() > 1
            });
            let handled = self.binds_of(group, |kind| matches!(kind, BindKind::Except));
            let bound_too = self.binds_of(group, |kind| !matches!(kind, BindKind::Except));
            if twice || handled.intersection(&bound_too).next().is_some() {
                except(file, "F811", "a section defines a name again");
            }
        }
        for made in made.iter().filter(|made| self.has_unread_names(&made.step)) {
            except(
                &made.step.file(),
                "F841",
                "a section assigns names that only its displays read",
            );
        }
        let imports = self
            .pieces
            .iter()
            .flat_map(|p| &p.facts.binds)
            .filter(|bind| matches!(bind.kind, BindKind::Import { .. }));
        let read = self.names_read_anywhere();
        let mut imported = Imported {
            all: BTreeSet::new(),
            unread: BTreeSet::new(),
        };
        for bind in imports {
            let name = self.facts.text(bind.name);
            imported.all.insert(name.to_owned());
            if reflective && !read.contains(&bind.name) {
                imported.unread.insert(name.to_owned());
            }
        }
        let of_step = |i: usize| {
            let at = groups.iter().position(|group| group.contains(&i));
            at.and_then(|at| files.get(at)).map_or("steps.py", String::as_str)
        };
        for (i, piece) in self.pieces.iter().enumerate() {
            let file = match piece.fate {
                Fate::Keep => of_step(i),
                Fate::StateFunction => "steps.py",
                Fate::Function | Fate::Constant => "functions.py",
                Fate::Test => "tests/test_notebook.py",
                Fate::Import if star_module(piece.stmt).is_some() && !is_known_star(piece.stmt) => {
                    for file in all.iter().chain(&["functions.py"]) {
                        for code in ["F403", "F405"] {
                            out.insert(LintException {
                                file: (*file).to_owned(),
                                code: code.to_owned(),
                                reason: "a star import of a module whose names are not known".to_owned(),
                            });
                        }
                    }
                    continue;
                }
                _ => continue,
            };
            exceptions(file, piece.stmt, &imported, &mut out);
        }
        out.into_iter().collect()
    }

    /// The names that the pieces of a group bind in ways that `wanted` takes.
    pub(super) fn binds_of(&self, group: &[usize], wanted: impl Fn(&BindKind) -> bool) -> BTreeSet<NameId> {
        let binds = group
            .iter()
            .filter_map(|&i| self.pieces.get(i))
            .flat_map(|p| &p.facts.binds);
        binds.filter(|b| wanted(&b.kind)).map(|b| b.name).collect()
    }

    /// Whether annotations are never evaluated, so that they may name anything.
    pub(super) fn postpones_annotations(&self) -> bool {
        self.pieces
            .iter()
            .any(|p| p.facts.kind == crate::facts::StmtKind::Future && p.text().contains("annotations"))
    }

    /// Whether the step assigns a name that it neither reads nor returns.
    pub(super) fn has_unread_names(&self, step: &Step) -> bool {
        let mine = || {
            self.pieces
                .iter()
                .filter(|p| p.is_kept() && step.cells.0 <= p.cell && p.cell <= step.cells.1)
        };
        let read: BTreeSet<NameId> = mine().flat_map(|p| names_read(self.facts, p)).collect();
        mine().flat_map(|p| &p.facts.binds).any(|bind| {
            let text = self.facts.text(bind.name);
            let comes_out = step.returns.iter().any(|r| r.name == text) || step.globals.iter().any(|g| g == text);
            !comes_out && !read.contains(&bind.name)
        })
    }
}
