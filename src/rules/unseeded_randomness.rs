//! MB601: random numbers from a stream that nothing seeds.

use std::collections::BTreeMap;

use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use crate::facts::{Effect, call_effect};
use crate::finding::{Confidence, Finding, Related, Severity};
use crate::notebook::CellIdx;
use crate::python::Table;

use super::calls::{Call, calls};
use super::{Context, Meta, Reads, Rule};

static SEEDING: Table = Table::new(include_str!("../../data/seeding.tsv"));

static META: Meta = Meta {
    code: "MB601",
    name: "unseeded-randomness",
    summary: "random numbers are drawn without a seed",
    severity: Severity::Warning,
    reads: Reads::Python,
    page: include_str!("unseeded_randomness.md"),
};

pub(super) struct UnseededRandomness;

impl Rule for UnseededRandomness {
    fn meta(&self) -> &'static Meta {
        &META
    }

    /// One finding for each stream: one seed mends all of its draws.
    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        let calls = calls(ctx);
        let seeds: Vec<Seed> = calls.iter().filter_map(seed).collect();
        let mut streams: BTreeMap<&str, Vec<&Call<'_>>> = BTreeMap::new();
        for call in &calls {
            if let Some(stream) = drawn_from(ctx, call)
                && !seeds.iter().any(|seed| seed.covers(stream, call))
            {
                streams.entry(stream).or_default().push(call);
            }
        }
        for (stream, draws) in streams {
            out.extend(finding(ctx, stream, &draws));
        }
    }
}

fn finding(ctx: &Context<'_>, stream: &str, draws: &[&Call<'_>]) -> Option<Finding> {
    let (first, rest) = draws.split_first()?;
    let name = first.name(ctx);
    let (why, hint) = match stream {
        OWN => (
            "makes a generator without a seed".to_owned(),
            format!("give `{name}` a seed"),
        ),
        "numpy" => (
            "draws from numpy's stream, and nothing seeds it before".to_owned(),
            "pass `random_state=…` where there is one, or call `np.random.seed(…)` first".to_owned(),
        ),
        _ => (
            format!("draws from {stream}'s stream, and nothing seeds it before"),
            format!("seed {stream} in the first cell"),
        ),
    };
    let more = match rest.len() {
        0 => String::new(),
        1 => "; so does 1 more call".to_owned(),
        n => format!("; so do {n} more calls"),
    };
    let mut finding = META.finding(first.place(ctx), format!("`{name}` {why}{more}"));
    finding.subject = Some(name);
    if first.in_function || first.path.is_none() {
        finding.confidence = Confidence::Likely;
    }
    finding.related = rest
        .iter()
        .map(|call| Related {
            message: format!("`{}` draws too", call.name(ctx)),
            place: call.place(ctx),
        })
        .collect();
    finding.hint = Some(hint);
    Some(finding)
}

/// The stream of generators that are seeded only where they are made.
const OWN: &str = "own";
/// What a helper such as `seed_everything` seeds.
const ALL: &str = "all";

struct Seed {
    stream: &'static str,
    cell: CellIdx,
    offset: usize,
    in_function: bool,
}

impl Seed {
    /// Whether the draw comes after it. What stands in a function runs nobody knows when.
    fn covers(&self, stream: &str, call: &Call<'_>) -> bool {
        let fits = stream != OWN && (self.stream == ALL || self.stream == stream);
        let before = (self.cell, self.offset) < (call.code.idx, call.call.start().to_usize());
        fits && (before || self.in_function || call.in_function)
    }
}

fn seed(call: &Call<'_>) -> Option<Seed> {
    let path = call.path.as_deref().or(call.method())?;
    let last = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_seed = last.contains("seed") || last == "set_state" || last == "setstate" || last == "set_rng_state";
    let none = call.call.arguments.args.first().is_some_and(Expr::is_none_literal_expr);
    let empty = call.call.arguments.is_empty() && ["seed", "manual_seed"].contains(&last.as_str());
    if !is_seed || none || empty {
        return None;
    }
    Some(Seed {
        stream: match family(path) {
            Some(stream) if !last.contains("everything") && path.contains('.') => stream,
            _ => ALL,
        },
        cell: call.code.idx,
        offset: call.call.start().to_usize(),
        in_function: call.in_function,
    })
}

