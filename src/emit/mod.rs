//! From a plan to the files of the package: layout only, no decisions.

mod tree;

pub use tree::Tree;
