//! The thin notebook: prose and displays kept, code replaced by calls of the package.

use std::collections::BTreeSet;

use ruff_python_ast::Stmt;

use crate::facts::{Effect, Facts, NameId, expression_effect};
use crate::notebook::{CellIdx, CellKind};
use crate::python::{is_builtin, provided_by};

use super::build::Builder;
use super::model::{Argument, Import, ImportSection, Plan, Step, ThinCell};
use super::module_tops::mentions;
use super::modules::{HoistedImports, import_of, names_read};
use super::pieces::{Fate, Piece};

impl Builder<'_> {
    /// The cells of the thin notebook of `plan`.
    pub(super) fn thin_cells(&self, plan: &Plan, hoisted: &HoistedImports<'_>) -> Vec<ThinCell> {
        let modules = self.pieces.iter().filter(|piece| {
            let fates = [Fate::Import, Fate::Function, Fate::StateFunction, Fate::Constant];
            fates.contains(&piece.fate)
        });
        let at_modules: BTreeSet<NameId> = modules
            .flat_map(|p| p.facts.binds.iter().map(|bind| bind.name))
            .collect();
        let mut used = Used::default();
        let mut out = Vec::new();
        let mut first = None;
        if !plan.notebook.order.is_empty() {
            let text = "*The cells stand in the order in which they ran, which is not that of the notebook.*";
            out.push(ThinCell::Markdown(text.to_owned()));
        }
        for cell in &self.notebook.cells {
            match cell.kind {
                CellKind::Markdown => out.push(ThinCell::Markdown(cell.source.text.clone())),
                CellKind::Heading(level) => {
                    let marks = "#".repeat(usize::from(level));
                    out.push(ThinCell::Markdown(format!("{marks} {}", cell.source.text)));
                }
                CellKind::Code => {
                    first.get_or_insert(out.len());
                    let source = self.thin_code(cell.idx, plan, &at_modules, &mut used);
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
        if let Some(at) = first {
            let mut imports = self.thin_imports(plan, hoisted, &used);
            imports.extend(imports_of_package(plan));
            let set_up = ThinCell::Code {
                imports: imports.into_iter().collect(),
                source: set_up(plan),
                original: None,
            };
            out.insert(at, set_up);
        }
        out
    }

    /// What the code that is left reads of the notebook's imports, and of the definitions that are the package's now.
    fn thin_imports(&self, plan: &Plan, hoisted: &HoistedImports<'_>, used: &Used) -> BTreeSet<Import> {
        let all: BTreeSet<NameId> = used.in_code.union(&used.in_text).copied().collect();
        let is =
            |names: &BTreeSet<NameId>, name: &str| self.facts.names.find(name).is_some_and(|id| names.contains(&id));
        let star_gives = all.iter().any(|&name| {
            let text = self.facts.text(name);
            !self.histories.is_variable(name) && self.facts.imports.path(text).is_none() && !is_builtin(text)
        });
        let own = [(&plan.functions, "functions"), (&plan.steps_module, "steps")];
        let own = own.into_iter().flat_map(|(module, file)| {
            module.items.iter().map(move |item| Import {
                section: ImportSection::FirstParty,
                ..import_of(&format!("{}.{file}", plan.package), Some(&item.name), None)
            })
        });
        let known = plan.steps_module.imports.iter().cloned();
        let known = known.filter(|import| import.section == ImportSection::FirstParty);
        let named = known.chain(own).filter(|import| is(&all, bound(import)));
        let imports = hoisted
            .used(&all)
            .into_iter()
            .filter(|import| match import.symbol.as_deref() {
                Some("*") => star_gives,
                _ => import.section != ImportSection::Future || !all.is_empty(),
            });
        let only_in_text = |import: &Import| {
            let plain = import.section == ImportSection::Future || import.symbol.as_deref() == Some("*");
            !plain && !is(&used.in_code, bound(import))
        };
        imports
            .chain(named)
            .map(|import| Import {
                for_effect: only_in_text(&import),
                ..import
            })
            .collect()
    }

    /// The call of the step that begins with this cell, then what the cell showed, then what stays in the notebook.
    fn thin_code(&self, idx: CellIdx, plan: &Plan, at_modules: &BTreeSet<NameId>, used: &mut Used) -> String {
        let mut lines = Vec::new();
        let holder = plan.steps.iter().find(|s| s.cells.0 <= idx && idx <= s.cells.1);
        if let Some(step) = holder.filter(|step| step.cells.0 == idx) {
            lines.push(call(step));
        }
        let from = self.pieces.partition_point(|p| p.cell < idx);
        let below = self.pieces.get(from..).unwrap_or_default();
        for (at, piece) in below.iter().enumerate().take_while(|(_, p)| p.cell == idx) {
            // the step has run to its end by now: what it changes further down is not what the cell showed
            let rest = below.get(at + 1..).unwrap_or_default();
            let rest = rest
                .iter()
                .take_while(|p| holder.is_some_and(|step| p.cell <= step.cells.1));
            let shows = match &piece.fate {
                Fate::Dropped(_) => {
                    shows_something(self.facts, piece)
                        && self.is_at_hand(piece, plan, at_modules)
                        && !changes_later(self.facts, piece, rest)
                }
                Fate::Left(_) => true,
                _ => false,
            };
            if shows {
                lines.push(piece.text().to_owned());
                used.in_code.extend(names_read(self.facts, piece));
            }
        }
        let foreign = self
            .cells
            .iter()
            .find(|c| c.idx == idx && c.statements().is_empty() && c.cell_magic().is_some());
        if let Some(code) = foreign
            && let Some(magic) = code.cell_magic()
        {
            let text = format!("%%{} {}\n{}", magic.name, magic.arguments, code.text);
            let all = self.facts.names.ids();
            used.in_text
                .extend(all.filter(|&id| mentions(&text, self.facts.text(id))));
            lines.push(text);
        }
        lines.join("\n")
    }

    /// Whether every name that a displayed expression reads has come out of a step by then, or stands in a module.
    fn is_at_hand(&self, piece: &Piece<'_>, plan: &Plan, at_modules: &BTreeSet<NameId>) -> bool {
        let steps = plan.steps.iter().filter(|s| s.cells.0 <= piece.cell);
        let returned = steps.flat_map(|s| s.returns.iter().map(|r| r.name.as_str()));
        let starred = plan.steps_module.imports.iter().map(bound);
        let at_hand: BTreeSet<&str> = starred.chain(returned).collect();
        names_read(self.facts, piece).into_iter().all(|name| {
            let text = self.facts.text(name);
            let known = at_hand.contains(text) || is_builtin(text) || provided_by(text).is_some();
            known || at_modules.contains(&name)
        })
    }
}

/// Names that the code reads that is left.
#[derive(Default)]
struct Used {
    in_code: BTreeSet<NameId>,
    /// Below magics, where nobody but the magic knows what a name is.
    in_text: BTreeSet<NameId>,
}

/// The name that an import binds.
fn bound(import: &Import) -> &str {
    let top = import.module.split('.').next().unwrap_or_default();
    import.alias.as_deref().or(import.symbol.as_deref()).unwrap_or(top)
}

/// What the calls of the package need.
fn imports_of_package(plan: &Plan) -> BTreeSet<Import> {
    let own = |module: String, symbol: &str| Import {
        section: ImportSection::FirstParty,
        ..import_of(&module, Some(symbol), None)
    };
    let mut out = BTreeSet::from([own(format!("{}.config", plan.root()), "Config")]);
    out.extend(plan.steps.iter().map(|step| match step.module.rsplit_once('.') {
        Some((folder, module)) => own(format!("{}.{folder}", plan.package), module),
        None => own(plan.package.clone(), &step.module),
    }));
    if plan.messages {
        out.insert(own(format!("{}.console", plan.root()), "show_messages"));
    }
    for given in plan.given.iter().filter(|given| given.imported) {
        let words: Vec<&str> = given.import.split_whitespace().collect();
        match words.as_slice() {
            ["from", module, "import", symbol] => out.insert(import_of(module, Some(symbol), None)),
            ["import", module] => out.insert(import_of(module, None, None)),
            _ => false,
        };
    }
    out
}

fn set_up(plan: &Plan) -> String {
    let mut lines = Vec::new();
    let asked: Vec<String> = plan
        .config
        .iter()
        .filter(|field| field.default.is_empty())
        .map(|field| {
            let prompt = field.description.as_deref().unwrap_or(&field.field);
            format!(
                "{}=input({})",
                field.field,
                crate::python::string_literal(&format!("{prompt} "))
            )
        })
        .collect();
    if plan.messages {
        lines.push("show_messages()".to_owned());
    }
    lines.push(format!("config = Config({})", asked.join(", ")));
    let given = plan.given.iter().map(|given| &given.name);
    let shared = given.filter(|name| plan.state.iter().any(|state| state.name == **name));
    lines.extend(shared.map(|name| format!("steps.{name} = {name}")));
    lines.join("\n")
}

/// Whether a person at the notebook saw something of the piece: its value, or what it printed.
fn shows_something(facts: &Facts, piece: &Piece<'_>) -> bool {
    let Stmt::Expr(expr) = piece.stmt else { return false };
    piece.displayed || expression_effect(&expr.value, &facts.imports, &|name| facts.is_value(name)) == Effect::Show
}

/// Whether a name that the piece reads is bound again, or its object changed, by what the step runs below it.
fn changes_later<'p>(facts: &Facts, piece: &Piece<'_>, mut rest: impl Iterator<Item = &'p Piece<'p>>) -> bool {
    let read = names_read(facts, piece);
    rest.any(|below| {
        let binds = below.facts.binds.iter().any(|bind| read.contains(&bind.name));
        below.is_kept() && (binds || below.facts.changes.iter().any(|name| read.contains(name)))
    })
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
