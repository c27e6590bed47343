//! MB401: paths that only exist on one machine.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, FStringPart, InterpolatedStringElement, ModModule, Operator, Stmt};
use ruff_python_parser::Parsed;
use ruff_text_size::Ranged;

use crate::finding::{Finding, Place, Severity};
use crate::python::{CellCode, Effect, MagicKind};
use crate::text::Span;

use super::commented_code::commented;
use super::path_literal::{Evidence, PathClass, classify};
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB401",
    name: "absolute-path",
    summary: "a path that only exists on one machine",
    severity: Severity::Warning,
    reads: Reads::Python,
    page: include_str!("absolute_path.md"),
};

pub(super) struct AbsolutePath;

impl Rule for AbsolutePath {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        let paths = paths(ctx).into_iter().filter(|(_, path)| !is_hosted(&path.text));
        out.extend(paths.map(|(place, path)| finding(place, &path)));
    }
}

/// All paths in the code of a notebook that are bound to a machine.
pub(super) fn paths(ctx: &Context<'_>) -> Vec<(Place, Path)> {
    let mut found = Vec::new();
    for code in ctx.cells {
        if let Some(parsed) = code.parsed() {
            found.extend(paths_in(&code.text, parsed).map(|path| (ctx.in_code(code, path.span), path)));
            for dead in commented(parsed, &code.text, |text| text.contains(['/', '\\'])) {
                found.extend(paths_in(dead.text, &dead.parsed).map(|mut path| {
                    path.span = Span::new(path.span.start + dead.start, path.span.end + dead.start);
                    path.commented = true;
                    (ctx.in_code(code, path.span), path)
                }));
            }
        }
        magics(ctx, code, &mut found);
    }
    found
}

fn paths_in(text: &str, parsed: &Parsed<ModModule>) -> impl Iterator<Item = Path> {
    let mut paths = Paths {
        text,
        evidence: Evidence::None,
        found: Vec::new(),
    };
    paths.visit_body(&parsed.syntax().body);
    paths.found.into_iter()
}

/// Folders that a service mounts where it runs notebooks: rule MB403's.
const HOSTED: [&str; 10] = [
    "/content",
    "/kaggle",
    "/dbfs",
    "dbfs:",
    "/databricks",
    "/home/ec2-user/SageMaker",
    "/home/sagemaker-user",
    "/home/studio-lab-user",
    "/home/jovyan",
    "/teamspace",
];

/// Whether a path lies on what a hosted service mounts.
pub(super) fn is_hosted(path: &str) -> bool {
    let path = path.strip_prefix("file://").unwrap_or(path);
    HOSTED.iter().any(|folder| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || folder.ends_with(':'))
    })
}

pub(super) struct Path {
    pub span: Span,
    pub text: String,
    class: PathClass,
    /// Whether it stands in a comment: no run needs it.
    pub commented: bool,
}

impl Path {
    fn new(span: Span, text: String, class: PathClass) -> Self {
        Self {
            span,
            text,
            class,
            commented: false,
        }
    }
}

fn finding(place: Place, path: &Path) -> Finding {
    let (kind, hint) = match path.class {
        PathClass::User => ("a path in a home directory", PARAMETER),
        PathClass::Mount => ("a path that this machine has mounted", PARAMETER),
        PathClass::System => (
            "a path of the operating system",
            "take the folder from a parameter, or from `tempfile` for temporary files",
        ),
        PathClass::Home => ("a path below the home directory", PARAMETER),
        PathClass::Rooted => ("an absolute path", PARAMETER),
    };
    let mut finding = META.finding(
        place,
        format!("`{}` is {kind}: it exists on no other machine", clip(&path.text)),
    );
    match path.class {
        PathClass::Home | PathClass::System => {
            finding.severity = Severity::Note;
            finding.message = format!("`{}` is {kind}: other machines may not have it", clip(&path.text));
        }
        PathClass::User | PathClass::Mount | PathClass::Rooted => {}
    }
    if path.commented {
        finding.severity = Severity::Note;
        finding.message = format!("`{}` is {kind}, in code that is commented out", clip(&path.text));
    }
    finding.subject = Some(path.text.clone());
    finding.hint = Some(if path.commented { COMMENTED } else { hint }.to_owned());
    finding
}

