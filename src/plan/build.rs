//! The planning itself: fates, sections, data-flow, steps, and all that hangs on them.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use crate::facts::{Facts, NameId, io_calls};
use crate::notebook::{CellIdx, CellKind, Language, Notebook};
use crate::python::{Body, CellCode, span};
use crate::text::Span;

use super::bindings::Histories;
use super::config::{Configuration, configuration};
use super::dataflow::{Analysis, DataFlow};
use super::dependencies::{dependencies, nested_imports};
use super::fate::{ForeignCell, decide, foreign_cells, is_reflective, single_assignment};
use super::lint::exceptions;
use super::model::{
    Argument, Dropped, Import, ImportSection, Item, ItemKind, LintException, MissingFile, Module, Note, NotebookRef,
    PathUse, Plan, SecretField, StateName, Step, Tests,
};
use super::modules::{HoistedImports, import_of, is_known_star, names_read, star_module};
use super::names::{Allocator, package_name, snake_case};
use super::pieces::{Fate, Piece, pieces};
use super::recorded::{Candidate, candidates, displayed_names};
use super::rewrite::{Rewriting, rewrite};
use super::sections::{Section, heading, plain, sections};
use super::steps::{Made, SecretUse, StepMaker};
use super::thin::thin_cells;
use super::types::value_types;

/// A secret in a cell's source, found by the detectors: where, and of what kind. Never its value.
#[derive(Clone, Debug)]
pub struct SecretSpan {
    pub cell: CellIdx,
    /// Bytes of the file.
    pub span: Span,
    /// The detector's id, `github-token`.
    pub kind: String,
}

/// What the planner is told besides the notebook.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Import name that was asked for.
    pub package: Option<String>,
    pub notebook: NotebookRef,
    pub secrets: Vec<SecretSpan>,
}

/// Why a notebook, or a cell of it, can't become part of a package.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// `None` where it is the whole notebook.
    pub cell: Option<CellIdx>,
    pub message: String,
    pub hint: String,
}

/// What planning gives.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A plan, and what stays in the notebook.
    Plan(Box<Plan>, Vec<Refusal>),
    Refused(Vec<Refusal>),
}

/// Plans the package of a notebook.
pub fn plan(notebook: &Notebook<'_>, cells: &[CellCode], facts: &Facts, options: &Options) -> Outcome {
    let python_2_as_3 = notebook.language == Language::Python2 && cells.iter().all(|code| code.syntax_error().is_none());
    if !notebook.language.is_python() && !python_2_as_3 {
        return Outcome::Refused(vec![Refusal {
            cell: None,
            message: format!("the notebook's language is {}, and a package can only be made of Python", notebook.language.name()),
            hint: "port it to Python 3 first".to_owned(),
        }]);
    }
    let mut all = pieces(cells, facts);
    let histories = Histories::collect(&all, facts);
    let foreign = foreign_cells(notebook, cells);
    decide(notebook, facts, &histories, &foreign, &mut all);
    let mut builder = Builder {
        notebook,
        cells,
        facts,
        options,
        pieces: &all,
        histories: &histories,
        foreign: &foreign,
        names: Allocator::new(facts.names.ids().map(|id| facts.text(id).to_owned())),
    };
    builder.build()
}

struct Builder<'b> {
    notebook: &'b Notebook<'b>,
    cells: &'b [CellCode],
    facts: &'b Facts,
    options: &'b Options,
    pieces: &'b [Piece<'b>],
    histories: &'b Histories,
    foreign: &'b [(CellIdx, ForeignCell)],
    names: Allocator,
}

