//! What a notebook reaches beyond itself, by `data/touches.tsv` and by how paths and commands begin.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprCall, Stmt};

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
        Some("http" | "https" | "ftp" | "sftp" | "hf" | "git" | "ssh" | "ws" | "wss") => Touch::Network,
        Some(scheme) if is_database(scheme) => Touch::Database,
        Some(_) => Touch::Cloud,
    }
}

/// `postgresql+psycopg2`, `jdbc:mysql`
fn is_database(scheme: &str) -> bool {
    let databases = [
        "bolt",
        "clickhouse",
        "db2",
        "duckdb",
        "jdbc",
        "mongodb",
        "mssql",
        "mysql",
        "neo4j",
        "oracle",
        "postgres",
        "postgresql",
        "redis",
        "redshift",
        "snowflake",
        "sqlite",
    ];
    scheme.split(['+', ':']).any(|part| databases.contains(&part))
}

/// What a magic or shell line reaches. Installing packages is no business of the notebook's results.
pub(super) fn of_magic(magic: &Magic) -> Option<Touch> {
    if magic.kind != MagicKind::Shell {
        return match magic.name.as_str() {
            "sql" | "bigquery" | "bq" | "read_sql" => Some(Touch::Database),
            "bash" | "sh" | "system" | "sx" => Some(Touch::Shell),
            "writefile" | "file" => Some(Touch::Files),
            _ => None,
        };
    }
    let mut words = magic.arguments.split_whitespace();
    let program = words.next()?.rsplit('/').next()?;
    match program {
        "pip" | "pip3" | "conda" | "mamba" | "uv" | "apt" | "apt-get" | "echo" | "ls" | "pwd" | "which" => None,
        "cat" | "chmod" | "cp" | "du" | "head" | "mkdir" | "mv" | "rm" | "tail" | "tar" | "touch" | "unzip" | "wc" => {
            Some(Touch::Files)
        }
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
            let path = dotted(&call.func, self.imports);
            let path = path.as_deref();
            self.touches
                .extend(path.and_then(known).or_else(|| fetches(call, path)));
        }
        walk_expr(self, expr);
    }
}

/// Methods and functions that only look at an address, or show it.
const NO_ONE_CALLED: [&str; 14] = [
    "HTML",
    "Markdown",
    "endswith",
    "find",
    "format",
    "index",
    "join",
    "lstrip",
    "print",
    "replace",
    "rsplit",
    "split",
    "startswith",
    "strip",
];

/// What any call reaches that is handed an address, or told to download.
fn fetches(call: &ExprCall, path: Option<&str>) -> Option<Touch> {
    let name = match call.func.as_ref() {
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => path.and_then(|path| path.rsplit('.').next()),
    };
    if name.is_some_and(|name| NO_ONE_CALLED.contains(&name)) {
        return None;
    }
    let values = call.arguments.args.iter();
    let values = values.chain(call.arguments.keywords.iter().map(|keyword| &keyword.value));
    let mut texts = values.filter_map(|value| Some(value.as_string_literal_expr()?.value.to_str()));
    let download = call.arguments.find_keyword("download");
    let is_told = download.is_some_and(|told| matches!(&told.value, Expr::BooleanLiteral(yes) if yes.value));
    let address = texts.find(|text| text.contains("://") && !text.contains(char::is_whitespace));
    address
        .map(of_path)
        .filter(|touch| *touch != Touch::Files)
        .or(is_told.then_some(Touch::Network))
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
