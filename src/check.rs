//! One notebook, from its text to its report: read, parse, find, mask, select, suppress.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::baseline::{Salt, set_known_by};
use crate::facts::history::History;
use crate::facts::{Beside, Companions, Execution, Facts, flow};
use crate::finding::{Finding, PlaceKind, Related, Severity};
use crate::notebook::{self, CellIdx, Language, Notebook, ReadError};
use crate::project::Project;
use crate::python::{Magics, parse_cells};
use crate::report::{CellMark, NotebookReport, ReportedProblem, RuleInfo};
use crate::rules::{self, Context};
use crate::secrets::{self, Secret, Secrets};
use crate::select::{RuleName, Selection};
use crate::suppress;
use crate::text::{Masker, Span};
use crate::verdict;

/// What to report of a notebook.
#[derive(Clone, Debug)]
pub struct Strictness {
    pub selection: Selection,
    /// Whether warnings count as errors.
    pub warnings_are_errors: bool,
    /// Bytes past which an output is large.
    pub large_output: u64,
    /// The magics that are known.
    pub magics: Magics,
    /// The project that holds the notebook, where it is known.
    pub project: Option<Arc<Project>>,
}

/// Past this, git hosts stop showing notebooks, and hooks stop letting files through.
pub const LARGE_OUTPUT: u64 = 1_000_000;

impl Default for Strictness {
    /// Every rule, and nothing known of what stands around the notebook.
    fn default() -> Self {
        Self {
            selection: Selection::all(&rule_names()),
            warnings_are_errors: false,
            large_output: LARGE_OUTPUT,
            magics: Magics::default(),
            project: None,
        }
    }
}

impl Strictness {
    /// Every rule at every severity, with all that is known beside.
    pub fn everything(self) -> Self {
        Self {
            selection: Selection::all(&rule_names()),
            warnings_are_errors: false,
            ..self
        }
    }
}

/// Judges a notebook. `path` is the name that the report gives it.
///
/// # Errors
/// Where the text is no notebook.
pub fn check(path: &str, text: &str, strictness: &Strictness) -> Result<NotebookReport, ReadError> {
    check_beside(path, text, strictness, &|_| None)
}

/// The same, with the files beside the notebook, which it may run or import.
///
/// # Errors
/// Where the text is no notebook.
pub fn check_beside(
    path: &str,
    text: &str,
    strictness: &Strictness,
    beside: &Beside<'_>,
) -> Result<NotebookReport, ReadError> {
    check_to_compare(path, text, strictness, beside, None)
}

/// The same; with a salt, findings say what they are known by.
///
/// # Errors
/// Where the text is no notebook.
pub fn check_to_compare(
    path: &str,
    text: &str,
    strictness: &Strictness,
    beside: &Beside<'_>,
    salt: Option<&Salt>,
) -> Result<NotebookReport, ReadError> {
    judge(path, text, strictness, beside, salt, |_, _| ()).map(|(report, ())| report)
}

