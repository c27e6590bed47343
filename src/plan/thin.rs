//! The thin notebook: prose and displays kept, code replaced by calls of the package.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Facts, NameId};
use crate::notebook::{CellIdx, CellKind, Notebook};
use crate::python::{CellCode, is_builtin, provided_by, span};
use crate::text::EditSet;

use super::common::{Common, bound, is_open};
use super::dataflow::DataFlow;
use super::model::{Argument, ConfigType, Import, ImportSection, Plan, Step, ThinCell};
use super::module_tops::mentions;
use super::modules::{HoistedImports, import_of, names_read};
use super::pieces::{Fate, Piece};
use super::shown::Shown;

/// What the thin notebook is made of.
pub(super) struct ThinMaker<'t> {
    pub notebook: &'t Notebook<'t>,
    pub cells: &'t [CellCode],
    pub facts: &'t Facts,
    pub pieces: &'t [Piece<'t>],
    pub shown: &'t [Shown],
    pub flow: &'t DataFlow,
    pub hoisted: &'t HoistedImports<'t>,
    pub common: &'t Common,
    pub plan: &'t Plan,
}

/// The cells of the thin notebook, and which of the notebook's pieces they show.
pub(super) struct Thin {
    pub cells: Vec<ThinCell>,
    pub shown: BTreeSet<usize>,
}

/// How a name that a cell of the thin notebook reads gets there.
enum Source {
    /// It is there: Python has it, or a step has given it.
    Here,
    Imported(Import),
    /// By another name: `config.rate`, `steps.total`.
    As(String),
}

