//! What the notebook prints for people, as messages of the package's logger: where the text is the same for certain.

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use crate::facts::Facts;
use crate::python::{CellCode, span, string_literal};
use crate::text::Span;

use super::module_tops::mentions;

/// Words of notebooks that look at standard output, or that turn loggers off.
const OWN_WAYS: [&str; 9] = [
    "builtins",
    "capture_output",
    "dictConfig",
    "fileConfig",
    "interact",
    "logger",
    "logging.disable",
    "redirect_stdout",
    "sys.stdout",
];

/// Words of libraries that run functions elsewhere or compile them: there nobody has set a logger up, or can call one.
const ELSEWHERE: [&str; 12] = [
    "concurrent",
    "dask",
    "distributed",
    "joblib",
    "multiprocess",
    "multiprocessing",
    "numba",
    "parallel_apply",
    "pyspark",
    "ray",
    "spark",
    "taichi",
];

/// Which of the notebook's prints go through the package's logger.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Messages {
    /// Those of the steps' own statements.
    pub in_steps: bool,
    /// Those of functions too.
    pub in_functions: bool,
}

impl Messages {
    pub fn of(cells: &[CellCode], facts: &Facts) -> Self {
        let says = |words: &[&str]| {
            let mut texts = cells.iter();
            texts.any(|code| {
                let captured = || code.magics.iter().any(|magic| magic.name == "capture");
                captured() || words.iter().any(|word| mentions(&code.text, word))
            })
        };
        let is_own = |name: &str| !facts.is_value(name) && facts.imports.path(name).is_none_or(|module| module == name);
        let in_steps = is_own("print") && is_own("logging") && !says(&OWN_WAYS);
        Self {
            in_steps,
            in_functions: in_steps && !says(&ELSEWHERE),
        }
    }
}

/// The edits that turn `print(…)` into a message of the same text: `print("AUC", auc)` into `logger.info("AUC %s", auc)`.
/// None where it says where the text goes or how it ends, or unpacks what it prints.
///
/// A logger formats with `%s`, which is `str`, as `print` does; a message without values is not formatted at all.
/// `taken` tells literals that something else takes the place of.
pub(super) fn as_message(call: &ExprCall, source: &str, taken: &dyn Fn(Span) -> bool) -> Option<Vec<(Span, String)>> {
    let separator = match call.arguments.keywords.as_ref() {
        [] => " ",
        [only] if only.arg.as_deref() == Some("sep") => only.value.as_string_literal_expr()?.value.to_str(),
        _ => return None,
    };
    let inside = span(call.arguments.range());
    let (open, close) = (inside.start + 1, inside.end.saturating_sub(1));
    let mut edits = vec![(span(call.func.range()), "logger.info".to_owned())];
    let arguments = &call.arguments.args;
    let Some((first, last)) = arguments.first().zip(arguments.last()) else {
        edits.push((Span::new(open, close), "\"\"".to_owned()));
        return Some(edits);
    };
    let end = span(last.range()).end;
    let behind = source.get(end..close)?;
    if arguments.len() == 1 && !first.is_starred_expr() {
        // alone it is the message, whatever it is
        match call
            .arguments
            .keywords
            .first()
            .map(|keyword| span(keyword.range()).start)
        {
            None => {}
            Some(at) if source.get(end..at)?.trim() == "," => edits.push((Span::new(end, close), String::new())),
            Some(_) => return None,
        }
        return Some(edits);
    }
    // between two values stands a comma and nothing else: no parenthesis, no comment
    let mut at = open;
    for (index, argument) in arguments.iter().enumerate() {
        let here = span(argument.range());
        let between = source.get(at..here.start)?.trim();
        if argument.is_starred_expr() || between != if index == 0 { "" } else { "," } {
            return None;
        }
        at = here.end;
    }
    if behind.contains(['#', ')']) {
        return None;
    }
    let mut format = String::new();
    let mut values: Vec<Span> = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        let here = span(argument.range());
        if index > 0 {
            format.push_str(&separator.replace('%', "%%"));
        }
        match argument {
            Expr::StringLiteral(literal) if !taken(here) => {
                format.push_str(&literal.value.to_str().replace('%', "%%"));
            }
            _ => {
                format.push_str("%s");
                values.push(here);
            }
        }
    }
    if values.is_empty() {
        let text = string_literal(&format.replace("%%", "%"));
        edits.push((Span::new(open, close), text));
        return Some(edits);
    }
    let mut before = string_literal(&format);
    let mut at = open;
    for value in values {
        edits.push((Span::new(at, value.start), format!("{before}, ")));
        before.clear();
        at = value.end;
    }
    edits.push((Span::new(at, close), String::new()));
    Some(edits)
}
