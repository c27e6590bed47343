//! What a notebook reaches beyond itself, by `data/touches.tsv` and by how paths and commands begin.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};

use crate::facts::{Imports, dotted};
use crate::python::{Magic, MagicKind, Table};

use super::Risk;

static TOUCHES: Table = Table::new(include_str!("../../data/touches.tsv"));

/// A kind of thing that a notebook reaches, or shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touch {
    Files,
    Database,
    Network,
    Cloud,
    Shell,
    /// Code that a file brings along: pickles and the like.
    Code,
    /// Data of people, shown in outputs.
    People,
    Secrets,
}

impl Touch {
    pub fn name(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Database => "database",
            Self::Network => "network",
            Self::Cloud => "cloud",
            Self::Shell => "shell",
            Self::Code => "unsafe-files",
            Self::People => "personal-data",
            Self::Secrets => "secrets",
        }
    }

    pub(super) fn risk(self) -> Risk {
        match self {
            Self::Files => Risk::Low,
            Self::Database | Self::Network | Self::Cloud | Self::Shell | Self::Code => Risk::Medium,
            Self::People | Self::Secrets => Risk::High,
        }
    }

    fn named(name: &str) -> Option<Self> {
        match name {
            "cloud" => Some(Self::Cloud),
            "database" => Some(Self::Database),
            "network" => Some(Self::Network),
            "shell" => Some(Self::Shell),
            _ => None,
        }
    }
}

/// What a path reaches, by its scheme.
pub(super) fn of_path(path: &str) -> Touch {
    match path
        .split_once("://")
        .map(|(scheme, _)| scheme.to_ascii_lowercase())
        .as_deref()
    {
        None | Some("file") => Touch::Files,
        Some("http" | "https" | "ftp" | "sftp" | "hf") => Touch::Network,
        Some(_) => Touch::Cloud,
    }
}

/// What a magic or shell line reaches. Installing packages is no business of the notebook's results.
pub(super) fn of_magic(magic: &Magic) -> Option<Touch> {
    if magic.kind != MagicKind::Shell {
        return match magic.name.as_str() {
            "sql" | "bigquery" | "bq" | "read_sql" => Some(Touch::Database),
            "bash" | "sh" | "system" | "sx" => Some(Touch::Shell),
            _ => None,
        };
    }
    let mut words = magic.arguments.split_whitespace();
    let program = words.next()?.rsplit('/').next()?;
    match program {
        "pip" | "pip3" | "conda" | "mamba" | "uv" | "apt" | "apt-get" | "echo" | "ls" | "pwd" | "which" => None,
        "curl" | "wget" | "git" | "ssh" | "scp" | "rsync" => Some(Touch::Network),
        "aws" | "az" | "gcloud" | "gsutil" | "bq" | "databricks" | "kaggle" | "azcopy" => Some(Touch::Cloud),
        "psql" | "mysql" | "sqlite3" | "mongo" | "mongosh" => Some(Touch::Database),
        _ => Some(Touch::Shell),
    }
}

/// Adds what the calls of a statement reach.
pub(super) fn of_statement(statement: &Stmt, imports: &Imports, touches: &mut BTreeSet<Touch>) {
    let mut calls = Calls { imports, touches };
    calls.visit_stmt(statement);
}

struct Calls<'c> {
    imports: &'c Imports,
    touches: &'c mut BTreeSet<Touch>,
}

impl<'a> Visitor<'a> for Calls<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.touches
                .extend(dotted(&call.func, self.imports).as_deref().and_then(known));
        }
        walk_expr(self, expr);
    }
}

/// By the longest prefix of the path that the table has.
fn known(mut path: &str) -> Option<Touch> {
    loop {
        if let Some(class) = TOUCHES.get(path) {
            return Touch::named(class);
        }
        path = path.rsplit_once('.')?.0;
    }
}

/// Adds the modules that a statement imports, wherever in it.
pub(super) fn imported(statement: &Stmt, modules: &mut BTreeSet<String>) {
    Modules { modules }.visit_stmt(statement);
}

struct Modules<'m> {
    modules: &'m mut BTreeSet<String>,
}

impl<'a> Visitor<'a> for Modules<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                self.modules
                    .extend(import.names.iter().map(|alias| alias.name.to_string()));
            }
            Stmt::ImportFrom(import) if import.level == 0 => {
                self.modules.extend(import.module.as_ref().map(ToString::to_string));
            }
            _ => walk_stmt(self, statement),
        }
    }
}
