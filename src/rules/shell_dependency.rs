//! MB503: what a shell command gives or makes is needed by the notebook.

use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{IpyEscapeKind, Stmt};
use ruff_text_size::Ranged;

use crate::finding::{Finding, Severity};
use crate::python::{Magic, MagicKind, span};

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB503",
    name: "shell-dependency",
    summary: "the result depends on a shell command",
    severity: Severity::Note,
    reads: Reads::Python,
    page: include_str!("shell_dependency.md"),
};

/// Programs that make files, or bring them.
const MAKERS: [&str; 22] = [
    "7z", "aws", "az", "azcopy", "cp", "curl", "gdown", "git", "gsutil", "gunzip", "hdfs", "kaggle", "make", "mv",
    "rclone", "rm", "rsync", "scp", "sed", "tar", "unzip", "wget",
];

pub(super) struct ShellDependency;

impl Rule for ShellDependency {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for code in ctx.cells {
            let mut assigned = Assigned(Vec::new());
            if let Some(parsed) = code.parsed() {
                assigned.visit_body(&parsed.syntax().body);
            }
            for at in assigned.0 {
                let place = ctx.in_code(code, at);
                let mut finding = META.finding(place, "what a shell command prints becomes a value here");
                finding.severity = Severity::Warning;
                finding.hint =
                    Some("use Python for it: `sorted(Path(\"data\").glob(\"*.csv\"))`, `subprocess.run(…)`".to_owned());
                out.push(finding);
            }
            let Some(cell) = ctx.notebook.cell(code.idx) else {
                continue;
            };
            for (magic, program) in code.magics.iter().filter_map(|magic| Some((magic, maker(magic)?))) {
                let place = ctx.in_source(cell, magic.source);
                let message =
                    format!("`{program}` makes or changes files here: the notebook needs a shell that has it");
                let mut finding = META.finding(place, message);
                finding.subject = Some(program.to_owned());
                finding.hint = Some("say in the README what has to be there, or do it in Python".to_owned());
                out.push(finding);
            }
        }
    }
}

/// The program of a shell line that makes files.
fn maker(magic: &Magic) -> Option<&'static str> {
    if magic.kind != MagicKind::Shell {
        return None;
    }
    let mut words = magic.arguments.split_whitespace().skip_while(|word| *word == "sudo");
    let program = words.next()?.rsplit('/').next()?;
    let maker = MAKERS.iter().copied().find(|maker| *maker == program)?;
    // these have many commands, and most of them only ask
    let makes: &[&str] = match maker {
        "git" => &["clone", "pull", "checkout", "lfs", "submodule"],
        "aws" | "az" | "gsutil" | "hdfs" => &["cp", "sync", "mv", "rm", "download", "-get", "-copyToLocal"],
        _ => return Some(maker),
    };
    words.any(|word| makes.contains(&word)).then_some(maker)
}

/// `files = !ls`
struct Assigned(Vec<crate::text::Span>);

impl<'a> Visitor<'a> for Assigned {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Assign(assign) = statement
            && let Some(escape) = assign.value.as_ipy_escape_command_expr()
            && matches!(escape.kind, IpyEscapeKind::Shell | IpyEscapeKind::ShCap)
        {
            self.0.push(span(statement.range()));
        }
        walk_stmt(self, statement);
    }
}
