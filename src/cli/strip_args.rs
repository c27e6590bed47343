//! The arguments of `strip`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use regex::Regex;

use crate::strip::{self, Ids, Layer, Preset};

use super::args::{Colour, SearchArgs};

#[derive(Debug, ClapArgs)]
pub struct StripArgs {
    /// Notebooks, and folders to search for notebooks; `-` reads stdin and writes stdout
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Write nothing; exit with 1 where something would change
    #[arg(long)]
    pub check: bool,
    /// Write nothing; print the difference
    #[arg(long)]
    pub diff: bool,
    /// Write nothing; print the stripped notebooks
    #[arg(long, conflicts_with_all = ["check", "diff"])]
    pub stdout: bool,
    /// The file that stdin holds, for settings that depend on the path
    #[arg(long, value_name = "FILE")]
    pub stdin_filename: Option<PathBuf>,
    /// Do as `filter.nbstripout.*` in git's configuration says
    #[arg(long)]
    pub from_nbstripout_config: bool,
    #[command(flatten)]
    pub search: SearchArgs,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
    /// Say nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
    #[command(flatten, next_help_heading = "What is stripped")]
    pub wishes: Wishes,
}

// What is stripped and what stays, as typed.
#[derive(Debug, Default, ClapArgs)]
pub struct Wishes {
    /// Outputs stay
    #[arg(long)]
    pub keep_output: bool,
    /// Execution counts stay
    #[arg(long)]
    pub keep_count: bool,
    /// Outputs up to this size stay, and larger ones go: 800, 10k, 5M
    #[arg(long, value_name = "SIZE", value_parser = strip::size)]
    pub max_size: Option<u64>,
    /// Outputs of these types stay: `error`, `stream:stderr`
    #[arg(long, value_name = "TYPES", value_delimiter = ',')]
    pub keep_output_type: Vec<String>,
    /// Outputs of these types go, whatever keeps them
    #[arg(long, value_name = "TYPES", value_delimiter = ',')]
    pub drop_output_type: Vec<String>,
    /// What these MIME types show stays: `text/plain`, `image/*`
    #[arg(long, value_name = "TYPES", value_delimiter = ',')]
    pub keep_mime: Vec<String>,
    /// What these MIME types show goes, whatever keeps it
    #[arg(long, value_name = "TYPES", value_delimiter = ',')]
    pub drop_mime: Vec<String>,
    /// Outputs whose text matches go, whatever keeps them; may be given again
    #[arg(long, value_name = "REGEX", value_parser = strip::pattern)]
    pub drop_matching: Vec<Regex>,
    /// `init_cell: true` keeps no outputs
    #[arg(long)]
    pub strip_init_cells: bool,
    /// Cells of nothing but white space go
    #[arg(long)]
    pub drop_empty_cells: bool,
    /// Cells with one of these tags go
    #[arg(long, value_name = "TAGS", value_delimiter = ',')]
    pub drop_tagged_cells: Vec<String>,
    /// What becomes of the cells' ids: they go (as in nbformat 4.4), or count from 0 [default: keep]
    #[arg(long, value_enum, value_name = "WHAT")]
    pub cell_ids: Option<CellIds>,
    /// These keys go too: `metadata.toc`, `cell.metadata.*`, `cell.attachments`
    #[arg(long, value_name = "KEYS", value_parser = keys)]
    pub extra_keys: Vec<Keys>,
    /// These keys stay: `cell.metadata.collapsed`
    #[arg(long, value_name = "KEYS", value_parser = keys)]
    pub keep_metadata: Vec<Keys>,
    /// The kernel's name and the version of its language go
    #[arg(long)]
    pub strip_kernel: bool,
    /// Everything that this editor writes of its own goes
    #[arg(long, value_enum, value_name = "EDITORS", value_delimiter = ',')]
    pub preset: Vec<Editor>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CellIds {
    Keep,
    // They go, and the notebook becomes one of nbformat 4.4
    Drop,
    // They become 0, 1, 2
    Number,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Editor {
    Colab,
    Vscode,
}

/// Keys of one argument, parted by commas or white space.
#[derive(Clone, Debug)]
pub struct Keys(pub Vec<String>);

fn keys(text: &str) -> Result<Keys, String> {
    let words = text.split([',', ' ', '\t', '\n']).filter(|word| !word.is_empty());
    words.map(strip::key).collect::<Result<_, _>>().map(Keys)
}

impl Wishes {
    /// As a layer over what settings say.
    pub fn layer(&self) -> Layer {
        let set = |flag: bool| flag.then_some(true);
        let all = |keys: &[Keys]| keys.iter().flat_map(|keys| &keys.0).cloned().collect();
        Layer {
            keep_output: set(self.keep_output),
            keep_count: set(self.keep_count),
            strip_init_cells: set(self.strip_init_cells),
            max_size: self.max_size,
            keep_output_type: self.keep_output_type.clone(),
            drop_output_type: self.drop_output_type.clone(),
            keep_mime: self.keep_mime.clone(),
            drop_mime: self.drop_mime.clone(),
            drop_matching: self.drop_matching.clone(),
            drop_empty_cells: set(self.drop_empty_cells),
            drop_tagged_cells: self.drop_tagged_cells.clone(),
            cell_ids: self.cell_ids.map(|ids| match ids {
                CellIds::Keep => Ids::Keep,
                CellIds::Drop => Ids::Drop,
                CellIds::Number => Ids::Number,
            }),
            extra_keys: all(&self.extra_keys),
            keep_metadata: all(&self.keep_metadata),
            strip_kernel: set(self.strip_kernel),
            preset: self
                .preset
                .iter()
                .map(|editor| match editor {
                    Editor::Colab => Preset::Colab,
                    Editor::Vscode => Preset::VsCode,
                })
                .collect(),
        }
    }
}
