//! The planning itself: fates, sections, data-flow, steps, and all that hangs on them.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use crate::facts::{Facts, NameId};
use crate::notebook::{CellIdx, CellKind, Language, Notebook};
use crate::python::CellCode;
use crate::text::Span;

use super::assemble::Decided;
use super::bindings::Histories;
use super::common::Common;
use super::config::configuration;
use super::dataflow::Analysis;
use super::dependencies::nested_imports;
use super::fate::{ForeignCell, decide, foreign_cells, is_reflective};
use super::given::given_names;
use super::layout::chapters;
use super::lifetimes::sees_ends;
use super::local::{Local, carried};
use super::messages::Messages;
use super::model::{Dropped, LocalModule, NotebookRef, Plan};
use super::modules::{HoistedImports, is_known_star, star_module};
use super::names::Allocator;
use super::order::renumber;
use super::origins::{first_bad_line, lines_of};
use super::pieces::{Fate, Piece, SHOWS, pieces};
use super::recorded::{candidates, displayed_names};
use super::secret_fields::hide_secrets;
use super::sections::{heading, plain};
use super::shown::{Shown, shown_names, shown_pieces};
use super::steps::{Made, StepMaker};
use super::thin::ThinMaker;
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
    /// The text of `requirements.txt` beside the notebook; empty where there is none.
    pub requirements: String,
    /// Files beside the notebook that it may import.
    pub local: Vec<LocalModule>,
    /// Those of them that it runs and never imports.
    pub run: BTreeSet<String>,
    /// The notebooks whose code stands in its cells, where these ran them: by cell.
    pub taken_in: Vec<(CellIdx, String)>,
    /// The files of its package that an earlier run wrote.
    pub written: BTreeSet<String>,
    /// What it has in common with other notebooks of its package.
    pub common: Common,
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
    let python_2_as_3 =
        notebook.language == Language::Python2 && cells.iter().all(|code| code.syntax_error().is_none());
    if !notebook.language.is_python() && !python_2_as_3 {
        return Outcome::Refused(vec![other_language(notebook, cells, options)]);
    }
    let mut all = pieces(cells, facts);
    let histories = Histories::collect(&all, facts);
    let foreign = foreign_cells(notebook, cells);
    decide(notebook, facts, &histories, &foreign, options, &mut all);
    let files = carried(&options.local, &options.run, notebook);
    let mut builder = Builder {
        notebook,
        cells,
        facts,
        options,
        pieces: &all,
        histories: &histories,
        foreign: &foreign,
        names: Allocator::new(used_names(&all, facts)),
        local: Local::default(),
        files: &files,
        messages: Messages::of(cells, facts),
    };
    let package = builder.package();
    builder.local = Local::new(package.split('.').next().unwrap_or(&package), &files);
    builder.build()
}

/// Why a notebook of another language is refused; of Python 2 with the first line that is no Python 3.
fn other_language(notebook: &Notebook<'_>, cells: &[CellCode], options: &Options) -> Refusal {
    let language = notebook.language.name();
    let broken = cells
        .iter()
        .find_map(|code| Some((code, first_bad_line(notebook, code)?)));
    let broken = broken.filter(|_| notebook.language == Language::Python2);
    Refusal {
        cell: None,
        message: match broken {
            Some((code, line)) => format!(
                "the notebook is Python 2: cell {}, line {line} is not Python 3",
                options.notebook.page(code.idx)
            ),
            None => format!("the notebook's language is {language}, and a package can only be made of Python"),
        },
        hint: "port it to Python 3 first".to_owned(),
    }
}

pub(super) struct Builder<'b> {
    pub(super) notebook: &'b Notebook<'b>,
    pub(super) cells: &'b [CellCode],
    pub(super) facts: &'b Facts,
    pub(super) options: &'b Options,
    pub(super) pieces: &'b [Piece<'b>],
    pub(super) histories: &'b Histories,
    pub(super) foreign: &'b [(CellIdx, ForeignCell)],
    pub(super) names: Allocator,
    pub(super) local: Local,
    /// The files that are carried along, as they are beside the notebook.
    pub(super) files: &'b [LocalModule],
    pub(super) messages: Messages,
}

