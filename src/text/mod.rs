//! Byte spans, line indexes, offset maps and edits: text without any idea of what it holds.

mod chars;
mod edit;
mod line_index;
mod mask;
mod offset_map;
mod random;
mod size;
mod span;

pub use chars::{columns, is_hidden};
pub use edit::{Edit, EditSet, Overlap};
pub use line_index::{LineColumn, LineIndex, positions};
pub use mask::{Masker, shown};
pub use offset_map::{OffsetMap, Segment};
pub use size::size;
pub use span::Span;
