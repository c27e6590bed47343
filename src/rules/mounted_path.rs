//! MB403: paths that only a hosted service mounts.

use crate::finding::{Finding, Severity};

use super::absolute_path::{COMMENTED, PARAMETER, clip, is_hosted, paths};
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB403",
    name: "mounted-path",
    summary: "a path that only a hosted service mounts",
    severity: Severity::Warning,
    reads: Reads::Python,
    page: include_str!("mounted_path.md"),
};

pub(super) struct MountedPath;

impl Rule for MountedPath {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for (place, path) in paths(ctx) {
            let Some(service) = is_hosted(&path.text).then(|| service(&path.text)) else {
                continue;
            };
            let message = format!("`{}` is only there on {service}", clip(&path.text));
            let mut finding = META.finding(place, message);
            if path.commented {
                finding.severity = Severity::Note;
            }
            finding.hint = Some(if path.commented { COMMENTED } else { PARAMETER }.to_owned());
            finding.subject = Some(path.text);
            out.push(finding);
        }
    }
}

/// Whose mount it is.
fn service(path: &str) -> &'static str {
    let path = path.strip_prefix("file://").unwrap_or(path);
    let services = [
        ("/content", "Google Colab"),
        ("/kaggle", "Kaggle"),
        ("/dbfs", "Databricks"),
        ("dbfs:", "Databricks"),
        ("/databricks", "Databricks"),
        ("/teamspace", "Lightning Studios"),
        ("/home/jovyan", "a Jupyter container"),
    ];
    let found = services.iter().find(|(start, _)| path.starts_with(start));
    found.map_or("Amazon SageMaker", |(_, name)| name)
}