/// The names that the notebook's top level binds or reads, and those that its functions reach there.
fn used_names(pieces: &[Piece<'_>], facts: &Facts) -> impl Iterator<Item = String> {
    let mut names = FxHashSet::default();
    for piece in pieces {
        names.extend(piece.facts.binds.iter().map(|bind| bind.name));
        names.extend(super::modules::names_read(facts, piece));
        let scopes = piece.facts.scopes.iter().filter_map(|&id| facts.scope(id));
        names.extend(scopes.flat_map(|scope| scope.writes.iter().copied()));
    }
    let texts: Vec<String> = names.into_iter().map(|name| facts.text(name).to_owned()).collect();
    texts.into_iter()
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
        let hoisted = HoistedImports::new(self.facts, self.pieces, &self.local);
        let top_level = self.top_level(&hoisted);
        let (kept_sections, groups) = self.groups();
        if groups.is_empty()
            && !self
                .pieces
                .iter()
                .any(|p| matches!(p.fate, Fate::Function | Fate::StateFunction))
        {
            let mut refused = refusals;
            refused.push(Refusal {
                cell: None,
                message: "nothing is left to put into a package: no cell computes anything that Python alone can run"
                    .to_owned(),
                hint: "see the reasons for the cells; `check` shows what is wrong with them".to_owned(),
            });
            return Outcome::Refused(refused);
        }
        let candidates = candidates(self.notebook, self.facts, self.histories, self.pieces);
        let wanted = displayed_names(self.facts, self.histories, self.pieces);
        let given = given_names(self.notebook, self.facts, self.pieces);
        let shown = shown_pieces(self.facts, self.histories, self.pieces, &groups);
        let flow = Analysis {
            facts: self.facts,
            histories: self.histories,
            pieces: self.pieces,
            groups: &groups,
            reflective,
            sees_ends: sees_ends(self.facts, self.pieces),
            wanted: &wanted,
            shown: &shown_names(self.facts, self.histories, self.pieces, &shown),
            top_level: &top_level,
            given: &given,
        }
        .run();
        let plots = self.plots();
        let types = value_types(self.notebook, self.facts, self.histories, self.pieces);
        let mut made = {
            let maker = StepMaker {
                notebook: self.notebook,
                options: self.options,
                facts: self.facts,
                pieces: self.pieces,
                config: &config,
                secrets: &secrets,
                flow: &flow,
                types: &types,
                local: &self.local,
                reflective,
                plots,
                messages: self.messages,
                started: self.times().then(|| self.names.take("started")),
            };
            let mut made: Vec<Made> = Vec::new();
            for (index, (section, group)) in kept_sections.iter().zip(&groups).enumerate() {
                made.extend(maker.make(index, section, group, &mut self.names));
            }
            made
        };
        let shared = reflective || !flow.state.is_empty();
        let chapters = if self.is_long(&made, shared) {
            chapters(&kept_sections, &mut made, &mut self.names)
        } else {
            Vec::new()
        };
        let mut plan = self.assemble(Decided {
            config,
            secrets: &secrets,
            made,
            flow: &flow,
            hoisted: &hoisted,
            groups: &groups,
            chapters: &chapters,
            shown: &shown,
            reflective,
        });
        plan.tests = self.tests(&plan, candidates, &flow, &hoisted);
        plan.notes.extend(self.state_notes(&plan));
        self.options.common.apply(&mut plan);
        let thin = ThinMaker {
            notebook: self.notebook,
            cells: self.cells,
            facts: self.facts,
            pieces: self.pieces,
            shown: &shown,
            flow: &flow,
            hoisted: &hoisted,
            common: &self.options.common,
            plan: &plan,
        };
        let thin = thin.make();
        plan.thin = thin.cells;
        for dropped in plan.dropped.iter_mut().filter(|dropped| dropped.reason == SHOWS) {
            dropped.reason = self.why_shown(dropped, &shown, &thin.shown);
        }
        if !self.options.notebook.order.is_empty() {
            renumber(&mut plan, self.notebook, self.options);
        }
        Outcome::Plan(Box::new(plan), refusals)
    }

    /// What became of a value that the notebook showed.
    fn why_shown(&self, dropped: &Dropped, lasting: &[Shown], in_thin: &BTreeSet<usize>) -> String {
        let is_it = |piece: &Piece<'_>| {
            piece.only_shows() && piece.cell == dropped.cell && lines_of(self.notebook, piece) == dropped.lines
        };
        let at = self.pieces.iter().position(is_it);
        let lasts = lasting.iter().any(|shown| Some(shown.piece) == at);
        if at.is_some_and(|at| in_thin.contains(&at)) {
            format!("{SHOWS}, now in the thin notebook")
        } else if !at
            .and_then(|at| self.pieces.get(at))
            .is_some_and(|piece| piece.displayed)
        {
            SHOWS.to_owned()
        } else if lasts {
            format!("{SHOWS} that no step gives")
        } else {
            format!("{SHOWS} that its section changes below")
        }
    }

    /// Names that stand at a module's top level or in the configuration.
    fn top_level(&self, hoisted: &HoistedImports<'_>) -> FxHashSet<NameId> {
        let mut out: FxHashSet<NameId> = FxHashSet::default();
        for piece in self.pieces {
            let up = matches!(
                piece.fate,
                Fate::Import | Fate::Function | Fate::StateFunction | Fate::Constant | Fate::Config
            );
            if up {
                out.extend(piece.facts.binds.iter().map(|b| b.name));
            }
        }
        let stars = hoisted.star_names();
        let read_by_star = |id: &NameId| stars.contains_key(self.facts.text(*id)) && !self.histories.is_variable(*id);
        out.extend(self.facts.names.ids().filter(read_by_star));
        if self
            .pieces
            .iter()
            .any(|p| p.fate == Fate::Import && star_module(p.stmt).is_some() && !is_known_star(p.stmt))
        {
            out.extend(self.facts.names.ids().filter(|&id| !self.histories.is_variable(id)));
        }
        out
    }

    /// Whether the durations of timed cells are logged.
    pub(super) fn times(&self) -> bool {
        let module = self.facts.imports.path("time");
        let bound = self
            .facts
            .names
            .find("time")
            .is_some_and(|name| self.histories.is_variable(name));
        self.messages.in_steps && (module == Some("time") || !bound)
    }

    fn plots(&self) -> bool {
        let drawing = [
            "matplotlib",
            "seaborn",
            "pandas",
            "mlxtend",
            "missingno",
            "statsmodels",
            "pylab",
            "wordcloud",
        ];
        self.pieces
            .iter()
            .filter(|p| p.fate == Fate::Import || p.is_kept())
            .any(|p| {
                let mut modules = BTreeMap::new();
                nested_imports(p.stmt, &mut modules);
                modules
                    .keys()
                    .any(|m| drawing.contains(&m.split('.').next().unwrap_or_default()))
            })
    }
}

/// Title and summary of a notebook: its first heading, and the first sentence below it.
pub fn title_and_summary(notebook: &Notebook<'_>, file_stem: &str) -> (String, String) {
    let first = notebook
        .cells
        .iter()
        .find(|c| matches!(c.kind, CellKind::Markdown | CellKind::Heading(_)) && heading(c).is_some());
    let Some(cell) = first else {
        return (file_stem.replace(['_', '-'], " "), String::new());
    };
    let lines: Vec<&str> = cell.source.text.lines().collect();
    let at = lines.iter().position(|l| l.starts_with('#')).unwrap_or_default();
    let title = lines.get(at).map(|l| plain(l)).unwrap_or_default();
    let below = lines
        .get(at + 1..)
        .unwrap_or_default()
        .iter()
        .find(|l| !l.trim().is_empty() && !l.starts_with(['#', '|', '-', '*', '<', '!', '>', '`', '$']));
    let summary = below.map(|l| plain(l)).unwrap_or_default();
    let sentence = summary
        .split_inclusive(". ")
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned();
    (title, sentence)
}
