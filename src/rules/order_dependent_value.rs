//! MB204: a value that another cell gives when the notebook is run from the top.

use crate::facts::Certainty;
use crate::facts::history::{Other, downstream};
use crate::finding::{Confidence, Finding, Related, Severity};
use crate::python::span;

use super::replay::is_sure;
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB204",
    name: "order-dependent-value",
    summary: "the value used is not the one that a run from the top gives",
    severity: Severity::Warning,
    reads: Reads::Python,
    page: include_str!("order_dependent_value.md"),
};

pub(super) struct OrderDependentValue;

impl Rule for OrderDependentValue {
    fn meta(&self) -> &'static Meta {
        &META
    }

    /// One finding for each name and pair of cells that give it: the first reader, and the others as related.
    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        let mut groups: Vec<Vec<Other<'_>>> = Vec::new();
        for other in ctx.history.others(ctx.facts, ctx.cells) {
            let same = |group: &&mut Vec<Other<'_>>| {
                group.first().is_some_and(|first| {
                    first.used.need.name == other.used.need.name
                        && first.used.producer == other.used.producer
                        && first.gives.producer == other.gives.producer
                })
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.push(other),
                None => groups.push(vec![other]),
            }
        }
        out.extend(groups.iter().filter_map(|group| finding(ctx, group)));
    }
}

fn finding(ctx: &Context<'_>, group: &[Other<'_>]) -> Option<Finding> {
    let (first, rest) = group.split_first()?;
    let name = ctx.facts.text(first.used.need.name);
    let code = ctx.code(first.consumer)?;
    let message = format!(
        "`{name}` had its value from {} when {} ran; from the top it comes from {}",
        ctx.name_cell(first.used.producer),
        ctx.name_cell(first.consumer),
        ctx.name_cell(first.gives.producer),
    );
    let mut finding = META.finding(ctx.in_code(code, span(first.used.need.range)), message);
    finding.subject = Some(name.to_owned());
    let definite = [first.used, first.gives]
        .iter()
        .all(|link| link.certainty == Certainty::Definite);
    if !(is_sure(ctx, first) && definite && first.gives.need.firm) {
        finding.confidence = Confidence::Likely;
    }
    let mut add = |idx, message: &str| {
        if let Some(cell) = ctx.notebook.cell(idx) {
            finding.related.push(Related {
                message: message.to_owned(),
                place: ctx.of_cell(cell),
            });
        }
    };
    add(first.used.producer, "the value that was used");
    add(first.gives.producer, "the value from the top");
    for other in rest {
        add(other.consumer, "reads it too");
    }
    let readers: Vec<_> = group.iter().map(|other| other.consumer).collect();
    for cell in downstream(&ctx.history.top, &readers).into_iter().take(10) {
        add(cell, "depends on it");
    }
    finding.hint = Some(format!(
        "give the two values of `{name}` two names, or put the cells in the order in which they ran"
    ));
    Some(finding)
}
