//! From facts to a plan of the package: plain data, a reason for each decision.

mod model;

pub use model::{
    Argument, ConfigField, ConfigType, Dependency, Dropped, Import, ImportSection, Item, ItemKind, Level,
    LintException, MissingFile, Module, Note, NotebookRef, Param, PathUse, Plan, Recorded, Return, SecretField,
    StateName, Step, Tests, ThinCell,
};
