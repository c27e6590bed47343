//! Where a notebook runs, as far as it tells, and the names that it finds there.

use crate::notebook::Notebook;
use crate::python::{is_kernels, provided_by};

use super::Facts;

/// Keys of the notebook's metadata that hosts of Spark write: Databricks, Microsoft Fabric and Azure Synapse.
const SPARK_KEYS: [&str; 4] = [DATABRICKS_KEY, "spark_compute", "synapse_widget", "trident"];
const DATABRICKS_KEY: &str = "application/vnd.databricks.v1+notebook";

/// Names that stand in notebooks of one host and nowhere else.
const DATABRICKS_NAMES: [&str; 4] = ["_sqldf", "dbutils", "displayHTML", "getArgument"];
const SYNAPSE_NAMES: [&str; 2] = ["mssparkutils", "notebookutils"];

/// The hosts that a notebook shows signs of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hosts {
    databricks: bool,
    spark: bool,
}

/// Whether a name is there before the first cell runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    /// By the kernel, wherever it runs.
    Always,
    Surely,
    /// By a shell of which the notebook shows no sign; its name.
    Perhaps(&'static str),
    No,
}

impl Hosts {
    pub(super) fn of(notebook: &Notebook<'_>, facts: &Facts) -> Self {
        let has_key = |key: &str| {
            notebook
                .metadata
                .is_some_and(|node| notebook.lookup(node, &[key]).is_some())
        };
        let reads = |names: &[&str]| names.iter().any(|name| facts.names.find(name).is_some());
        let kernel = [
            ["kernelspec", "name"],
            ["kernelspec", "display_name"],
            ["language_info", "name"],
        ]
        .iter()
        .filter_map(|path| notebook.metadata_string(path))
        .any(|said| {
            let said = said.to_ascii_lowercase();
            said.contains("spark") || said.contains("toree")
        });
        let databricks = has_key(DATABRICKS_KEY) || reads(&DATABRICKS_NAMES);
        Self {
            databricks,
            spark: databricks
                || kernel
                || SPARK_KEYS.iter().any(|key| has_key(key))
                || reads(&SYNAPSE_NAMES)
                || facts.imports.takes_from("pyspark"),
        }
    }

    /// Whether one of the hosts, or the kernel, binds `name`.
    pub(super) fn give(self, name: &str) -> Given {
        let Some(row) = provided_by(name) else {
            return Given::No;
        };
        match row {
            _ if is_kernels(name) => Given::Always,
            "databricks" if self.databricks => Given::Surely,
            "databricks" => Given::No,
            "spark" if self.spark => Given::Surely,
            "spark" => Given::Perhaps("pyspark"),
            _ => Given::Surely,
        }
    }
}
