//! Mortarboard takes Jupyter notebooks from sketch to building: it judges them, cleans them, and graduates
//! them into Python packages that compute the same values.

pub mod baseline;
pub mod check;
pub mod cli;
pub mod diff;
pub mod emit;
pub mod facts;
pub mod finding;
pub mod fix;
pub mod git;
pub mod inventory;
pub mod io;
pub mod json;
pub mod notebook;
pub mod page;
pub mod plan;
pub mod project;
pub mod python;
pub mod redact;
pub mod report;
pub mod rules;
pub mod secrets;
pub mod select;
pub mod settings;
pub mod strip;
pub mod suppress;
pub mod text;
pub mod textconv;
pub mod update;
pub mod verdict;