/// The stream that a call draws from, where it draws and no argument of its own seeds it.
fn drawn_from(ctx: &Context<'_>, call: &Call<'_>) -> Option<&'static str> {
    let path = call.path.as_deref().filter(|path| path.contains('.'));
    let (stream, row) = match path {
        Some(path) => (family(path)?, SEEDING.get(path)),
        None => ("numpy", SEEDING.get(&format!(".{}", call.method()?))),
    };
    let row_says = row.is_some();
    let draws = match path {
        Some(_) => call_effect(call.call, &ctx.facts.imports, &|_| false) == Effect::Draw,
        None => row_says && takes_a_sample(call),
    };
    if !draws || row.is_some_and(|row| is_seeded(call, row)) || !shuffles(call) {
        return None;
    }
    let own = path.is_some_and(|path| {
        row_says && (path.starts_with("numpy.random.") || path == "random.Random" || path == "random.SystemRandom")
    });
    Some(if own { OWN } else { stream })
}

fn is_seeded(call: &Call<'_>, row: &str) -> bool {
    let mut columns = row.split('\t');
    let keyword = columns.next().unwrap_or_default();
    let position: Option<usize> = columns.next().and_then(|column| column.parse().ok());
    let by_position = position.and_then(|position| call.call.arguments.args.get(position));
    let given = call.keyword(keyword).or(by_position);
    given.is_some_and(|value| !value.is_none_literal_expr()) || call.has_open_keywords()
}

/// Splitters and loaders that draw only when they are told to shuffle, or told not to.
fn shuffles(call: &Call<'_>) -> bool {
    let told = call.keyword("shuffle").and_then(|value| match value {
        Expr::BooleanLiteral(literal) => Some(literal.value),
        _ => None,
    });
    let only_if_told = call.path.as_deref().is_some_and(|path| {
        path.ends_with("KFold") && !path.ends_with("RepeatedKFold") && !path.ends_with("RepeatedStratifiedKFold")
            || path.ends_with("DataLoader")
            || QUIET.iter().any(|quiet| path.ends_with(quiet))
    });
    match told {
        Some(told) => told,
        None => !only_if_told,
    }
}

/// Estimators that take a seed and that their defaults don't make use of.
const QUIET: &[&str] = &[
    ".FactorAnalysis",
    ".HistGradientBoostingClassifier",
    ".HistGradientBoostingRegressor",
    ".KBinsDiscretizer",
    ".KernelPCA",
    ".LocallyLinearEmbedding",
    ".PCA",
    ".SpectralEmbedding",
];

/// `df.sample(5)`, `dist.rvs(size=3)`: on an object, with what a draw is told.
fn takes_a_sample(call: &Call<'_>) -> bool {
    let known = ["n", "frac", "size", "weights", "replace"];
    let few = call.call.arguments.args.len() <= 1;
    let has = known.iter().any(|name| call.keyword(name).is_some());
    let numeric = call
        .call
        .arguments
        .args
        .first()
        .is_some_and(Expr::is_number_literal_expr);
    let on_import = call.path.is_some();
    !on_import && few && (has || numeric)
}

/// Whose stream a function of this path draws from or seeds.
fn family(path: &str) -> Option<&'static str> {
    let top = path.split('.').next().unwrap_or_default();
    Some(match top {
        "random" => "random",
        "numpy" | "sklearn" | "scipy" | "pandas" | "imblearn" | "networkx" | "seaborn" | "statsmodels" => "numpy",
        "torch" | "torchvision" => "torch",
        "tensorflow" => "tensorflow",
        // meant never to repeat
        "secrets" | "os" | "uuid" => return None,
        _ => ALL,
    })
}
