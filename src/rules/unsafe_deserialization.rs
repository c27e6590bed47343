//! MB603: a file format that runs code when it is read.

use ruff_python_ast::Expr;

use crate::finding::{Finding, Severity};

use super::calls::{Call, calls};
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB603",
    name: "unsafe-deserialization",
    summary: "a file is read by something that runs the code in it",
    severity: Severity::Warning,
    reads: Reads::Python,
    page: include_str!("unsafe_deserialization.md"),
};

pub(super) struct UnsafeDeserialization;

impl Rule for UnsafeDeserialization {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        let mut written: Vec<&str> = Vec::new();
        for call in &calls(ctx) {
            written.extend(writes(call));
            let Some(path) = call.path.as_deref() else { continue };
            let Some((_, why)) = CALLS.iter().find(|(name, _)| *name == path) else {
                continue;
            };
            let from = call
                .call
                .arguments
                .args
                .first()
                .and_then(|value| file_named(call, value));
            if is_safe(call, path) || from.is_some_and(|from| written.contains(&from)) {
                continue;
            }
            let name = call.name(ctx);
            let mut finding = META.finding(call.place(ctx), format!("`{name}` runs whatever code the data holds"));
            finding.subject = Some(name);
            finding.hint = Some((*why).to_owned());
            out.push(finding);
        }
    }
}

const PICKLE: &str =
    "read only data that you wrote yourself, or keep it in a format that holds no code (Parquet, JSON, ONNX)";
const TORCH: &str = "pass `weights_only=True`";
const YAML: &str = "use `yaml.safe_load`";
const NUMPY: &str = "leave out `allow_pickle=True`";

/// Calls, and what to do instead.
const CALLS: &[(&str, &str)] = &[
    ("pickle.load", PICKLE),
    ("pickle.loads", PICKLE),
    ("cPickle.load", PICKLE),
    ("cPickle.loads", PICKLE),
    ("dill.load", PICKLE),
    ("dill.loads", PICKLE),
    ("cloudpickle.load", PICKLE),
    ("cloudpickle.loads", PICKLE),
    ("joblib.load", PICKLE),
    ("sklearn.externals.joblib.load", PICKLE),
    ("pandas.read_pickle", PICKLE),
    ("shelve.open", PICKLE),
    ("torch.load", TORCH),
    ("yaml.load", YAML),
    ("yaml.unsafe_load", YAML),
    ("numpy.load", NUMPY),
];

/// The file that the notebook itself writes by this call.
fn writes<'c>(call: &Call<'c>) -> Option<&'c str> {
    let position = match call.path.as_deref() {
        Some("joblib.dump" | "sklearn.externals.joblib.dump" | "torch.save") => 1,
        _ if call.method() == Some("to_pickle") => 0,
        _ => return None,
    };
    file_named(call, call.call.arguments.args.get(position)?)
}

/// A file as the code names it: a literal, or a variable.
fn file_named<'c>(call: &Call<'c>, value: &Expr) -> Option<&'c str> {
    matches!(value, Expr::StringLiteral(_) | Expr::Name(_)).then(|| call.code.slice(value))
}

/// What an argument makes harmless.
fn is_safe(call: &Call<'_>, path: &str) -> bool {
    let text = |name: &str| call.keyword(name).map(|value| call.code.slice(value));
    let second = call.call.arguments.args.get(1).map(|value| call.code.slice(value));
    match path {
        "torch.load" => text("weights_only") == Some("True"),
        "yaml.load" => {
            let loader = text("Loader").or(second).unwrap_or_default();
            loader.contains("SafeLoader") || loader.contains("BaseLoader")
        }
        "numpy.load" => text("allow_pickle") != Some("True"),
        // a copy made in memory: nobody else's data
        _ => call
            .call
            .arguments
            .args
            .first()
            .is_some_and(|value| call.code.slice(value).contains("dumps(")),
    }
}