pub(super) const COMMENTED: &str = "delete the comment if nobody needs it";

pub(super) const PARAMETER: &str = "use a path relative to the notebook, or make the folder a parameter";

pub(super) fn clip(path: &str) -> String {
    match path.char_indices().nth(100) {
        Some((cut, _)) => format!("{}…", path.get(..cut).unwrap_or_default()),
        None => path.to_owned(),
    }
}

/// Walks the syntax tree with what the code around a string says about it.
struct Paths<'t> {
    text: &'t str,
    evidence: Evidence,
    found: Vec<Path>,
}

impl Paths<'_> {
    fn with(&mut self, evidence: Evidence, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.evidence, evidence);
        visit(self);
        self.evidence = outer;
    }

    fn literal(&mut self, span: Span, text: &str) {
        let written = written(span.slice(self.text));
        if let Some(class) = classify(text, &written, self.evidence) {
            let drive = matches!(class, PathClass::User | PathClass::Mount)
                && !text.starts_with('/')
                && !text.starts_with("file:");
            let text = if drive { written } else { text.to_owned() };
            self.found.push(Path::new(span, text, class));
        }
    }

    /// `os.system("touch /tmp/x")`: paths are words of the command.
    fn command(&mut self, span: Span, text: &str) {
        for word in text.split_whitespace() {
            let class = classify(word, word, Evidence::None);
            if let Some(class) = class.filter(|class| *class != PathClass::Home) {
                self.found.push(Path::new(span, word.to_owned(), class));
            }
        }
    }
}

impl<'a> Visitor<'a> for Paths<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            // a docstring, or a block of code put between quotes
            Stmt::Expr(statement) if statement.value.is_string_literal_expr() => {}
            Stmt::Assign(assign) => {
                let named = assign.targets.iter().any(names_a_path);
                self.with(if named { Evidence::For } else { Evidence::None }, |this| {
                    this.visit_expr(&assign.value)
                });
            }
            Stmt::AnnAssign(assign) => {
                let evidence = if names_a_path(&assign.target) {
                    Evidence::For
                } else {
                    Evidence::None
                };
                if let Some(value) = &assign.value {
                    self.with(evidence, |this| this.visit_expr(value));
                }
            }
            Stmt::FunctionDef(function) => {
                // decorators hold routes
                self.visit_parameters(&function.parameters);
                self.visit_body(&function.body);
            }
            _ => self.with(Evidence::None, |this| walk_stmt(this, stmt)),
        }
    }

    fn visit_parameters(&mut self, parameters: &'a ruff_python_ast::Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                let evidence = if is_path_name(parameter.name().as_str()) {
                    Evidence::For
                } else {
                    Evidence::None
                };
                self.with(evidence, |this| this.visit_expr(default));
            }
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::StringLiteral(literal) => self.literal(span(literal), literal.value.to_str()),
            Expr::FString(fstring) => {
                let first = fstring.value.iter().next();
                let start = match first {
                    Some(FStringPart::Literal(literal)) => Some(literal.value.to_string()),
                    Some(FStringPart::FString(part)) => match part.elements.first() {
                        Some(InterpolatedStringElement::Literal(literal)) => Some(literal.value.to_string()),
                        _ => None,
                    },
                    None => None,
                };
                if let Some(start) = start {
                    self.literal(span(fstring), &start);
                }
            }
            // in `prefix + "/train"` and `folder / "x"` the right part only continues a path
            Expr::BinOp(operation) if matches!(operation.op, Operator::Add | Operator::Div) => {
                self.visit_expr(&operation.left);
                self.with(Evidence::Against, |this| this.visit_expr(&operation.right));
            }
            Expr::Compare(_) => self.with(Evidence::Against, |this| walk_expr(this, expr)),
            Expr::Subscript(subscript) => {
                self.visit_expr(&subscript.value);
                self.with(Evidence::Against, |this| this.visit_expr(&subscript.slice));
            }
            Expr::Dict(dict) => {
                for item in &dict.items {
                    let named = item.key.as_ref().and_then(|key| key.as_string_literal_expr());
                    let named = named.is_some_and(|key| is_path_name(key.value.to_str()));
                    let evidence = if named {
                        self.evidence.max(Evidence::For)
                    } else {
                        self.evidence
                    };
                    let evidence = if self.evidence == Evidence::Against {
                        Evidence::Against
                    } else {
                        evidence
                    };
                    self.with(evidence, |this| this.visit_expr(&item.value));
                }
            }
            Expr::Call(call) => self.call(call),
            _ => walk_expr(self, expr),
        }
    }
}

