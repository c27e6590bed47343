//! From a cell's source to its parsed body and its magics.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, IpyEscapeKind, ModModule, Stmt};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::TextRange;

use crate::notebook::{Cell, Notebook};
use crate::text::Span;

use super::code::{Body, CellCode, Magic, MagicKind, SyntaxError, span};
use super::magics::{Effect, Magics, Scope};
use super::transform::Transformed;

/// Parses every code cell of a Python notebook, in order.
pub fn parse_cells(notebook: &Notebook<'_>, known: &Magics) -> Vec<CellCode> {
    notebook.code_cells().map(|cell| parse_cell(cell, known)).collect()
}

/// Parses one code cell. A cell that isn't Python is a [`Body::Broken`], never a failure.
pub fn parse_cell(cell: &Cell, known: &Magics) -> CellCode {
    let mut transformed = Transformed::new(&cell.source.text);
    let mut magics = Vec::new();
    let body_effect = strip_cell_magics(&mut transformed, &mut magics, known);
    let body = match body_effect {
        None => python_body(&mut transformed, &mut magics, known),
        Some(Effect::OwnNamespace) => private_body(&transformed),
        Some(_) => Body::Foreign,
    };
    magics.sort_by_key(|magic| magic.source);
    let to_file = transformed.to_source.through(&cell.source.map);
    CellCode {
        idx: cell.idx,
        text: transformed.text,
        to_source: transformed.to_source,
        to_file,
        body,
        magics,
    }
}

/// Takes the cell magics off the top, as long as what follows is still the notebook's own Python.
///
/// Returns the effect of a magic whose body is something else.
fn strip_cell_magics(transformed: &mut Transformed, magics: &mut Vec<Magic>, known: &Magics) -> Option<Effect> {
    loop {
        let lead = transformed.text.len() - transformed.text.trim_start_matches(['\n', '\r', ' ', '\t']).len();
        let header = transformed.text.get(lead..)?.strip_prefix("%%")?;
        let line = header.lines().next().unwrap_or_default();
        let (name, arguments) = split_name(line);
        if name.is_empty() || !name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '!') {
            return None;
        }
        let effect = if name == "!" {
            Effect::Language("shell")
        } else {
            known.effect(Scope::Cell, name)
        };
        let end = (lead + 2 + line.len() + 1).min(transformed.text.len());
        let header_span = Span::new(lead, lead + 2 + line.len());
        magics.push(Magic {
            kind: MagicKind::Cell,
            name: name.to_owned(),
            arguments: arguments.to_owned(),
            effect: effect.clone(),
            source: transformed.to_source.original(header_span),
        });
        transformed.replace(vec![(Span::new(0, end), String::new())]);
        if effect != Effect::RunsBody {
            return Some(effect);
        }
    }
}

/// A name and what follows it, as IPython splits a magic line.
fn split_name(line: &str) -> (&str, &str) {
    let line = line.trim();
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    (name, rest.trim())
}

fn private_body(transformed: &Transformed) -> Body {
    let parsed = parse(&transformed.text);
    if parsed.errors().is_empty() {
        Body::Private(parsed)
    } else {
        Body::Foreign
    }
}

fn python_body(transformed: &mut Transformed, magics: &mut Vec<Magic>, known: &Magics) -> Body {
    let mut parsed = parse(&transformed.text);
    if !parsed.errors().is_empty() && add_automagic(transformed, known) {
        parsed = parse(&transformed.text);
    }
    while let Some(unwrapped) = unwrap_line_magics(transformed, &parsed, magics, known) {
        parsed = unwrapped;
    }
    let mut collector = MagicCollector {
        transformed,
        magics,
        known,
    };
    collector.visit_body(&parsed.syntax().body);
    match first_error(&parsed, &transformed.text) {
        None => Body::Python(parsed),
        Some(error) => Body::Broken(parsed, error),
    }
}

fn parse(text: &str) -> Parsed<ModModule> {
    let options = ParseOptions::from(Mode::Ipython);
    match parse_unchecked(text, options.clone()).try_into_module() {
        Some(module) => module,
        // `Mode::Ipython` always gives a module; an empty one stands in for what can't happen
        None => ruff_python_parser::parse_unchecked_source("", ruff_python_ast::PySourceType::Ipynb),
    }
}

/// Python that stands in a string, where it is some.
pub(crate) fn parse_snippet(text: &str) -> Option<Parsed<ModModule>> {
    let parsed = parse(text.trim());
    parsed.errors().is_empty().then_some(parsed)
}

fn first_error(parsed: &Parsed<ModModule>, text: &str) -> Option<SyntaxError> {
    let error = parsed.errors().first()?;
    let at = span(error.location);
    Some(SyntaxError {
        message: error.error.to_string(),
        span: Span::new(at.start.min(text.len()), at.end.min(text.len())),
    })
}

/// Replaces `%time statement` and its like by the statement. Returns the new parse where there was one.
fn unwrap_line_magics(
    transformed: &mut Transformed,
    parsed: &Parsed<ModModule>,
    magics: &mut Vec<Magic>,
    known: &Magics,
) -> Option<Parsed<ModModule>> {
    let mut finder = WrapperFinder {
        known,
        found: Vec::new(),
    };
    finder.visit_body(&parsed.syntax().body);
    if finder.found.is_empty() {
        return None;
    }
    let mut cuts = Vec::new();
    for (range, value) in finder.found {
        let at = span(range);
        let (name, rest) = split_name(&value);
        let statement = skip_options(rest);
        magics.push(Magic {
            kind: MagicKind::Line,
            name: name.to_owned(),
            arguments: statement.to_owned(),
            effect: Effect::RunsBody,
            source: transformed.to_source.original(at),
        });
        let text = at.slice(&transformed.text);
        // the statement keeps its own way back; `pass` stands where nothing was wrapped
        match text.rfind(statement).filter(|_| !statement.is_empty()) {
            Some(offset) => cuts.push((Span::new(at.start, at.start + offset), String::new())),
            None => cuts.push((at, "pass".to_owned())),
        }
    }
    transformed.replace(cuts);
    Some(parse(&transformed.text))
}