/// The same, and what is known of the notebook is given to `look` with its report.
///
/// # Errors
/// Where the text is no notebook.
pub fn check_and<T>(
    path: &str,
    text: &str,
    strictness: &Strictness,
    beside: &Beside<'_>,
    look: impl FnOnce(&Context<'_>, &NotebookReport) -> T,
) -> Result<(NotebookReport, T), ReadError> {
    judge(path, text, strictness, beside, None, look)
}

fn judge<T>(
    path: &str,
    text: &str,
    strictness: &Strictness,
    beside: &Beside<'_>,
    salt: Option<&Salt>,
    look: impl FnOnce(&Context<'_>, &NotebookReport) -> T,
) -> Result<(NotebookReport, T), ReadError> {
    let notebook = notebook::read(text)?;
    let foreign = matches!(notebook.language, Language::Other(_));
    let cells = if foreign {
        Vec::new()
    } else {
        parse_cells(&notebook, &strictness.magics)
    };
    let companions = Companions::collect(&cells, &strictness.magics, beside);
    let facts = Facts::gather_with(&cells, strictness.magics.clone(), companions);
    let misses = flow::misses(&notebook, &facts);
    let history = History::replay(&facts, Execution::of(&notebook));
    let secrets = secrets::scan_parsed(&notebook, &cells);
    let ctx = Context {
        path,
        notebook: &notebook,
        cells: &cells,
        facts: &facts,
        misses: &misses,
        history: &history,
        secrets: &secrets,
        project: strictness.project.as_deref(),
        large_output: strictness.large_output,
    };
    // the verdict rests on execution and names, whatever is selected
    let mut findings = rules::run(&ctx, |meta| {
        strictness.selection.has(meta.code) || ["MB1", "MB2", "MB701"].iter().any(|room| meta.code.starts_with(room))
    });
    for finding in &mut findings {
        mask(finding, &secrets.masker);
    }
    let (verdict, deciding_cells) = verdict::judge(&notebook, &findings);
    if strictness.warnings_are_errors {
        let warnings = findings
            .iter_mut()
            .filter(|finding| finding.severity == Severity::Warning);
        warnings.for_each(|finding| finding.severity = Severity::Error);
    }
    // an ignore is used by what it hides, whether or not that is severe enough to be shown
    findings.retain(|finding| strictness.selection.has(finding.code));
    let suppressed = suppress::apply(&ctx, &strictness.selection, &mut findings);
    findings.retain(|finding| strictness.selection.takes(finding));
    join_copies(&secrets, &mut findings);
    findings.sort_by(Finding::order);
    set_fingerprints(&notebook, &secrets.masker, &mut findings);
    if let Some(salt) = salt {
        set_known_by(salt, &notebook, &secrets, &mut findings);
    }
    let report = NotebookReport {
        path: path.to_owned(),
        language: notebook.language.name().to_owned(),
        cells: notebook
            .cells
            .iter()
            .map(|cell| CellMark {
                id: cell.id.as_ref().map(|id| secrets.masker.mask(id).into_owned()),
                execution_count: cell.execution_count,
            })
            .collect(),
        code_cells: notebook.code_cells().count(),
        executed: executed(&notebook),
        verdict,
        deciding_cells,
        problems: notebook
            .problems
            .iter()
            .map(|problem| ReportedProblem {
                message: secrets.masker.mask(&problem.message).into_owned(),
                span: problem.span,
            })
            .collect(),
        findings,
        suppressed,
        in_file: BTreeMap::new(),
    };
    let seen = look(&ctx, &report);
    Ok((report, seen))
}

/// What reports say of the rules, by code.
pub fn rule_infos() -> Vec<RuleInfo> {
    let metas = rules::RULES.iter().map(|rule| rule.meta());
    metas
        .map(|meta| RuleInfo {
            code: meta.code,
            name: meta.name,
            summary: meta.summary,
            severity: meta.severity,
            page: meta.page,
        })
        .collect()
}

/// Every rule's code and name.
pub fn rule_names() -> Vec<RuleName> {
    let metas = rules::RULES.iter().map(|rule| rule.meta());
    metas
        .map(|meta| RuleName {
            code: meta.code,
            name: meta.name,
        })
        .collect()
}

fn executed(notebook: &Notebook<'_>) -> usize {
    notebook
        .code_cells()
        .filter(|cell| cell.execution_count.is_some() || !cell.outputs.is_empty())
        .count()
}

/// Makes one finding of all places of a secret: at the first in a source, or else in an output; the others are related.
///
/// It comes after all that hides findings, so that a place that nobody accepted isn't hidden with one that somebody did.
fn join_copies(secrets: &Secrets, findings: &mut Vec<Finding>) {
    let by_span: BTreeMap<Span, &Secret> = secrets.found.iter().map(|secret| (secret.place.span, secret)).collect();
    let of = |finding: &Finding| {
        let is_secret = ["MB301", "MB302", "MB303"].contains(&finding.code);
        is_secret.then(|| by_span.get(&finding.place.span).copied()).flatten()
    };
    findings.sort_by_key(|finding| (finding.place.kind, finding.place.span));
    let mut first: BTreeMap<usize, (usize, &Secret)> = BTreeMap::new();
    let mut joined: Vec<Finding> = Vec::new();
    for finding in findings.drain(..) {
        let Some(secret) = of(&finding) else {
            joined.push(finding);
            continue;
        };
        let &mut (at, whole) = first.entry(secret.same).or_insert((joined.len(), secret));
        match joined.get_mut(at) {
            Some(primary) => {
                let what = if secret.is_start_of(whole) {
                    "the start of it"
                } else {
                    "it"
                };
                let message = match finding.place.kind {
                    PlaceKind::Source => format!("{what} is written into this cell too"),
                    PlaceKind::Output => format!("{what} is shown by this output too"),
                    PlaceKind::Metadata | PlaceKind::File => format!("{what} is stored in the metadata too"),
                };
                primary.confidence = primary.confidence.max(finding.confidence);
                primary.related.push(Related {
                    message,
                    place: finding.place,
                });
            }
            None => joined.push(finding),
        }
    }
    for (at, _) in first.into_values() {
        let Some(finding) = joined.get_mut(at).filter(|finding| !finding.related.is_empty()) else {
            continue;
        };
        finding.message += &match finding.related.len() {
            1 => ", and stands in one more place".to_owned(),
            more => format!(", and stands in {more} more places"),
        };
    }
    *findings = joined;
}

/// Rules quote the notebook, and the notebook may hold secrets anywhere. Only paths and modules are said as they are,
/// however random they look.
fn mask(finding: &mut Finding, masker: &Masker) {
    let literal = ["MB3", "MB4", "MB5"].iter().any(|room| finding.code.starts_with(room));
    let related = finding.related.iter_mut().map(|related| &mut related.message);
    let optional = finding.hint.iter_mut().chain(&mut finding.subject);
    for text in std::iter::once(&mut finding.message).chain(optional).chain(related) {
        let masked = if literal {
            masker.mask(text)
        } else {
            masker.conceal(text)
        };
        if masked != *text {
            *text = masked.into_owned();
        }
    }
}

/// Sets what stays the same from run to run: a hash of rule, cell, subject and line, and a number for twins.
///
/// A cell without id is known by its source. Secrets are masked in all of it: a hash could be guessed at.
fn set_fingerprints(notebook: &Notebook<'_>, masker: &Masker, findings: &mut [Finding]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut known: BTreeMap<CellIdx, String> = BTreeMap::new();
    for finding in findings {
        let cell = finding.place.cell.and_then(|idx| notebook.cell(idx));
        let known_by = cell.map(|cell| {
            let name = known.entry(cell.idx).or_insert_with(|| match &cell.id {
                Some(id) => id.clone(),
                None => {
                    let text: String = masker.mask(&cell.source.text).split_whitespace().collect();
                    hex(&Sha256::digest(text))
                }
            });
            name.clone()
        });
        let line = finding
            .place
            .excerpt
            .as_ref()
            .map(|excerpt| excerpt.text.split_whitespace().collect::<String>());
        let subject = finding.subject.clone();
        let mut hasher = Sha256::new();
        for part in [Some(finding.code.to_owned()), known_by, subject, line] {
            hasher.update(part.unwrap_or_default().as_bytes());
            hasher.update([0]);
        }
        let hash = hex(&hasher.finalize());
        let twin = seen.entry(hash.clone()).or_default();
        finding.fingerprint = if *twin == 0 { hash } else { format!("{hash}-{twin}") };
        *twin += 1;
    }
}

/// The first half of a hash, which is long enough.
fn hex(hash: &[u8]) -> String {
    hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}