impl ThinMaker<'_> {
    /// Makes the thin notebook of the plan.
    pub fn make(&self) -> Thin {
        let mut out = Vec::new();
        let mut shown = BTreeSet::new();
        let mut imports = BTreeSet::new();
        let mut set_up = None;
        if !self.plan.notebook.order.is_empty() {
            let text = "*The cells stand in the order in which they ran, which is not that of the notebook.*";
            out.push(ThinCell::Markdown(text.to_owned()));
        }
        for cell in &self.notebook.cells {
            match cell.kind {
                CellKind::Markdown => out.push(ThinCell::Markdown(cell.source.text.clone())),
                CellKind::Heading(level) => {
                    out.push(ThinCell::Markdown(format!(
                        "{} {}",
                        "#".repeat(usize::from(level)),
                        cell.source.text
                    )));
                }
                CellKind::Code => {
                    set_up.get_or_insert(out.len());
                    let source = self.code(cell.idx, &mut imports, &mut shown);
                    if !source.trim().is_empty() {
                        out.push(ThinCell::Code {
                            imports: Vec::new(),
                            source,
                            original: Some(cell.idx),
                        });
                    }
                }
                CellKind::Raw | CellKind::Unknown => {}
            }
        }
        if let Some(at) = set_up {
            out.insert(at, self.set_up(imports));
        }
        Thin { cells: out, shown }
    }

    /// The cell that imports what the others read, and makes the configuration.
    fn set_up(&self, mut imports: BTreeSet<Import>) -> ThinCell {
        let plan = self.plan;
        let own = |module: &str, symbol: &str| Import {
            section: ImportSection::FirstParty,
            module: module.to_owned(),
            symbol: Some(symbol.to_owned()),
            alias: None,
            for_effect: false,
        };
        let plain: BTreeSet<Import> = imports.iter().filter(|import| !import.for_effect).cloned().collect();
        imports.retain(|import| {
            let read = Import {
                for_effect: false,
                ..import.clone()
            };
            !import.for_effect || !plain.contains(&read)
        });
        let of_future = plan.steps_module.imports.iter();
        imports.extend(
            of_future
                .filter(|import| import.section == ImportSection::Future)
                .cloned(),
        );
        let given = plan.given.iter().filter(|given| given.imported);
        imports.extend(given.filter_map(|given| import_line(&given.import)));
        if plan.step_modules.is_empty() {
            imports.insert(own(&plan.package, "steps"));
        }
        for module in &plan.step_modules {
            if let Some((package, module)) = module.name.rsplit_once('.') {
                imports.insert(own(&format!("{}.{package}", plan.package), module));
            }
        }
        imports.insert(own(&format!("{}.config", plan.root()), "Config"));
        let mut lines = Vec::new();
        if plan.messages {
            imports.insert(own(&format!("{}.console", plan.root()), "show_messages"));
            lines.push("show_messages()".to_owned());
        }
        let asked = plan.config.iter().filter(|field| field.default.is_empty());
        let asked: Vec<String> = asked
            .map(|field| {
                let prompt = field.description.as_deref().unwrap_or(&field.field);
                let prompt = crate::python::string_literal(&format!("{prompt} "));
                format!("{}=input({prompt})", field.field)
            })
            .collect();
        lines.push(format!("config = Config({})", asked.join(", ")));
        let given = plan.given.iter().map(|given| &given.name);
        let shared = given.filter(|name| plan.state.iter().any(|state| state.name == **name));
        lines.extend(shared.map(|name| format!("steps.{name} = {name}")));
        ThinCell::Code {
            imports: imports.into_iter().collect(),
            source: lines.join("\n"),
            original: None,
        }
    }

    /// The call of the step that begins with this cell, then what the cell showed, then what stays in the notebook.
    fn code(&self, idx: CellIdx, imports: &mut BTreeSet<Import>, shown: &mut BTreeSet<usize>) -> String {
        let mut lines = Vec::new();
        if let Some(step) = self.plan.steps.iter().find(|step| step.cells.0 == idx) {
            lines.push(call(step));
        }
        let from = self.pieces.partition_point(|p| p.cell < idx);
        let here = self.pieces.iter().enumerate().skip(from);
        for (at, piece) in here.take_while(|(_, p)| p.cell == idx) {
            let text = match &piece.fate {
                Fate::Dropped(_) => {
                    let text = self.shown(at, piece, imports);
                    shown.extend(text.is_some().then_some(at));
                    text
                }
                Fate::Left(_) => Some(self.left(piece, imports)),
                _ => None,
            };
            lines.extend(text);
        }
        let foreign = self
            .cells
            .iter()
            .find(|c| c.idx == idx && c.statements().is_empty() && c.cell_magic().is_some());
        if let Some(code) = foreign
            && let Some(magic) = code.cell_magic()
        {
            let text = format!("%%{} {}\n{}", magic.name, magic.arguments, code.text);
            self.import_mentioned(&text, idx, imports);
            lines.push(text);
        }
        lines.join("\n")
    }

    /// The text of a dropped piece, where all that it reads can be had.
    fn shown(&self, at: usize, piece: &Piece<'_>, imports: &mut BTreeSet<Import>) -> Option<String> {
        let shown = self.shown.iter().find(|shown| shown.piece == at)?;
        let mut needed = Vec::new();
        let mut renamed = BTreeMap::new();
        for name in names_read(self.facts, piece) {
            match self.source(name, shown.step)? {
                Source::Here => {}
                Source::Imported(import) => needed.push(import),
                Source::As(text) => {
                    renamed.insert(name, text);
                }
            }
        }
        let text = self.with_names(piece, &renamed)?;
        imports.extend(needed);
        Some(text)
    }

    /// The text of a piece that stays, with what can be had for it.
    fn left(&self, piece: &Piece<'_>, imports: &mut BTreeSet<Import>) -> String {
        let step = self.steps_above(piece.cell);
        for name in names_read(self.facts, piece) {
            if let Some(Source::Imported(import)) = self.source(name, step) {
                imports.insert(import);
            }
        }
        piece.text().to_owned()
    }

    /// What a text mentions below a magic, where nobody but the magic knows what a name is.
    fn import_mentioned(&self, text: &str, idx: CellIdx, imports: &mut BTreeSet<Import>) {
        let step = self.steps_above(idx);
        let names = self
            .facts
            .names
            .ids()
            .filter(|&name| mentions(text, self.facts.text(name)));
        for name in names {
            if let Some(Source::Imported(import)) = self.source(name, step) {
                let for_effect = import.symbol.as_deref() != Some("*");
                imports.insert(Import { for_effect, ..import });
            }
        }
    }

    /// The last step that has run when a cell is reached.
    fn steps_above(&self, idx: CellIdx) -> Option<usize> {
        let above = |step: &&Step| step.cells.0 <= idx;
        self.plan.steps.iter().take_while(above).count().checked_sub(1)
    }

    /// The text of a piece that reads names by other names; `None` where a text reads one of them.
    fn with_names(&self, piece: &Piece<'_>, names: &BTreeMap<NameId, String>) -> Option<String> {
        let mut edits = EditSet::new();
        let scopes = piece.facts.scopes.iter().filter_map(|&id| self.facts.scope(id));
        for found in piece.facts.uses.iter().chain(scopes.flat_map(|scope| &scope.reads)) {
            if let Some(name) = names.get(&found.name) {
                if found.in_text {
                    return None;
                }
                // a name that is read twice at one place is edited once
                let _ = edits.push(span(found.range), name.as_str());
            }
        }
        Some(edits.apply_within(&piece.code.text, piece.span))
    }

    /// Where the thin notebook has a name from, once `step` and those above it have run.
    fn source(&self, name: NameId, step: Option<usize>) -> Option<Source> {
        let text = self.facts.text(name);
        let plan = self.plan;
        if plan.state.iter().any(|state| state.name == text) || plan.steps_module.items.iter().any(|i| i.name == text) {
            return Some(Source::As(format!("steps.{text}")));
        }
        // the last step that binds it has to have given it
        let ran = step.map_or(0, |step| step + 1);
        let steps = self.flow.steps.iter().zip(&plan.steps).take(ran);
        let touching = |(flow, step): &(&super::dataflow::StepFlow, &Step)| {
            flow.bound.contains_key(&name) || flow.deletes.contains(&name) || gives(step, text)
        };
        if let Some((_, step)) = steps.rev().find(touching) {
            return gives(step, text).then_some(Source::Here);
        }
        let of_steps = plan.steps_module.imports.iter().find(|import| bound(import) == text);
        if let Some(import) = of_steps {
            return Some(Source::Imported(Import {
                for_effect: false,
                ..import.clone()
            }));
        }
        if let Some(import) = self
            .hoisted
            .used(&BTreeSet::from([name]))
            .into_iter()
            .find(|i| bound(i) == text)
        {
            return Some(Source::Imported(import));
        }
        let module = if plan.functions.items.iter().any(|item| item.name == text) {
            Some(format!("{}.functions", plan.package))
        } else {
            let common = self.common.definitions.contains(text);
            common.then(|| format!("{}.functions", plan.root()))
        };
        if let Some(module) = module {
            return Some(Source::Imported(Import {
                section: ImportSection::FirstParty,
                module,
                symbol: Some(text.to_owned()),
                alias: None,
                for_effect: false,
            }));
        }
        // a path is another type there
        let mut fields = plan.config.iter().filter(|field| field.type_ != ConfigType::Path);
        if let Some(field) = fields.find(|field| field.name.as_deref() == Some(text)) {
            return Some(Source::As(format!("config.{}", field.field)));
        }
        if is_builtin(text) || provided_by(text).is_some() {
            return Some(Source::Here);
        }
        let star = plan
            .steps_module
            .imports
            .iter()
            .find(|import| is_open(import) && bound(import) == "*");
        star.cloned().map(Source::Imported)
    }
}

/// What a line of one import says.
fn import_line(line: &str) -> Option<Import> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match *words.as_slice() {
        ["import", module] => Some(import_of(module, None, None)),
        ["import", module, "as", alias] => Some(import_of(module, None, Some(alias.to_owned()))),
        ["from", module, "import", symbol] => Some(import_of(module, Some(symbol), None)),
        ["from", module, "import", symbol, "as", alias] => {
            Some(import_of(module, Some(symbol), Some(alias.to_owned())))
        }
        _ => None,
    }
}

fn gives(step: &Step, name: &str) -> bool {
    step.returns.iter().any(|value| value.name == name)
}

fn call(step: &Step) -> String {
    let mut arguments: Vec<String> = step
        .params
        .iter()
        .map(|p| match &p.argument {
            Argument::Value(name) => name.clone(),
            Argument::Config(field) => format!("config.{field}"),
        })
        .collect();
    if step.saves_figures {
        arguments.push("config.figures_dir".to_owned());
    }
    let names: Vec<&str> = step.returns.iter().map(|r| r.name.as_str()).collect();
    let target = if names.is_empty() {
        String::new()
    } else {
        format!("{} = ", names.join(", "))
    };
    format!("{target}{}({})", step.callee(), arguments.join(", "))
}