/// What follows a magic's own options (`%time -p x`, `%prun -l 5 f()`).
pub(crate) fn skip_options(arguments: &str) -> &str {
    let mut rest = arguments;
    while let Some(option) = rest.strip_prefix('-') {
        let letter = option.chars().next();
        if !letter.is_some_and(|c| c.is_ascii_alphabetic()) {
            break;
        }
        let (flag, mut after) = split_name(rest);
        // prun's `-l 5`, `-s key`, `-T file`, `-D file` take a value
        if ["-l", "-s", "-T", "-D"].contains(&flag) {
            after = split_name(after).1;
        }
        rest = after;
    }
    rest
}

/// Finds statements of the form `%time statement`.
struct WrapperFinder<'k> {
    known: &'k Magics,
    found: Vec<(TextRange, String)>,
}

impl<'a> Visitor<'a> for WrapperFinder<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if let Stmt::IpyEscapeCommand(command) = stmt
            && command.kind == IpyEscapeKind::Magic
            && self.known.effect(Scope::Line, split_name(&command.value).0) == Effect::RunsBody
        {
            self.found.push((command.range, command.value.to_string()));
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// Collects the magics that stay in the text.
struct MagicCollector<'c> {
    transformed: &'c Transformed,
    magics: &'c mut Vec<Magic>,
    known: &'c Magics,
}

impl MagicCollector<'_> {
    fn add(&mut self, kind: IpyEscapeKind, value: &str, range: TextRange) {
        let (kind, name, arguments, effect) = classify(self.known, kind, value);
        self.magics.push(Magic {
            kind,
            name: name.to_owned(),
            arguments: arguments.to_owned(),
            effect,
            source: self.transformed.to_source.original(span(range)),
        });
    }
}

impl<'a> Visitor<'a> for MagicCollector<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if let Stmt::IpyEscapeCommand(command) = stmt {
            self.add(command.kind, &command.value, command.range);
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::IpyEscapeCommand(command) = expr {
            self.add(command.kind, &command.value, command.range);
        }
        walk_expr(self, expr);
    }
}

/// Kind, name, arguments and effect of an escape command.
pub(crate) fn classify<'v>(
    known: &Magics,
    kind: IpyEscapeKind,
    value: &'v str,
) -> (MagicKind, &'v str, &'v str, Effect) {
    match kind {
        IpyEscapeKind::Shell | IpyEscapeKind::ShCap => {
            let effect = if installs(value) {
                Effect::Install
            } else {
                Effect::Shell
            };
            (MagicKind::Shell, "", value.trim(), effect)
        }
        IpyEscapeKind::Help | IpyEscapeKind::Help2 => (MagicKind::Help, "", value.trim(), Effect::Show),
        IpyEscapeKind::Magic | IpyEscapeKind::Magic2 => {
            let (name, arguments) = split_name(value);
            (MagicKind::Line, name, arguments, known.effect(Scope::Line, name))
        }
        IpyEscapeKind::Quote | IpyEscapeKind::Quote2 | IpyEscapeKind::Paren => {
            (MagicKind::AutoCall, "", value.trim(), Effect::Unknown)
        }
    }
}

/// Whether a shell command only installs packages.
fn installs(command: &str) -> bool {
    let mut words = command.split_whitespace().skip_while(|word| *word == "sudo");
    let first = words.next().unwrap_or_default();
    let program = first.rsplit('/').next().unwrap_or_default();
    let rest: Vec<&str> = words.take(3).collect();
    let has = |word: &str| rest.contains(&word);
    match program {
        "pip" | "pip3" | "conda" | "mamba" | "micromamba" | "apt" | "apt-get" | "brew" => {
            has("install") || has("uninstall")
        }
        "uv" => has("pip") || has("add"),
        "python" | "python3" | "{sys.executable}" => has("pip"),
        _ => false,
    }
}

/// Writes the `%` that IPython's automagic would supply before `cd data`, `pip install x`, `ls -l`.
///
/// Only called for a cell that is no Python as it stands, so that no valid line is ever touched.
fn add_automagic(transformed: &mut Transformed, known: &Magics) -> bool {
    let mut cuts = Vec::new();
    let mut at = 0;
    for line in transformed.text.split_inclusive('\n') {
        let (name, rest) = split_name(line);
        let bare = !line.starts_with(char::is_whitespace) && !rest.is_empty();
        let operator = rest.starts_with(['=', '(', '[', '.', ',', ':', '+', '*', '<', '>', '%', '&', '|']);
        if bare && !operator && is_automagic(name, known) {
            cuts.push((Span::new(at, at), "%".to_owned()));
        }
        at += line.len();
    }
    let any = !cuts.is_empty();
    transformed.replace(cuts);
    any
}

fn is_automagic(name: &str, known: &Magics) -> bool {
    let python_keyword = [
        "import", "from", "def", "class", "if", "for", "while", "with", "del", "return", "print",
    ];
    !python_keyword.contains(&name) && known.effect(Scope::Line, name) != Effect::Unknown
}
