//! The tests that the notebook gives its package.

use std::collections::BTreeSet;

use crate::facts::{NameId, io_calls};

use super::build::Builder;
use super::dataflow::DataFlow;
use super::model::{Argument, MissingFile, Param, PathUse, Plan, Tests};
use super::modules::HoistedImports;
use super::pieces::Fate;
use super::recorded::Candidate;
use super::recorded_lines::printed;

impl Builder<'_> {
    pub(super) fn tests(
        &self,
        plan: &Plan,
        candidates: Vec<Candidate>,
        flow: &DataFlow,
        hoisted: &HoistedImports<'_>,
    ) -> Tests {
        let comes_out =
            |name: &NameId| flow.results.contains(name) && plan.results.iter().any(|r| r == self.facts.text(*name));
        let mut recorded = Vec::new();
        for candidate in candidates.into_iter().filter(|c| c.names.iter().all(comes_out)) {
            recorded.push(candidate.recorded);
        }
        let mut seen = BTreeSet::new();
        recorded.retain(|r| seen.insert(r.test.clone()));
        Tests {
            recorded,
            own: self.own_tests(hoisted, &plan.functions, &plan.package),
            printed: printed(self.notebook, self.facts, self.pieces),
            missing_files: self.missing_files(plan),
            needs_notebook_folder: self.reads_beside_itself(plan),
        }
    }

    /// Steps whose first act is to read a configured file.
    pub(super) fn missing_files(&self, plan: &Plan) -> Vec<MissingFile> {
        let mut out = Vec::new();
        for step in &plan.steps {
            let only_config = step
                .params
                .iter()
                .all(|p| matches!(p.argument, Argument::Config(_)) && p.annotation != "SecretStr");
            let first = self
                .pieces
                .iter()
                .find(|p| p.is_kept() && p.cell >= step.cells.0 && p.cell <= step.cells.1);
            let has_to_be_given = |p: &Param| {
                let mut fields = plan.config.iter();
                fields.any(|f| f.default.is_empty() && p.argument == Argument::Config(f.field.clone()))
            };
            let given = !step.params.iter().any(has_to_be_given);
            let Some(piece) = first.filter(|_| only_config && given && step.globals.is_empty()) else {
                continue;
            };
            if !matches!(piece.stmt, ruff_python_ast::Stmt::Assign(_)) {
                continue;
            }
            let calls = io_calls(piece.stmt, &self.facts.imports);
            let [call] = calls.as_slice() else { continue };
            let field = plan.config.iter().find(|f| {
                let by_literal = call
                    .literal
                    .as_deref()
                    .is_some_and(|l| f.name.is_none() && f.default == crate::python::string_literal(l));
                by_literal || (call.name.is_some() && f.name == call.name)
            });
            let (Some(field), Some(missing)) = (field.filter(|f| f.path_use == Some(PathUse::Read)), call.missing)
            else {
                continue;
            };
            let takes = |p: &&Param| p.argument == Argument::Config(field.field.clone());
            let Some(param) = step.params.iter().find(takes) else {
                continue;
            };
            let value = |p: &Param| {
                let Argument::Config(name) = &p.argument else {
                    return None;
                };
                let other = plan.config.iter().find(|f| &f.field == name)?;
                let default = if p.annotation == "Path" {
                    format!("Path({})", other.default)
                } else {
                    other.default.clone()
                };
                Some((p.name.clone(), default))
            };
            let extension = field
                .default
                .trim_matches('"')
                .rsplit_once('.')
                .map(|(_, e)| e)
                .filter(|e| e.len() < 8 && e.bytes().all(|b| b.is_ascii_alphanumeric()));
            out.push(MissingFile {
                function: step.function.clone(),
                param: param.name.clone(),
                others: step
                    .params
                    .iter()
                    .filter(|p| p.name != param.name)
                    .filter_map(value)
                    .collect(),
                exception: missing.to_owned(),
                suffix: extension.map(|e| format!(".{e}")).unwrap_or_default(),
            });
        }
        out
    }

    /// Whether the code finds files by paths that are not configured, or looks around in its folder.
    pub(super) fn reads_beside_itself(&self, plan: &Plan) -> bool {
        let looks = [
            "glob",
            "listdir",
            "chdir",
            "exists(",
            "subprocess",
            "Path(",
            "getcwd",
            "scandir",
            "walk(",
            "runpy",
            "sys.path",
        ];
        self.pieces
            .iter()
            .filter(|p| p.is_taken() && p.fate != Fate::Import)
            .any(|piece| {
                let unconfigured = io_calls(piece.stmt, &self.facts.imports).iter().any(|call| {
                    let by_literal = call.literal.as_deref().is_some_and(|l| {
                        plan.config
                            .iter()
                            .any(|f| f.default == crate::python::string_literal(l))
                    });
                    let by_name = call
                        .name
                        .as_deref()
                        .is_some_and(|n| plan.config.iter().any(|f| f.name.as_deref() == Some(n)));
                    !(by_literal || by_name)
                });
                let escape =
                    matches!(piece.stmt, ruff_python_ast::Stmt::IpyEscapeCommand(_)) || piece.text().contains("= !");
                unconfigured || escape || looks.iter().any(|mark| piece.text().contains(mark))
            })
    }
}