impl Builder<'_> {
    fn build(&mut self) -> Outcome {
        let refusals = self.left_cells();
        let reflective = is_reflective(self.pieces, self.facts);
        let secrets = match self.secrets() {
            Ok(secrets) => secrets,
            Err(refused) => return Outcome::Refused(refused),
        };
        let mut config = configuration(self.facts, self.histories, self.pieces, &mut self.names);
        hide_secrets(&mut config, &secrets);
        let hoisted = HoistedImports::new(self.facts, self.pieces);
        let top_level = self.top_level(&hoisted);
        let (kept_sections, groups) = self.groups();
        if groups.is_empty() && !self.pieces.iter().any(|p| matches!(p.fate, Fate::Function | Fate::StateFunction)) {
            let mut refused = refusals;
            refused.push(Refusal {
                cell: None,
                message: "nothing is left to put into a package: no cell computes anything that Python alone can run".to_owned(),
                hint: "see the reasons for the cells; `check` shows what is wrong with them".to_owned(),
            });
            return Outcome::Refused(refused);
        }
        let candidates = candidates(self.notebook, self.facts, self.histories, self.pieces);
        let wanted = displayed_names(self.histories, self.pieces);
        let flow = Analysis {
            facts: self.facts,
            histories: self.histories,
            pieces: self.pieces,
            groups: &groups,
            reflective,
            wanted: &wanted,
            top_level: &top_level,
        }
        .run();
        let plots = self.plots();
        let types = value_types(self.facts, self.histories, self.pieces);
        let made = {
            let maker = StepMaker {
                notebook: self.notebook,
                facts: self.facts,
                pieces: self.pieces,
                config: &config,
                secrets: &secrets,
                flow: &flow,
                types: &types,
                reflective,
                plots,
            };
            let mut made: Vec<Made> = Vec::new();
            for (index, (section, group)) in kept_sections.iter().zip(&groups).enumerate() {
                made.extend(maker.make(index, section, group, &mut self.names));
            }
            made
        };
        let mut plan = self.assemble(config, &secrets, made, &flow, &hoisted, reflective);
        plan.tests = self.tests(&plan, candidates, &flow);
        plan.notes.extend(self.state_notes(&plan));
        plan.thin = thin_cells(self.notebook, self.cells, self.facts, self.pieces, &plan);
        Outcome::Plan(Box::new(plan), refusals)
    }

    /// Names that stand at a module's top level or in the configuration.
    fn top_level(&self, hoisted: &HoistedImports<'_>) -> FxHashSet<NameId> {
        let mut out: FxHashSet<NameId> = FxHashSet::default();
        for piece in self.pieces {
            let up = matches!(piece.fate, Fate::Import | Fate::Function | Fate::StateFunction | Fate::Constant | Fate::Config);
            if up {
                out.extend(piece.facts.binds.iter().map(|b| b.name));
            }
        }
        let stars = hoisted.star_names();
        let read_by_star = |id: &NameId| stars.contains_key(self.facts.text(*id)) && !self.histories.is_variable(*id);
        out.extend(self.facts.names.ids().filter(read_by_star));
        if self.pieces.iter().any(|p| p.fate == Fate::Import && star_module(p.stmt).is_some() && !is_known_star(p.stmt)) {
            out.extend(self.facts.names.ids().filter(|&id| !self.histories.is_variable(id)));
        }
        out
    }

    /// The kept pieces of each section that has any.
    fn groups(&self) -> (Vec<Section>, Vec<Vec<usize>>) {
        let mut kept_sections = Vec::new();
        let mut groups = Vec::new();
        for section in sections(self.notebook) {
            let group: Vec<usize> = (0..self.pieces.len())
                .filter(|&i| self.pieces.get(i).is_some_and(|p| p.is_kept() && section.cells.contains(&p.cell)))
                .collect();
            if !group.is_empty() {
                kept_sections.push(section);
                groups.push(group);
            }
        }
        merge_awaiting(self.pieces, &mut kept_sections, &mut groups);
        (kept_sections, groups)
    }

    fn plots(&self) -> bool {
        let drawing = ["matplotlib", "seaborn", "pandas", "mlxtend", "missingno", "statsmodels", "pylab", "wordcloud"];
        self.pieces.iter().filter(|p| p.fate == Fate::Import || p.is_kept()).any(|p| {
            let mut modules = BTreeMap::new();
            nested_imports(p.stmt, &mut modules);
            modules.keys().any(|m| drawing.contains(&m.split('.').next().unwrap_or_default()))
        })
    }

    fn assemble(
        &mut self,
        config: Configuration,
        secrets: &[SecretUse],
        made: Vec<Made>,
        flow: &DataFlow,
        hoisted: &HoistedImports<'_>,
        reflective: bool,
    ) -> Plan {
        let imported: BTreeSet<String> = self.imported_modules().keys().map(|m| m.split('.').next().unwrap_or_default().to_owned()).collect();
        let stem = self.options.notebook.file_name.strip_suffix(".ipynb").unwrap_or(&self.options.notebook.file_name);
        let package = self.options.package.clone().unwrap_or_else(|| package_name(stem, &imported));
        let functions = self.functions_module(hoisted);
        let steps_module = self.steps_module(hoisted, &made, &package, &functions, reflective);
        let mut read = self.names_read_anywhere();
        read.extend(self.pieces.iter().filter(|p| matches!(p.fate, Fate::Left(_))).flat_map(|p| names_read(self.facts, p)));
        let (_, unused) = hoisted.unused(&read);
        let modules = self.used_modules(&unused);
        let statements: Vec<_> = self.pieces.iter().filter(|p| !matches!(p.fate, Fate::Dropped(_) | Fate::Left(_))).map(|p| p.stmt).collect();
        let mut deps = dependencies(&modules, &statements, &self.facts.imports, self.cells);
        let saves_figures = made.iter().any(|m| m.step.saves_figures);
        if saves_figures && !deps.iter().any(|d| d.distribution == "matplotlib") {
            deps.push(super::model::Dependency {
                distribution: "matplotlib".to_owned(),
                version: String::new(),
                optional: false,
                known: true,
            });
            deps.sort();
        }
        let mut untyped: BTreeSet<String> = modules.keys().filter(|m| !crate::python::is_stdlib(m)).map(|m| m.split('.').next().unwrap_or_default().to_owned()).collect();
        if saves_figures {
            untyped.insert("matplotlib".to_owned());
        }
        let state = flow
            .state
            .iter()
            .map(|(&name, reason)| StateName {
                name: self.facts.text(name).to_owned(),
                reason: reason.clone(),
            })
            .collect();
        let results = flow
            .results
            .iter()
            .map(|&n| self.facts.text(n).to_owned())
            .filter(|n| made.iter().any(|m| m.step.returns.iter().any(|r| &r.name == n)))
            .collect();
        let lint_exceptions = self.lint_exceptions(&made);
        let dropped = self.dropped(&unused);
        let notes = self.notes(&deps);
        Plan {
            notebook: self.options.notebook.clone(),
            distribution: package.replace('_', "-"),
            package,
            python: self.python_version(),
            config: config.fields,
            secrets: secrets.iter().map(|s| s.field.clone()).collect(),
            functions,
            steps_module,
            state,
            steps: made.into_iter().map(|m| m.step).collect(),
            results,
            dependencies: deps,
            untyped: untyped.into_iter().collect(),
            lint_exceptions,
            dropped,
            notes,
            tests: Tests::default(),
            thin: Vec::new(),
            saves_figures,
        }
    }

    /// Names that any part of the package reads.
    fn names_read_anywhere(&self) -> BTreeSet<NameId> {
        let part = |p: &&Piece<'_>| !matches!(p.fate, Fate::Dropped(_) | Fate::Left(_) | Fate::Import);
        self.pieces.iter().filter(part).flat_map(|p| names_read(self.facts, p)).collect()
    }

    fn functions_module(&self, hoisted: &HoistedImports<'_>) -> Module {
        let mine: Vec<&Piece<'_>> =
            self.pieces.iter().filter(|p| matches!(p.fate, Fate::Function | Fate::Constant)).collect();
        let read: BTreeSet<NameId> = mine.iter().flat_map(|p| names_read(self.facts, p)).collect();
        let items: Vec<Item> = mine.iter().map(|p| self.item(p)).collect();
        let mut imports: BTreeSet<Import> = hoisted.used(&read).into_iter().filter(|_| !mine.is_empty()).collect();
        imports.extend(typing_any(items.iter().map(|item| item.source.as_str())));
        Module {
            imports: imports.into_iter().collect(),
            items,
        }
    }

    fn item(&self, piece: &Piece<'_>) -> Item {
        let how = Rewriting {
            facts: self.facts,
            renamed: &BTreeMap::new(),
            replaced: &[],
            reflective: false,
            figures: None,
        };
        let name = piece.facts.binds.first().map(|b| self.facts.text(b.name).to_owned()).unwrap_or_default();
        Item {
            name,
            cell: piece.cell,
            kind: match piece.facts.kind {
                crate::facts::StmtKind::Function => ItemKind::Function,
                crate::facts::StmtKind::Class => ItemKind::Class,
                _ => ItemKind::Constant,
            },
            source: rewrite(piece, &how, 0).text,
        }
    }

    fn steps_module(
        &self,
        hoisted: &HoistedImports<'_>,
        made: &[Made],
        package: &str,
        functions: &Module,
        reflective: bool,
    ) -> Module {
        let mine: Vec<&Piece<'_>> =
            self.pieces.iter().filter(|p| p.is_kept() || p.fate == Fate::StateFunction).collect();
        let mut read: BTreeSet<NameId> = mine.iter().flat_map(|p| names_read(self.facts, p)).collect();
        if reflective {
            read.extend(self.pieces.iter().flat_map(|p| p.facts.binds.iter().map(|b| b.name)));
        }
        let items: Vec<Item> =
            self.pieces.iter().filter(|p| p.fate == Fate::StateFunction).map(|p| self.item(p)).collect();
        let texts: Vec<&str> =
            made.iter().map(|m| m.step.body.as_str()).chain(items.iter().map(|item| item.source.as_str())).collect();
        let in_code = |name: &str| mine.iter().any(|p| mentions_in_code(self.facts, p, name));
        let mut all: BTreeSet<Import> = BTreeSet::new();
        for import in hoisted.used(&read) {
            let bound = import.alias.as_ref().or(import.symbol.as_ref()).unwrap_or(&import.module);
            let name = bound.split('.').next().unwrap_or_default().to_owned();
            let always = import.section == ImportSection::Future || name == "*" || reflective;
            // what was read may have been rewritten (`plt.show()`), and a name may stand in a string only (a formula's
            // function), which is a use all the same
            if always || texts.iter().any(|text| mentions(text, &name)) {
                let for_effect = !always && !in_code(&name);
                all.insert(Import { for_effect, ..import });
            }
        }
        let read_anywhere = self.names_read_anywhere();
        all.extend(hoisted.unused(&read_anywhere).0);
        all.extend(made.iter().flat_map(|m| &m.imports).map(|module| import_of(module, None, None)));
        if made.iter().any(|m| m.step.params.iter().any(|p| p.annotation == "SecretStr")) {
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
    fn imported_modules(&self) -> BTreeMap<String, bool> {
        let mut out = BTreeMap::new();
        for piece in self.pieces.iter().filter(|p| !matches!(p.fate, Fate::Dropped(_) | Fate::Left(_))) {
            nested_imports(piece.stmt, &mut out);
        }
        out
    }

    fn used_modules(&self, unused: &[(&Piece<'_>, String)]) -> BTreeMap<String, bool> {
        let mut out = BTreeMap::new();
        for piece in self.pieces.iter().filter(|p| !matches!(p.fate, Fate::Dropped(_) | Fate::Left(_))) {
            let wholly_unused = unused.iter().any(|(p, names)| std::ptr::eq(*p, piece) && names.split(", ").count() == p.facts.binds.len());
            if !wholly_unused {
                nested_imports(piece.stmt, &mut out);
            }
        }
        out
    }

    fn lint_exceptions(&self, made: &[Made]) -> Vec<LintException> {
        let mut out = BTreeSet::new();
        if made.iter().any(|m| self.has_unread_names(&m.step)) {
            out.insert(LintException {
                file: "steps.py".to_owned(),
                code: "F841".to_owned(),
                reason: "a section assigns names that only its displays read".to_owned(),
            });
        }
        for piece in self.pieces {
            let file = match piece.fate {
                Fate::Keep | Fate::StateFunction => "steps.py",
                Fate::Function | Fate::Constant => "functions.py",
                Fate::Import if star_module(piece.stmt).is_some() && !is_known_star(piece.stmt) => {
                    for code in ["F403", "F405"] {
                        for file in ["steps.py", "functions.py"] {
                            out.insert(LintException {
                                file: file.to_owned(),
                                code: code.to_owned(),
                                reason: "a star import of a module whose names are not known".to_owned(),
                            });
                        }
                    }
                    continue;
                }
                _ => continue,
            };
            exceptions(file, piece.stmt, &mut out);
        }
        out.into_iter().collect()
    }

    /// Whether the step assigns a name that it neither reads nor returns.
    fn has_unread_names(&self, step: &Step) -> bool {
        let mine = || self.pieces.iter().filter(|p| p.is_kept() && step.cells.0 <= p.cell && p.cell <= step.cells.1);
        let read: BTreeSet<NameId> = mine().flat_map(|p| names_read(self.facts, p)).collect();
        mine().flat_map(|p| &p.facts.binds).any(|bind| {
            let text = self.facts.text(bind.name);
            let comes_out = step.returns.iter().any(|r| r.name == text) || step.globals.iter().any(|g| g == text);
            !comes_out && !read.contains(&bind.name)
        })
    }

    fn dropped(&self, unused: &[(&Piece<'_>, String)]) -> Vec<Dropped> {
        let mut out = Vec::new();
        for piece in self.pieces {
            let reason = match &piece.fate {
                Fate::Dropped(reason) => reason.clone(),
                Fate::Left(reason) => format!("stays in the notebook: {reason}"),
                Fate::Import => match unused.iter().find(|(p, _)| std::ptr::eq(*p, piece)) {
                    Some((_, names)) => format!("imported and not used: {names}"),
                    None => continue,
                },
                _ => continue,
            };
            let is_import = piece.fate == Fate::Import;
            let names = piece.facts.binds.iter().map(|b| self.facts.text(b.name).to_owned());
            out.push(Dropped {
                cell: piece.cell,
                lines: piece.lines(),
                reason,
                names: if is_import { Vec::new() } else { names.collect() },
                excerpt: excerpt(piece.text()),
            });
        }
        for (idx, fate) in self.foreign {
            let reason = match fate {
                ForeignCell::Shows(reason) => reason.clone(),
                ForeignCell::Left(reason) => format!("stays in the notebook: {reason}"),
            };
            let Some(cell) = self.notebook.cell(*idx) else { continue };
            let names = self.facts.cell(*idx).map(|c| c.guessed.iter().map(|&n| self.facts.text(n).to_owned()).collect());
            out.push(Dropped {
                cell: *idx,
                lines: (1, cell.source.text.lines().count().max(1)),
                reason,
                names: names.unwrap_or_default(),
                excerpt: excerpt(&cell.source.text),
            });
        }
        for code in self.cells.iter().filter(|c| matches!(c.body, Body::Python(_))) {
            for magic in code.magics.iter().filter(|m| m.effect == crate::python::Effect::RunsBody) {
                let lines = crate::text::LineIndex::new(&self.notebook.cell(code.idx).map(|c| c.source.text.clone()).unwrap_or_default());
                let line = lines.line(magic.source.start) + 1;
                out.push(Dropped {
                    cell: code.idx,
                    lines: (line, line),
                    reason: format!("%{} only measures or hides what runs under it", magic.name),
                    names: Vec::new(),
                    excerpt: format!("%{}", magic.name),
                });
            }
        }
        out.sort_by_key(|d| (d.cell, d.lines));
        out
    }

    fn left_cells(&self) -> Vec<Refusal> {
        let mut out: Vec<Refusal> = Vec::new();
        let mut add = |cell: CellIdx, reason: &str| {
            let message = format!("cell {cell} stays in the notebook: {reason}");
            if !out.iter().any(|r| r.message == message) {
                out.push(Refusal {
                    cell: Some(cell),
                    message,
                    hint: "rewrite it as plain Python, or keep the thin notebook for it".to_owned(),
                });
            }
        };
        for piece in self.pieces {
            if let Fate::Left(reason) = &piece.fate {
                add(piece.cell, reason);
            }
        }
        for (cell, fate) in self.foreign {
            if let ForeignCell::Left(reason) = fate {
                add(*cell, reason);
            }
        }
        out.sort_by_key(|r| r.cell);
        out
    }

    fn notes(&self, deps: &[super::model::Dependency]) -> Vec<Note> {
        let mut out = Vec::new();
        if self.notebook.language == Language::Python2 {
            out.push(Note {
                cell: CellIdx(0),
                text: "the notebook was last run by Python 2: its code is Python 3 too, but `/` between whole numbers \
                       and the order of dictionaries are not the same; its outputs are not used as tests"
                    .to_owned(),
            });
        }
        for dependency in deps.iter().filter(|d| !d.known && !is_common(&d.distribution)) {
            out.push(Note {
                cell: CellIdx(0),
                text: format!("the distribution {} was guessed from the import's name: check it", dependency.distribution),
            });
        }
        for piece in self.pieces.iter().filter(|p| p.is_kept()) {
            if mentions(piece.text(), "input") && piece.text().contains("input(") {
                out.push(Note {
                    cell: piece.cell,
                    text: "it asks a person with input(): make it an option".to_owned(),
                });
            }
        }
        out
    }

    fn state_notes(&self, plan: &Plan) -> Vec<Note> {
        plan.steps
            .iter()
            .filter(|s| s.level == super::model::Level::State)
            .map(|s| Note {
                cell: s.cells.0,
                text: format!("{} shares names through its module: see what shares state", s.function),
            })
            .collect()
    }

    fn tests(&self, plan: &Plan, candidates: Vec<Candidate>, flow: &DataFlow) -> Tests {
        let comes_out = |name: &NameId| flow.results.contains(name) && plan.results.iter().any(|r| r == self.facts.text(*name));
        let mut recorded = Vec::new();
        for candidate in candidates.into_iter().filter(|c| c.names.iter().all(comes_out)) {
            recorded.push(candidate.recorded);
        }
        let mut seen = BTreeSet::new();
        recorded.retain(|r| seen.insert(r.test.clone()));
        Tests {
            recorded,
            missing_files: self.missing_files(plan),
            needs_notebook_folder: self.reads_beside_itself(plan),
        }
    }

    /// Steps whose first act is to read a configured file.
    fn missing_files(&self, plan: &Plan) -> Vec<MissingFile> {
        let mut out = Vec::new();
        for step in &plan.steps {
            let only_config = step.params.iter().all(|p| matches!(p.argument, Argument::Config(_)) && p.annotation != "SecretStr");
            let first = self.pieces.iter().find(|p| p.is_kept() && p.cell >= step.cells.0 && p.cell <= step.cells.1);
            let Some(piece) = first.filter(|_| only_config && step.globals.is_empty()) else { continue };
            if !matches!(piece.stmt, ruff_python_ast::Stmt::Assign(_)) {
                continue;
            }
            let calls = io_calls(piece.stmt, &self.facts.imports);
            let [call] = calls.as_slice() else { continue };
            let field = plan.config.iter().find(|f| {
                let by_literal = call.literal.as_deref().is_some_and(|l| f.name.is_none() && f.default == super::magic::literal(l));
                by_literal || (call.name.is_some() && f.name == call.name)
            });
            let (Some(field), Some(missing)) = (field.filter(|f| f.path_use == Some(PathUse::Read)), call.missing) else {
                continue;
            };
            let value = |p: &super::model::Param| {
                let Argument::Config(name) = &p.argument else { return None };
                let other = plan.config.iter().find(|f| &f.field == name)?;
                let default = if p.annotation == "Path" { format!("Path({})", other.default) } else { other.default.clone() };
                Some((p.name.clone(), default))
            };
            let extension = field.default.trim_matches('"').rsplit_once('.').map(|(_, e)| e).filter(|e| e.len() < 8 && e.bytes().all(|b| b.is_ascii_alphanumeric()));
            out.push(MissingFile {
                function: step.function.clone(),
                param: field.field.clone(),
                others: step.params.iter().filter(|p| p.name != field.field).filter_map(value).collect(),
                exception: missing.to_owned(),
                suffix: extension.map(|e| format!(".{e}")).unwrap_or_default(),
            });
        }
        out
    }

    /// Whether the code finds files by paths that are not configured, or looks around in its folder.
    fn reads_beside_itself(&self, plan: &Plan) -> bool {
        let looks = ["glob", "listdir", "chdir", "exists(", "subprocess", "Path(", "getcwd", "scandir", "walk(", "runpy", "sys.path"];
        self.pieces.iter().filter(|p| !matches!(p.fate, Fate::Dropped(_) | Fate::Left(_) | Fate::Import)).any(|piece| {
            let unconfigured = io_calls(piece.stmt, &self.facts.imports).iter().any(|call| {
                let by_literal = call.literal.as_deref().is_some_and(|l| plan.config.iter().any(|f| f.default == super::magic::literal(l)));
                let by_name = call.name.as_deref().is_some_and(|n| plan.config.iter().any(|f| f.name.as_deref() == Some(n)));
                !(by_literal || by_name)
            });
            let escape = matches!(piece.stmt, ruff_python_ast::Stmt::IpyEscapeCommand(_)) || piece.text().contains("= !");
            unconfigured || escape || looks.iter().any(|mark| piece.text().contains(mark))
        })
    }

    fn python_version(&self) -> (u8, u8) {
        let version = self.notebook.language_version.as_deref().unwrap_or_default();
        let minor = version.strip_prefix("3.").and_then(|rest| rest.split('.').next()).and_then(|m| m.parse().ok());
        (3, minor.unwrap_or(10u8).clamp(10, 13))
    }

    /// The secrets of kept code. One that is not a whole literal at a step's top level can't be taken out by machine.
    fn secrets(&mut self) -> Result<Vec<SecretUse>, Vec<Refusal>> {
        let mut out: Vec<SecretUse> = Vec::new();
        let mut refused = Vec::new();
        for secret in &self.options.secrets {
            let Some((i, piece)) = self.pieces.iter().enumerate().find(|(_, p)| {
                p.cell == secret.cell && p.code.to_file.original(p.span).contains(secret.span)
            }) else {
                continue;
            };
            if matches!(piece.fate, Fate::Dropped(_) | Fate::Left(_)) {
                continue;
            }
            let stem = snake_case(&secret.kind, 5);
            let literal = literal_holding(piece, secret.span).filter(|_| matches!(piece.fate, Fate::Keep | Fate::Config | Fate::Constant));
            let in_function = piece.facts.scopes.iter().filter_map(|&s| self.facts.scope(s)).any(|s| {
                literal.is_some_and(|at| span(s.range).contains(at))
            });
            let Some(at) = literal.filter(|_| !in_function && piece.fate != Fate::Constant) else {
                refused.push(Refusal {
                    cell: Some(secret.cell),
                    message: format!("cell {} holds a secret ({}) inside other code", secret.cell, secret.kind),
                    hint: "read it from the environment in the notebook, revoke the old one, and graduate again".to_owned(),
                });
                continue;
            };
            let name = single_assignment(piece.stmt).and_then(|(n, _)| self.facts.names.find(n)).filter(|_| piece.fate == Fate::Config);
            let wanted = name.map_or(stem, |n| self.facts.text(n).to_lowercase());
            let field = self.names.take(&wanted);
            out.push(SecretUse {
                field: SecretField {
                    env: field.to_uppercase(),
                    field,
                    cell: secret.cell,
                },
                name,
                literal: name.is_none().then_some((i, at)),
            });
        }
        if refused.is_empty() { Ok(out) } else { Err(refused) }
    }
}

/// The string literal of a piece that is the secret and nothing else.
fn literal_holding(piece: &Piece<'_>, secret: Span) -> Option<Span> {
    use ruff_python_ast::visitor::{Visitor, walk_expr};
    struct Finder<'f> {
        piece: &'f Piece<'f>,
        secret: Span,
        found: Option<Span>,
    }
    impl<'a> Visitor<'a> for Finder<'_> {
        fn visit_expr(&mut self, expr: &'a ruff_python_ast::Expr) {
            if let ruff_python_ast::Expr::StringLiteral(literal) = expr {
                let at = span(literal.range);
                let source = self.piece.code.to_file.original(at);
                let quotes = source.len().saturating_sub(self.secret.len());
                if source.contains(self.secret) && quotes <= 16 {
                    self.found = Some(at);
                }
            }
            walk_expr(self, expr);
        }
    }
    let mut finder = Finder {
        piece,
        secret,
        found: None,
    };
    finder.visit_stmt(piece.stmt);
    finder.found
}

/// A field whose default would be a secret is the secret's field instead.
fn hide_secrets(config: &mut Configuration, secrets: &[SecretUse]) {
    let hidden: Vec<usize> = secrets.iter().filter_map(|s| s.name).filter_map(|n| config.by_name.remove(&n)).collect();
    let mut kept = Vec::new();
    let mut moved = BTreeMap::new();
    for (i, field) in std::mem::take(&mut config.fields).into_iter().enumerate() {
        if !hidden.contains(&i) {
            moved.insert(i, kept.len());
            kept.push(field);
        }
    }
    config.fields = kept;
    for index in config.by_name.values_mut() {
        *index = moved.get(index).copied().unwrap_or(usize::MAX);
    }
    for (_, _, index) in &mut config.literals {
        *index = moved.get(index).copied().unwrap_or(usize::MAX);
    }
}

/// Steps that await share one event loop: they become one step.
fn merge_awaiting(pieces: &[Piece<'_>], sections: &mut Vec<Section>, groups: &mut Vec<Vec<usize>>) {
    let awaits = |group: &Vec<usize>| group.iter().any(|&i| pieces.get(i).is_some_and(|p| p.facts.awaits));
    let (Some(first), Some(last)) = (groups.iter().position(awaits), groups.iter().rposition(awaits)) else {
        return;
    };
    if first == last {
        return;
    }
    let merged: Vec<usize> = groups.drain(first..=last).flatten().collect();
    groups.insert(first, merged);
    let cells: Vec<CellIdx> = sections.get(first..=last).unwrap_or_default().iter().flat_map(|s| s.cells.clone()).collect();
    sections.drain(first + 1..=last);
    if let Some(section) = sections.get_mut(first) {
        section.cells = cells;
    }
}

fn excerpt(text: &str) -> String {
    let line = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default().trim();
    let short: String = line.chars().take(60).collect();
    if short.len() < line.len() { format!("{short}…") } else { short }
}

/// The import of `Any`, where an annotation of ours needs it.
fn typing_any<'t>(mut sources: impl Iterator<Item = &'t str>) -> Option<Import> {
    sources.any(|text| text.contains(": Any") || text.contains("-> Any")).then(|| import_of("typing", Some("Any"), None))
}

/// Whether `word` stands in `text` as a word.
fn mentions(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|t| t.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

fn mentions_in_code(facts: &Facts, piece: &Piece<'_>, name: &str) -> bool {
    let Some(id) = facts.names.find(name) else {
        return false;
    };
    let scopes = piece.facts.scopes.iter().filter_map(|&s| facts.scope(s));
    piece.facts.uses.iter().chain(scopes.flat_map(|s| &s.reads)).any(|u| u.name == id && !u.in_text)
}

/// Distributions named like their import, that everybody knows.
fn is_common(name: &str) -> bool {
    ["numpy", "pandas", "scipy", "matplotlib", "seaborn", "statsmodels", "sympy", "networkx", "requests", "torch", "tensorflow", "keras", "xgboost", "lightgbm", "plotly", "tqdm", "patsy", "nltk", "numba", "missingno", "wordcloud"].contains(&name)
}

/// Title and summary of a notebook: its first heading, and the first sentence below it.
pub fn title_and_summary(notebook: &Notebook<'_>, file_stem: &str) -> (String, String) {
    let first = notebook.cells.iter().find(|c| matches!(c.kind, CellKind::Markdown | CellKind::Heading(_)) && heading(c).is_some());
    let Some(cell) = first else {
        return (file_stem.replace(['_', '-'], " "), String::new());
    };
    let lines: Vec<&str> = cell.source.text.lines().collect();
    let at = lines.iter().position(|l| l.starts_with('#')).unwrap_or_default();
    let title = lines.get(at).map(|l| plain(l)).unwrap_or_default();
    let below = lines.get(at + 1..).unwrap_or_default().iter().find(|l| !l.trim().is_empty() && !l.starts_with(['#', '|', '-', '*', '<', '!', '>', '`', '$']));
    let summary = below.map(|l| plain(l)).unwrap_or_default();
    let sentence = summary.split_inclusive(". ").next().unwrap_or_default().trim().to_owned();
    (title, sentence)
}
