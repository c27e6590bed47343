//! Keys that nobody writes: what runs, kernels and editors leave in the metadata.

/// An editor of which every trace goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    Colab,
    VsCode,
}

impl Preset {
    pub const ALL: [Self; 2] = [Self::Colab, Self::VsCode];

    pub fn name(self) -> &'static str {
        match self {
            Self::Colab => "colab",
            Self::VsCode => "vscode",
        }
    }

    /// The preset of this name.
    ///
    /// # Errors
    /// Says which there are.
    pub fn of(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|preset| preset.name() == name);
        found.ok_or_else(|| {
            format!(
                "there is no preset `{name}`: write one of {}",
                Self::ALL.map(Self::name).join(", ")
            )
        })
    }

    pub(super) fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Colab => &COLAB,
            Self::VsCode => &VSCODE,
        }
    }
}

/// Metadata that a run or a look at the notebook changes, and that no author writes.
pub(super) const NOISE: [&str; 35] = [
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
    // what other editors note of a run
    "cell.metadata.gather.logged",
    "cell.metadata.pycharm.is_executing",
    "cell.metadata.trusted",
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
pub(super) const KERNEL: [&str; 2] = ["metadata.kernelspec", "metadata.language_info.version"];

/// Everything that Colab writes of its own.
const COLAB: [&str; 7] = [
    "metadata.accelerator",
    "metadata.colab",
    "cell.metadata.colab",
    "cell.metadata.colab_type",
    "cell.metadata.executionInfo",
    "cell.metadata.id",
    "cell.metadata.outputId",
];

/// Everything that VS Code writes of its own.
const VSCODE: [&str; 4] = [
    "metadata.interpreter",
    "metadata.orig_nbformat",
    "metadata.vscode",
    "cell.metadata.vscode",
];