impl Paths<'_> {
    fn call(&mut self, call: &ruff_python_ast::ExprCall) {
        let name = last_name(&call.func);
        // `"/home/ann/{}".format(x)` is still the path; `"/".join(parts)` is not
        self.with(self.evidence, |this| this.visit_expr(&call.func));
        let role = role_of(&call.func, name);
        let outer = if self.evidence == Evidence::Against {
            Evidence::Against
        } else {
            Evidence::None
        };
        for (i, argument) in call.arguments.args.iter().enumerate() {
            match (role, argument) {
                (Role::Command, Expr::StringLiteral(literal)) => self.command(span(literal), literal.value.to_str()),
                (Role::File, _) => self.with(Evidence::For, |this| this.visit_expr(argument)),
                (Role::Join, _) if i > 0 => self.with(Evidence::Against, |this| this.visit_expr(argument)),
                (Role::Join, _) => self.with(Evidence::For, |this| this.visit_expr(argument)),
                (Role::Text, _) => self.with(Evidence::Against, |this| this.visit_expr(argument)),
                _ => self.with(outer, |this| this.visit_expr(argument)),
            }
        }
        for keyword in &call.arguments.keywords {
            let named = keyword.arg.as_ref().is_some_and(|name| is_path_name(name.as_str()));
            let evidence = match role {
                Role::Text => Evidence::Against,
                _ if named => Evidence::For,
                _ => outer,
            };
            self.with(evidence, |this| this.visit_expr(&keyword.value));
        }
    }
}

/// What a function makes of its strings.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Opens, lists or names files.
    File,
    Join,
    /// Runs a command.
    Command,
    /// Matches, routes or edits text.
    Text,
    Other,
}

/// Functions whose string arguments are paths, beside `read_…`, `to_…`, `load…` and `save…`.
const FILE_FUNCTIONS: [&str; 40] = [
    "Dataset",
    "ImageFolder",
    "Path",
    "PosixPath",
    "PurePath",
    "abspath",
    "append",
    "chdir",
    "copy",
    "copyfile",
    "copytree",
    "exists",
    "expanduser",
    "from_pretrained",
    "genfromtxt",
    "getsize",
    "glob",
    "iglob",
    "imread",
    "imwrite",
    "insert",
    "isdir",
    "isfile",
    "listdir",
    "loadtxt",
    "makedirs",
    "memmap",
    "mkdir",
    "mount",
    "move",
    "open",
    "remove",
    "rename",
    "rglob",
    "rmtree",
    "scandir",
    "unlink",
    "walk",
    "walk_packages",
    "ZipFile",
];

const TEXT_FUNCTIONS: [&str; 34] = [
    "compile",
    "count",
    "delete",
    "device",
    "endswith",
    "findall",
    "finditer",
    "find_element",
    "find_elements",
    "fullmatch",
    "get",
    "getenv",
    "head",
    "index",
    "lstrip",
    "match",
    "partition",
    "patch",
    "post",
    "put",
    "replace",
    "request",
    "rfind",
    "route",
    "rpartition",
    "rsplit",
    "rstrip",
    "search",
    "split",
    "startswith",
    "strip",
    "sub",
    "urljoin",
    "xpath",
];

