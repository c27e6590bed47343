//! A notebook as spans of its file: cells, sources, outputs, counts, ids and metadata, read once and never rebuilt.

mod cell;
mod language;
mod model;
mod read;

pub use cell::{Cell, CellIdx, CellKind, Output, OutputKind, Text};
pub use language::Language;
pub use model::{Notebook, Problem};
pub use read::{ReadError, cell_lists, read, root, scan};
