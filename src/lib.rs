//! Mortarboard takes Jupyter notebooks from sketch to building: it judges them, cleans them, and graduates
//! them into Python packages that compute the same values.

pub mod emit;
pub mod facts;
pub mod json;
pub mod notebook;
pub mod plan;
pub mod python;
pub mod text;