fn role_of(func: &Expr, name: &str) -> Role {
    let owner = func
        .as_attribute_expr()
        .map_or("", |attribute| last_name(&attribute.value));
    match (owner, name) {
        ("path" | "osp" | "os", "join") | (_, "joinpath") => Role::Join,
        (_, "join") => Role::Text,
        ("os", "system" | "popen")
        | ("subprocess" | "sp", "run" | "call" | "Popen" | "check_output" | "check_call" | "getoutput") => {
            Role::Command
        }
        // a list's own methods say nothing about what is put in
        (owner, "append" | "insert") if owner != "path" => Role::Other,
        (_, name) if TEXT_FUNCTIONS.contains(&name) => Role::Text,
        (_, name) if is_file_function(name) => Role::File,
        _ => Role::Other,
    }
}

fn is_file_function(name: &str) -> bool {
    let prefixed = ["read", "to_", "load", "save", "write", "imread", "scan_"]
        .iter()
        .any(|prefix| name.starts_with(prefix));
    prefixed || FILE_FUNCTIONS.contains(&name)
}

/// `c` of `a.b.c`.
pub(super) fn last_name(expr: &Expr) -> &str {
    match expr {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "",
    }
}

fn names_a_path(target: &Expr) -> bool {
    match target {
        Expr::Subscript(subscript) => subscript
            .slice
            .as_string_literal_expr()
            .is_some_and(|key| is_path_name(key.value.to_str())),
        _ => is_path_name(last_name(target)),
    }
}

/// Whether a variable, keyword or key by this name holds a path. `path` alone may as well be a URL's.
fn is_path_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let ends = [
        "dir",
        "_path",
        "folder",
        "directory",
        "filename",
        "file",
        "root",
        "filepath",
        "dirname",
        "_file",
        "fname",
    ];
    ends.iter().any(|end| name.ends_with(end)) && !["url", "route", "endpoint"].iter().any(|other| name.contains(other))
}

/// The literal between its quotes as it is written, with doubled backslashes made one.
fn written(literal: &str) -> String {
    let prefix = literal.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let raw = literal
        .get(..literal.len() - prefix.len())
        .is_some_and(|prefix| prefix.contains(['r', 'R']));
    let quotes: &[char] = &['"', '\''];
    let body = prefix.trim_matches(quotes);
    if raw {
        body.to_owned()
    } else {
        body.replace(r"\\", r"\")
    }
}

/// Paths in `%cd /content/x`, `!ls /home/ann`: the words that are plainly one.
fn magics(ctx: &Context<'_>, code: &CellCode, out: &mut Vec<(Place, Path)>) {
    let Some(cell) = ctx.notebook.cell(code.idx) else {
        return;
    };
    for magic in &code.magics {
        let shell = matches!(magic.effect, Effect::Shell) || magic.kind == MagicKind::Shell;
        let evidence = match magic.kind {
            MagicKind::Help | MagicKind::AutoCall => continue,
            _ if matches!(magic.effect, Effect::Directory)
                || ["run", "load", "writefile", "pycat"].contains(&magic.name.as_str()) =>
            {
                Evidence::For
            }
            _ if shell => Evidence::None,
            _ => continue,
        };
        let written = magic.source.slice(&cell.source.text);
        for word in words(&magic.arguments) {
            let class = classify(word, word, evidence);
            // commands name the system's own files all the time
            let Some(class) = class.filter(|class| !shell || matches!(class, PathClass::User | PathClass::Mount))
            else {
                continue;
            };
            let Some(at) = written.find(word) else { continue };
            let at = magic.source.start + at;
            let path = Path::new(Span::new(at, at + word.len()), word.to_owned(), class);
            out.push((ctx.in_source(cell, path.span), path));
        }
    }
}

/// The words of a command; what stands between quotes is one word.
fn words(command: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = command.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '"' | '\'' => rest
                .get(1..)
                .and_then(|inner| inner.split_once(first))
                .unwrap_or((rest, "")),
            _ => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word);
        rest = after.trim_start();
    }
    // `%cd /content/drive/My Drive` goes into one folder
    words
}

pub(super) fn span(node: &impl Ranged) -> Span {
    Span::new(node.range().start().to_usize(), node.range().end().to_usize())
}
