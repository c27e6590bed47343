//! Cells as Python: IPython's own transformations, magics by table, each cell parsed by itself.

mod code;
mod desugar;
mod distributions;
mod literal;
mod magics;
mod parse;
mod tables;
mod transform;

pub(crate) use code::span;
pub use code::{Body, CellCode, Magic, MagicKind, SyntaxError};
pub use desugar::{desugar, reworded};
pub(crate) use distributions::module_of;
pub use distributions::{brought_by, distribution, normalised};
pub use literal::string_literal;
pub use magics::{Binds, Effect, MagicFacts, Magics, Scope};
pub(crate) use parse::{classify, parse_snippet, skip_options};
pub use parse::{parse_cell, parse_cells};
pub use tables::{
    Table, exports, is_builtin, is_ipython_magic, is_kernels, is_python2_builtin, is_stdlib, platform_of, provided_by,
};
