//! `mortarboard check`: reads notebooks in parallel and prints what was found.

use std::collections::BTreeMap;
use std::io::{self as std_io, BufWriter, IsTerminal, Write};
use std::path::Path;

use rayon::prelude::*;

use crate::check::{Strictness, check};
use crate::io::{self, Found};
use crate::report::{self, NotebookReport, Report, Style};

use super::Outcome;
use super::args::{CheckArgs, Colour, Format};
use super::resolve::Resolver;
use super::talk::{UserError, note};

/// Deep expressions nest deep calls in the parser; a notebook must not be able to end the program.
const STACK: usize = 256 << 20;

pub(super) fn run(args: &CheckArgs) -> Result<Outcome, Vec<UserError>> {
    let mut resolver = Resolver::new(args)?;
    let (found, unread) = io::discover(&args.paths);
    let mut errors: Vec<UserError> = unread.into_iter().map(UserError::from).collect();
    let mut work: Vec<(Found, Strictness)> = Vec::new();
    for notebook in found {
        let resolved = resolver.resolve(&notebook.path)?;
        if args.verbose {
            let settings = resolved
                .from
                .map_or_else(|| "no settings file".to_owned(), |file| file.display().to_string());
            let left_out = if resolved.excluded && !notebook.named {
                ", excluded"
            } else {
                ""
            };
            note(&format!("{}: {settings}{left_out}", notebook.path.display()));
        }
        if notebook.named || !resolved.excluded {
            work.push((notebook, resolved.strictness));
        }
    }
    if work.is_empty() && errors.is_empty() {
        errors.push(UserError::new(
            format!("no notebooks under {}", named(args)),
            "name a notebook or a folder that holds some; files that git ignores are read only when named",
        ));
    }
    let results = in_parallel(args.jobs, &work)?;
    let mut notebooks = Vec::new();
    for result in results {
        match result {
            Ok(notebook) => notebooks.push(notebook),
            Err(error) => errors.push(error),
        }
    }
    errors.iter().for_each(UserError::say);
    let report = Report::new(notebooks);
    // programs expect their object whatever happened; a person has been told
    if !report.notebooks.is_empty() || args.output_format == Format::Json {
        print(args, &report)?;
    }
    Ok(match (errors.is_empty(), report.findings().next()) {
        (false, _) => Outcome::Failed,
        (true, Some(_)) => Outcome::Findings,
        (true, None) => Outcome::Clean,
    })
}

fn named(args: &CheckArgs) -> String {
    let paths: Vec<String> = args.paths.iter().map(|path| format!("`{}`", path.display())).collect();
    paths.join(", ")
}

/// Judges all notebooks; the results are in the order of `work`.
fn in_parallel(
    jobs: Option<usize>,
    work: &[(Found, Strictness)],
) -> Result<Vec<Result<NotebookReport, UserError>>, Vec<UserError>> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs.unwrap_or(0))
        .stack_size(STACK)
        .build();
    let pool = pool.map_err(|error| {
        vec![UserError::new(
            format!("no threads could be started: {error}"),
            "try `--jobs 1`",
        )]
    })?;
    // the largest first, or one thread ends with it alone
    let mut order: Vec<usize> = (0..work.len()).collect();
    order.sort_by_key(|&i| work.get(i).map(|(found, _)| std::cmp::Reverse(found.size)));
    let mut results: Vec<(usize, _)> = pool.install(|| {
        let judged = order.into_iter().par_bridge().filter_map(|i| {
            let (found, strictness) = work.get(i)?;
            Some((i, one(&found.path, strictness)))
        });
        judged.collect()
    });
    results.sort_by_key(|(i, _)| *i);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

fn one(path: &Path, strictness: &Strictness) -> Result<NotebookReport, UserError> {
    let text = io::read(path)?;
    let name = path.to_string_lossy();
    check(&name, &text, strictness).map_err(|error| UserError::unreadable(&name, &error))
}

fn print(args: &CheckArgs, report: &Report) -> Result<(), Vec<UserError>> {
    let mut out = BufWriter::new(std_io::stdout().lock());
    let written = if args.statistics && args.output_format != Format::Json {
        statistics(report, &mut out)
    } else {
        match args.output_format {
            Format::Full => report::full(
                report,
                Style {
                    colour: colour(args.color),
                },
                !args.quiet,
                &mut out,
            ),
            Format::Concise => report::concise(report, &mut out),
            Format::Json => report::json(report, &mut out),
        }
    };
    match written.and_then(|()| out.flush()) {
        // whoever read has read enough
        Err(error) if error.kind() == std_io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(vec![UserError::new(
            format!("the report could not be written: {error}"),
            "check where stdout goes",
        )]),
        Ok(()) => Ok(()),
    }
}

/// Findings by rule, the most frequent first.
fn statistics(report: &Report, out: &mut dyn Write) -> std_io::Result<()> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (_, finding) in report.findings() {
        *counts.entry((finding.code, finding.rule)).or_default() += 1;
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|&(rule, count)| (std::cmp::Reverse(count), rule));
    for ((code, rule), count) in rows {
        writeln!(out, "{count:>6}  {code}  {rule}")?;
    }
    Ok(())
}

fn colour(wanted: Colour) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match wanted {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => {
            std_io::stdout().is_terminal()
                && !set("NO_COLOR")
                && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    }
}
