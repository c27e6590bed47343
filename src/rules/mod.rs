//! The rules: each a file of its own with its page beside it, and one list that everything else derives from.

mod absolute_path;
mod calls;
mod commented_code;
mod context;
mod counts;
mod deleted_name;
mod duplicate_cell;
mod failed_cell;
mod hidden_input;
mod import_path_edit;
mod install_in_notebook;
mod invalid_syntax;
mod large_output;
mod missing_execution;
mod missing_name;
mod mixed_sessions;
mod mounted_path;
mod not_idempotent;
mod order_dependent_value;
mod out_of_order_execution;
mod path_literal;
mod personal_data_in_output;
mod reorder;
mod replay;
mod secret_in_metadata;
mod secret_in_output;
mod secret_in_source;
mod shadowed_name;
mod shell_dependency;
mod stale_output;
mod star_import;
mod swallowed_exception;
mod throwaway_name;
mod traceback;
mod unbounded_request;
mod undeclared_dependency;
mod undefined_name;
mod unexecuted_cell;
mod unsafe_deserialization;
mod unseeded_randomness;
mod unused_ignore;
mod used_before_definition;
mod user_path_in_output;
mod wall_clock;
mod working_directory_change;

pub use context::Context;
pub(crate) use unused_ignore::META as UNUSED_IGNORE;

use crate::finding::{Confidence, Finding, Place, Severity};
use crate::notebook::{Language, Notebook};

/// The languages that a rule can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    Anything,
    /// Python of any age; cells of Python 2 that Python 3 can't parse are passed over.
    Python,
    Python3,
}

/// What is known of a rule without running it.
#[derive(Debug)]
pub struct Meta {
    /// A stable alias, `MB101`.
    pub code: &'static str,
    /// What people type, in kebab case.
    pub name: &'static str,
    /// One line for lists.
    pub summary: &'static str,
    /// The severity that its findings have unless the rule knows better.
    pub severity: Severity,
    /// The notebooks that it can judge. On others it is silent.
    pub reads: Reads,
    /// The page that `explain` prints and that the tests run.
    pub page: &'static str,
}

impl Meta {
    /// A finding of this rule: certain, without hint, related places or fix.
    pub fn finding(&self, place: Place, message: impl Into<String>) -> Finding {
        Finding {
            code: self.code,
            rule: self.name,
            severity: self.severity,
            confidence: Confidence::Certain,
            subject: None,
            message: message.into(),
            hint: None,
            place,
            related: Vec::new(),
            fix: None,
            fingerprint: String::new(),
            known_by: None,
        }
    }
}

/// A rule looks at one notebook.
pub trait Rule: Sync {
    fn meta(&self) -> &'static Meta;

    /// Adds what it finds to `out`, in any order.
    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>);
}

/// Every rule, by code. A new rule is its file, its page and a line here.
pub static RULES: &[&dyn Rule] = &[
    &unused_ignore::UnusedIgnore,
    &out_of_order_execution::OutOfOrderExecution,
    &missing_execution::MissingExecution,
    &unexecuted_cell::UnexecutedCell,
    &mixed_sessions::MixedSessions,
    &failed_cell::FailedCell,
    &stale_output::StaleOutput,
    &not_idempotent::NotIdempotent,
    &undefined_name::UndefinedName,
    &used_before_definition::UsedBeforeDefinition,
    &deleted_name::DeletedName,
    &order_dependent_value::OrderDependentValue,
    &hidden_input::HiddenInput,
    &star_import::StarImport,
    &shadowed_name::ShadowedName,
    &secret_in_output::SecretInOutput,
    &secret_in_source::SecretInSource,
    &secret_in_metadata::SecretInMetadata,
    &personal_data_in_output::PersonalDataInOutput,
    &absolute_path::AbsolutePath,
    &user_path_in_output::UserPathInOutput,
    &mounted_path::MountedPath,
    &working_directory_change::WorkingDirectoryChange,
    &import_path_edit::ImportPathEdit,
    &undeclared_dependency::UndeclaredDependency,
    &install_in_notebook::InstallInNotebook,
    &shell_dependency::ShellDependency,
    &unseeded_randomness::UnseededRandomness,
    &unbounded_request::UnboundedRequest,
    &unsafe_deserialization::UnsafeDeserialization,
    &swallowed_exception::SwallowedException,
    &wall_clock::WallClock,
    &invalid_syntax::InvalidSyntax,
    &throwaway_name::ThrowawayName,
    &large_output::LargeOutput,
    &duplicate_cell::DuplicateCell,
];

/// The rule of this code or name.
pub fn find(code_or_name: &str) -> Option<&'static Meta> {
    let mut metas = RULES.iter().map(|rule| rule.meta());
    metas.find(|meta| meta.name == code_or_name || meta.code.eq_ignore_ascii_case(code_or_name))
}

/// Runs the rules that are wanted and apply to the notebook's language.
pub fn run(ctx: &Context<'_>, wanted: impl Fn(&Meta) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in RULES {
        if wanted(rule.meta()) && applies(rule.meta(), ctx.notebook) {
            rule.check(ctx, &mut findings);
        }
    }
    findings
}

fn applies(meta: &Meta, notebook: &Notebook<'_>) -> bool {
    match meta.reads {
        Reads::Anything => true,
        Reads::Python => !matches!(notebook.language, Language::Other(_)),
        Reads::Python3 => notebook.language.is_python(),
    }
}
