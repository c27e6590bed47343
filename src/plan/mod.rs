//! From facts to a plan of the package: plain data, a reason for each decision.
//!
//! [`plan`] gives each top-level statement a fate, groups the kept ones into steps, works out what passes between
//! them, and writes down the text of each. It knows nothing of templates or of the disk.

mod annotate;
mod answers;
mod assemble;
mod bindings;
mod build;
mod common;
mod config;
mod contracts;
mod dataflow;
mod dependencies;
mod event_loop;
mod fate;
mod forms;
mod given;
mod grouping;
mod layout;
mod leftovers;
mod lifetimes;
mod lint;
mod lint_formats;
mod lint_list;
mod local;
mod magic;
mod messages;
mod model;
mod module_tops;
mod modules;
mod names;
mod order;
mod origins;
mod own_tests;
mod package_tests;
mod peeks;
mod pieces;
mod prose;
mod purity;
mod quiet;
mod recorded;
mod recorded_lines;
mod recorded_text;
mod results_shown;
mod rewrite;
mod secret_fields;
mod secret_literals;
mod sections;
mod shown;
mod steps;
mod stores;
mod thin;
mod together;
mod types;
mod unreached;
mod versions;
mod workers;

pub use answers::answered;
pub use build::{Options, Outcome, Refusal, SecretSpan, plan, title_and_summary};
pub use common::Common;
pub use local::{imported_by, imported_names, run_as_imports, run_module};
pub use model::{
    Argument, Check, ConfigField, ConfigType, Dependency, Dropped, Given, Import, ImportSection, Item, ItemKind, Level,
    LintException, LocalModule, MissingFile, Module, Note, NotebookRef, Param, PathUse, Plan, Printed, Recorded,
    Return, SecretField, StateName, Step, StepModule, Tests, ThinCell, Verdict, Verification, VerifiedValue,
};
pub use order::{differences, rearranged, recorded_order};
pub use origins::{Origin, nested};
pub use prose::LINE_LENGTH;
pub use together::{Source, Unplanned, together};
