//! A row per notebook: what it is, what it reaches, how much it can be trusted, and whose it is.

mod csv;
mod html;
mod json;
mod owners;
mod table;
mod touches;

pub use csv::csv;
pub use html::html;
pub use json::json;
pub use owners::Repository;
pub use table::table;

use std::collections::BTreeSet;

use crate::facts::{Direction, Imports, imported, io_calls};
use crate::finding::Severity;
use crate::python::{CellCode, distribution, is_stdlib};
use crate::report::NotebookReport;
use crate::rules::Context;
use crate::verdict::Verdict;

pub use touches::Touch;

/// How much harm a notebook could do, or could have done to it. Ordered from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// It reaches nothing that its own code does not make.
    None,
    /// Files.
    Low,
    /// Databases, networks, clouds, commands, code that files bring along.
    Medium,
    /// Secrets, or data of people, for everybody to see who sees the notebook.
    High,
}

impl Risk {
    pub const ALL: [Self; 4] = [Self::High, Self::Medium, Self::Low, Self::None];

    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What is known of a notebook.
#[derive(Clone, Debug)]
pub struct Row {
    pub path: String,
    pub verdict: Verdict,
    pub risk: Risk,
    pub touches: BTreeSet<Touch>,
    pub language: String,
    pub language_version: Option<String>,
    /// The kernel's name as people see it.
    pub kernel: Option<String>,
    pub cells: usize,
    pub code_cells: usize,
    pub executed: usize,
    pub errors: usize,
    pub warnings: usize,
    /// Distributions that its imports come from.
    pub dependencies: Vec<String>,
    /// Paths that it reads and writes, as they are written, where they are plain strings.
    pub reads: Vec<String>,
    pub writes: Vec<String>,
    pub owner: Option<String>,
    /// Bytes of the file.
    pub size: usize,
    /// The day of the last commit that changed it, where git knows one.
    pub changed: Option<String>,
}

/// What the notebook itself tells: all of a row but what its report and its repository say.
#[derive(Debug, Default)]
pub struct Seen {
    touches: BTreeSet<Touch>,
    dependencies: Vec<String>,
    reads: Vec<String>,
    writes: Vec<String>,
    language_version: Option<String>,
    kernel: Option<String>,
    author: Option<String>,
    size: usize,
}

/// Looks through a notebook.
pub fn look(ctx: &Context<'_>) -> Seen {
    let masked = |text: &str| ctx.secrets.masker.mask(text).into_owned();
    let imports = Imports::collect(ctx.cells);
    let mut seen = Seen {
        size: ctx.notebook.text.len(),
        language_version: ctx.notebook.language_version.as_deref().map(masked),
        kernel: ctx
            .notebook
            .metadata_string(&["kernelspec", "display_name"])
            .as_deref()
            .map(masked),
        author: author(ctx).as_deref().map(masked),
        ..Seen::default()
    };
    let (mut reads, mut writes, mut modules) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for statement in ctx
        .cells
        .iter()
        .filter_map(CellCode::parsed)
        .flat_map(|parsed| &parsed.syntax().body)
    {
        modules.extend(imported(statement).into_iter().map(|import| import.module));
        touches::of_statement(statement, &imports, &mut seen.touches);
        for call in io_calls(statement, &imports) {
            seen.touches
                .insert(call.literal.as_deref().map_or(Touch::Files, touches::of_path));
            let path = call.literal.as_deref().map(masked);
            if call.direction != Direction::Write {
                reads.extend(path.clone());
            }
            if call.direction != Direction::Read {
                writes.extend(path);
            }
        }
    }
    for magic in ctx.cells.iter().flat_map(|cell| &cell.magics) {
        seen.touches.extend(touches::of_magic(magic));
        let target = magic.arguments.split_whitespace().rfind(|word| !word.starts_with('-'));
        match (magic.name.as_str(), target) {
            ("writefile" | "file", Some(path)) => writes.extend([masked(path)]),
            ("load_ext", Some(module)) if !OWN_EXTENSIONS.contains(&module) => modules.extend([module.to_owned()]),
            _ => {}
        }
    }
    let distributions: BTreeSet<String> = modules
        .iter()
        .filter(|module| !is_stdlib(module))
        .map(|module| distribution(module).0)
        .collect();
    seen.dependencies = distributions.into_iter().collect();
    seen.reads = reads.into_iter().collect();
    seen.writes = writes.into_iter().collect();
    seen
}

/// Extensions that come with IPython.
const OWN_EXTENSIONS: [&str; 3] = ["autoreload", "cythonmagic", "storemagic"];

/// The first author that the notebook's metadata names.
fn author(ctx: &Context<'_>) -> Option<String> {
    let notebook = ctx.notebook;
    let authors = notebook.lookup(notebook.metadata?, &["authors"])?;
    let first = notebook.json.items(authors).next()?;
    let name = notebook.lookup(first, &["name"])?;
    Some(notebook.text_of(name).text).filter(|name| !name.trim().is_empty())
}

/// Puts together what a notebook tells, what was found in it, and what its repository knows.
pub fn row(seen: Seen, report: &NotebookReport, repositories: &[Repository]) -> Row {
    let mut touches = seen.touches;
    let found = |codes: &[&str]| report.findings.iter().any(|finding| codes.contains(&finding.code));
    if found(&["MB301", "MB302", "MB303"]) {
        touches.insert(Touch::Secrets);
    }
    if found(&["MB304"]) {
        touches.insert(Touch::People);
    }
    if found(&["MB603"]) {
        touches.insert(Touch::Code);
    }
    let count = |severity| {
        report
            .findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let ask =
        |of: fn(&Repository, &str) -> Option<String>| repositories.iter().find_map(|known| of(known, &report.path));
    Row {
        path: report.path.clone(),
        verdict: report.verdict,
        risk: touches.iter().copied().map(Touch::risk).max().unwrap_or(Risk::None),
        touches,
        language: report.language.clone(),
        language_version: seen.language_version,
        kernel: seen.kernel,
        cells: report.cells.len(),
        code_cells: report.code_cells,
        executed: report.executed,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        dependencies: seen.dependencies,
        reads: seen.reads,
        writes: seen.writes,
        owner: ask(Repository::owner)
            .or(seen.author)
            .or_else(|| ask(Repository::author)),
        size: seen.size,
        changed: ask(Repository::changed),
    }
}

/// What rows are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Path,
    Risk,
    Verdict,
    Size,
    Changed,
    Owner,
    Findings,
}

impl Order {
    pub const ALL: [Self; 7] = [
        Self::Path,
        Self::Risk,
        Self::Verdict,
        Self::Size,
        Self::Changed,
        Self::Owner,
        Self::Findings,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Risk => "risk",
            Self::Verdict => "verdict",
            Self::Size => "size",
            Self::Changed => "changed",
            Self::Owner => "owner",
            Self::Findings => "findings",
        }
    }
}

/// Sorts rows: the riskiest, largest and newest first, else by name; paths decide between equals.
pub fn sort(rows: &mut [Row], order: Order) {
    rows.sort_by(|a, b| {
        let first = match order {
            Order::Path => std::cmp::Ordering::Equal,
            Order::Risk => b.risk.cmp(&a.risk),
            Order::Verdict => a.verdict.name().cmp(b.verdict.name()),
            Order::Size => b.size.cmp(&a.size),
            Order::Changed => b.changed.cmp(&a.changed),
            Order::Owner => a.owner.cmp(&b.owner),
            Order::Findings => (b.errors, b.warnings).cmp(&(a.errors, a.warnings)),
        };
        first.then_with(|| a.path.cmp(&b.path))
    });
}
