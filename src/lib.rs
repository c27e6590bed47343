//! Mortarboard takes Jupyter notebooks from sketch to building: it judges them, cleans them, and graduates
//! them into Python packages that compute the same values.

pub mod text;
pub mod json;
pub mod notebook;
pub mod python;
pub mod facts;
pub mod secrets;
pub mod finding;
pub mod rules;
pub mod settings;
pub mod select;
pub mod suppress;
pub mod verdict;
pub mod report;
pub mod check;
pub mod io;
pub mod cli;
pub mod plan;
pub mod emit;
