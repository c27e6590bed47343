//! What is stripped and what stays.

use regex::Regex;

/// What becomes of the cells' ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ids {
    #[default]
    Keep,
    /// The ids go, and the notebook becomes one of nbformat 4.4, which has none.
    Drop,
    /// Each id becomes the cell's place, from 0.
    Number,
}

/// What is stripped and what stays. The default takes out every result and what editors and kernels leave behind.
#[derive(Clone, Debug)]
pub struct Options {
    /// Outputs stay, but for those that are asked for below, and those of cells that say `keep_output: false`.
    pub keep_output: bool,
    /// Execution counts stay.
    pub keep_count: bool,
    /// `init_cell: true` keeps no outputs.
    pub strip_init_cells: bool,
    /// Outputs up to this size stay; under `keep_output` larger ones go.
    pub max_size: Option<u64>,
    /// Outputs that stay: `error`, or `stream:stderr`.
    pub keep_types: Vec<String>,
    /// Outputs that go, whatever keeps them.
    pub drop_types: Vec<String>,
    /// MIME types that stay of outputs that go: `text/plain`, or `text/*`.
    pub keep_mime: Vec<String>,
    /// MIME types that go of outputs that stay.
    pub drop_mime: Vec<String>,
    /// Outputs whose text matches go, whatever keeps them.
    pub drop_matching: Vec<Regex>,
    /// Cells of nothing but white space go.
    pub drop_empty_cells: bool,
    /// Cells that carry one of these tags go.
    pub drop_tagged_cells: Vec<String>,
    pub ids: Ids,
    /// Keys that go: `metadata.widgets`, `cell.metadata.scrolled`; `*` names all keys of a level.
    pub keys: Vec<String>,
    /// Keys that stay, whatever names them.
    pub keep_keys: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            keep_output: false,
            keep_count: false,
            strip_init_cells: false,
            max_size: None,
            keep_types: Vec::new(),
            drop_types: Vec::new(),
            keep_mime: Vec::new(),
            drop_mime: Vec::new(),
            drop_matching: Vec::new(),
            drop_empty_cells: false,
            drop_tagged_cells: Vec::new(),
            ids: Ids::Keep,
            keys: NOISE.map(str::to_owned).to_vec(),
            keep_keys: Vec::new(),
        }
    }
}

/// Metadata that a run or a look at the notebook changes, and that no author writes.
pub const NOISE: [&str; 32] = [
    // Jupyter: what it trusts, how its pages were scrolled and folded, when cells ran, the widgets' last state
    "metadata.signature",
    "metadata.widgets",
    "cell.collapsed",
    "cell.metadata.collapsed",
    "cell.metadata.scrolled",
    "cell.metadata.execution",
    "cell.metadata.jupyter.outputs_hidden",
    // extensions of the classic notebook
    "metadata.notify_time",
    "metadata.varInspector",
    "cell.metadata.ExecuteTime",
    "cell.metadata.heading_collapsed",
    "cell.metadata.hidden",
    // VS Code
    "metadata.vscode",
    "cell.metadata.vscode",
    // Colab: who ran it and when, on which machine, where its frames come from
    "metadata.colab.authorship_tag",
    "metadata.colab.collapsed_sections",
    "metadata.colab.default_view",
    "metadata.colab.last_runtime",
    "metadata.colab.provenance",
    "metadata.colab.version",
    "metadata.colab.views",
    "cell.metadata.colab.base_uri",
    "cell.metadata.colab.height",
    "cell.metadata.colab.output_extras",
    "cell.metadata.colab.referenced_widgets",
    "cell.metadata.colab.resources",
    "cell.metadata.executionInfo",
    "cell.metadata.outputId",
    // papermill
    "metadata.papermill",
    "cell.metadata.papermill",
    // Deepnote
    "cell.metadata.execution_millis",
    "cell.metadata.execution_start",
];

/// The kernel's name and the version of its language: they change from one machine to the next.
pub const KERNEL: [&str; 2] = ["metadata.kernelspec", "metadata.language_info.version"];

/// Everything that Colab writes of its own.
pub const COLAB: [&str; 7] = [
    "metadata.accelerator",
    "metadata.colab",
    "cell.metadata.colab",
    "cell.metadata.colab_type",
    "cell.metadata.executionInfo",
    "cell.metadata.id",
    "cell.metadata.outputId",
];

/// Everything that VS Code writes of its own, and the environment that it ran in.
pub const VSCODE: [&str; 5] = [
    "metadata.interpreter",
    "metadata.orig_nbformat",
    "metadata.vscode",
    "metadata.language_info.version",
    "cell.metadata.vscode",
];
