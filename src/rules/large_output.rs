//! MB703: an output that makes the file heavy.

use crate::finding::{Finding, Place, Severity};
use crate::notebook::{Cell, Output, OutputKind};
use crate::text::{Span, size};

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB703",
    name: "large-output",
    summary: "an output, or all of them together, makes the file heavy",
    severity: Severity::Note,
    reads: Reads::Anything,
    page: include_str!("large_output.md"),
};

/// From so many times the size on, hosts refuse the file and editors stall.
const HEAVY: usize = 10;

pub(super) struct LargeOutput;

impl Rule for LargeOutput {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        let limit = usize::try_from(ctx.large_output).unwrap_or(usize::MAX);
        let file = size(ctx.notebook.text.len());
        let heavy = limit.saturating_mul(HEAVY);
        let (mut all, mut said) = (0, false);
        for cell in ctx.notebook.code_cells() {
            for (index, output) in cell.outputs.iter().enumerate() {
                let bytes = output.span.len();
                all += bytes;
                if bytes > limit {
                    said = true;
                    out.push(finding(ctx, cell, index, output, &file, bytes > heavy));
                }
            }
        }
        if all > heavy && !said {
            let place = Place::file(Span::new(0, 0));
            let message = format!("the outputs are {} together, of a notebook of {file}", size(all));
            let mut finding = META.finding(place, message);
            finding.severity = Severity::Warning;
            finding.hint = Some(HINT.to_owned());
            out.push(finding);
        }
    }
}

const HINT: &str = "show less of it, write it to a file, or clear it with `mortarboard strip --max-size`";

fn finding(ctx: &Context<'_>, cell: &Cell, index: usize, output: &Output, file: &str, heavy: bool) -> Finding {
    let what = what(ctx, output);
    let bytes = size(output.span.len());
    let message = format!("this output{what} is {bytes} of the notebook's {file}");
    let mut finding = META.finding(ctx.of_output(cell, index), message);
    if heavy {
        finding.severity = Severity::Warning;
    }
    finding.hint = Some(HINT.to_owned());
    finding
}

/// What takes the most room in it: ` (image/png)`.
fn what(ctx: &Context<'_>, output: &Output) -> String {
    let largest = output
        .data
        .iter()
        .max_by_key(|(_, node)| ctx.notebook.json.span(*node).len());
    match (&output.kind, largest) {
        (_, Some((mime, _))) => format!(" ({})", ctx.quote(mime)),
        (OutputKind::Stream { name }, None) => format!(" ({})", ctx.quote(name)),
        _ => String::new(),
    }
}
