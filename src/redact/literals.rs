//! The string literals of a cell, and what may stand in the place of each.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_keyword, walk_pattern, walk_stmt};
use ruff_python_ast::{
    Expr, FString, FStringPart, InterpolatedStringElement, InterpolatedStringElements, Keyword, Parameters, Pattern,
    Stmt, StringFlags, str::Quote,
};
use ruff_text_size::{Ranged, TextRange};

use crate::python::span;
use crate::text::Span;

/// What a literal is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Bytes,
    Format,
}

/// What a value goes by in code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// The environment variable that the code sets to it, or that it stands in for.
    Environment(String),
    /// A variable, a keyword, a key.
    Said(String),
}

/// A string literal; of several that stand side by side, one.
#[derive(Clone, Debug)]
pub(super) struct Literal {
    /// With prefix and quotes.
    pub span: Span,
    /// Its text, in stretches between the replacement fields of an f-string.
    pub texts: Vec<Span>,
    pub kind: Kind,
    pub prefix: String,
    /// `"`, `'` or three of them.
    pub quotes: &'static str,
    /// One of several side by side.
    pub joined: bool,
    /// Where no expression may stand (a pattern), or text is meant for people (a docstring).
    pub fixed: bool,
    /// Quotes that older Pythons don't take inside of a replacement field of this literal.
    pub taken: Vec<char>,
    pub name: Option<Name>,
}

/// All string literals below `body`.
pub(super) fn literals(body: &[Stmt]) -> Vec<Literal> {
    let mut finder = Finder::default();
    finder.visit_body(body);
    finder.found
}

#[derive(Default)]
struct Finder {
    found: Vec<Literal>,
    fixed: bool,
    /// The quotes of the f-strings around.
    taken: Vec<char>,
    /// Of the expression that is visited next.
    name: Option<Name>,
}

impl Finder {
    fn named(&mut self, name: Option<Name>, expr: &Expr) {
        self.name = name;
        self.visit_expr(expr);
        self.name = None;
    }

    fn add(&mut self, range: TextRange, flags: impl StringFlags, kind: Kind, texts: Vec<Span>, context: &Context) {
        let quotes = flags.quote_str();
        let mut taken = self.taken.clone();
        taken.extend(single(quotes));
        self.found.push(Literal {
            span: span(range),
            texts,
            kind,
            prefix: flags.prefix().as_str().to_owned(),
            quotes,
            joined: context.joined,
            fixed: self.fixed || context.fixed,
            taken,
            name: context.name.clone(),
        });
    }

    fn plain(&mut self, range: TextRange, flags: impl StringFlags, kind: Kind, context: &Context) {
        let whole = span(range);
        let text = Span::new(
            whole.start + flags.opener_len().to_usize(),
            whole.end.saturating_sub(flags.closer_len().to_usize()),
        );
        self.add(range, flags, kind, vec![text], context);
    }

    /// An f-string or a t-string: its own texts, then what stands in its fields.
    fn format(
        &mut self,
        range: TextRange,
        flags: impl StringFlags,
        elements: &InterpolatedStringElements,
        context: &Context,
    ) {
        let texts = elements.literals().map(|text| span(text.range)).collect();
        self.add(range, flags, Kind::Format, texts, context);
        let depth = self.taken.len();
        self.taken.extend(single(flags.quote_str()));
        self.fields(elements, flags);
        self.taken.truncate(depth);
    }

    fn fields(&mut self, elements: &InterpolatedStringElements, flags: impl StringFlags) {
        for element in elements {
            let InterpolatedStringElement::Interpolation(field) = element else {
                continue;
            };
            self.visit_expr(&field.expression);
            if let Some(spec) = &field.format_spec {
                let texts = spec.elements.literals().map(|text| span(text.range)).collect();
                let context = Context {
                    fixed: true,
                    ..Context::default()
                };
                self.add(spec.range, flags, Kind::Format, texts, &context);
                self.fields(&spec.elements, flags);
            }
        }
    }

    fn f_string(&mut self, f_string: &FString, context: &Context) {
        self.format(f_string.range, f_string.flags, &f_string.elements, context);
    }
}

/// How a literal stands.
#[derive(Clone, Default)]
struct Context {
    joined: bool,
    fixed: bool,
    name: Option<Name>,
}

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Expr(bare) if bare.value.is_string_literal_expr() => {
                self.fixed = true;
                self.visit_expr(&bare.value);
                self.fixed = false;
            }
            Stmt::Assign(assign) => {
                assign.targets.iter().for_each(|target| self.visit_expr(target));
                self.named(assign.targets.first().and_then(name_of), &assign.value);
            }
            Stmt::AnnAssign(assign) => {
                self.visit_expr(&assign.target);
                self.visit_annotation(&assign.annotation);
                if let Some(value) = &assign.value {
                    self.named(name_of(&assign.target), value);
                }
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let before = std::mem::replace(&mut self.fixed, true);
        walk_pattern(self, pattern);
        self.fixed = before;
    }

    fn visit_parameters(&mut self, parameters: &'a Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                self.named(Some(Name::Said(parameter.parameter.name.to_string())), default);
            }
        }
        for parameter in parameters {
            if let Some(annotation) = parameter.annotation() {
                self.visit_annotation(annotation);
            }
        }
    }

    fn visit_keyword(&mut self, keyword: &'a Keyword) {
        self.name = keyword.arg.as_ref().map(|name| Name::Said(name.to_string()));
        walk_keyword(self, keyword);
        self.name = None;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        let mut context = Context {
            name: self.name.take(),
            ..Context::default()
        };
        match expr {
            Expr::StringLiteral(literal) => {
                context.joined = literal.value.is_implicit_concatenated();
                for part in literal.value.as_slice() {
                    self.plain(part.range, part.flags, Kind::Text, &context);
                }
            }
            Expr::BytesLiteral(literal) => {
                context.joined = literal.value.is_implicit_concatenated();
                for part in literal.value.as_slice() {
                    self.plain(part.range, part.flags, Kind::Bytes, &context);
                }
            }
            Expr::FString(literal) => {
                context.joined = literal.value.is_implicit_concatenated();
                for part in literal.value.as_slice() {
                    match part {
                        FStringPart::Literal(part) => self.plain(part.range, part.flags, Kind::Text, &context),
                        FStringPart::FString(part) => self.f_string(part, &context),
                    }
                }
            }
            Expr::TString(literal) => {
                // its fields are values for a program, not text
                context.fixed = true;
                for part in literal.value.as_slice() {
                    self.format(part.range, part.flags, &part.elements, &context);
                }
            }
            Expr::Dict(dict) => {
                for item in &dict.items {
                    if let Some(key) = &item.key {
                        self.visit_expr(key);
                    }
                    let name = item.key.as_ref().and_then(text_of).map(Name::Said);
                    self.named(name, &item.value);
                }
            }
            Expr::Call(call) => {
                self.visit_expr(&call.func);
                let variable = environment_call(&call.func)
                    .then(|| call.arguments.args.first().and_then(text_of))
                    .flatten();
                for (i, argument) in call.arguments.args.iter().enumerate() {
                    let name = (i == 1).then(|| variable.clone().map(Name::Environment)).flatten();
                    self.named(name, argument);
                }
                call.arguments
                    .keywords
                    .iter()
                    .for_each(|keyword| self.visit_keyword(keyword));
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// The quote of a literal that has one on each side.
fn single(quotes: &str) -> Option<char> {
    (quotes.len() == 1).then(|| quotes.chars().next()).flatten()
}

/// Any quote but those that are taken.
pub(super) fn free_quote(taken: &[char]) -> Option<char> {
    [Quote::Double, Quote::Single]
        .map(Quote::as_char)
        .into_iter()
        .find(|quote| !taken.contains(quote))
}

/// `db.password = …`, `config["password"] = …`, `os.environ["DB_PASSWORD"] = …`
fn name_of(target: &Expr) -> Option<Name> {
    match target {
        Expr::Name(name) => Some(Name::Said(name.id.to_string())),
        Expr::Attribute(attribute) => Some(Name::Said(match attribute.value.as_ref() {
            Expr::Name(owner) if owner.id.as_str() != "self" => format!("{}_{}", owner.id, attribute.attr),
            _ => attribute.attr.to_string(),
        })),
        Expr::Subscript(item) => {
            let key = text_of(&item.slice)?;
            Some(if is_environment(&item.value) {
                Name::Environment(key)
            } else {
                Name::Said(key)
            })
        }
        _ => None,
    }
}

fn text_of(expr: &Expr) -> Option<String> {
    expr.as_string_literal_expr().map(|text| text.value.to_str().to_owned())
}

/// `os.environ`, `environ`
fn is_environment(expr: &Expr) -> bool {
    match expr {
        Expr::Name(name) => name.id.as_str() == "environ",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "environ",
        _ => false,
    }
}

/// A call that takes a variable's name, then its value or what stands in for it.
fn environment_call(func: &Expr) -> bool {
    match func {
        Expr::Name(name) => matches!(name.id.as_str(), "getenv" | "putenv"),
        Expr::Attribute(attribute) => {
            matches!(attribute.attr.as_str(), "getenv" | "putenv")
                || is_environment(&attribute.value) && matches!(attribute.attr.as_str(), "get" | "setdefault")
        }
        _ => false,
    }
}

/// Whether `body` imports `os` at its top level in a statement that ends before `before`.
pub(super) fn imports_os(body: &[Stmt], before: usize) -> bool {
    body.iter()
        .take_while(|stmt| span(stmt.range()).end <= before)
        .filter_map(Stmt::as_import_stmt)
        .flat_map(|import| &import.names)
        .any(|alias| match &alias.asname {
            Some(name) => alias.name.as_str() == "os" && name.as_str() == "os",
            None => alias.name.split('.').next() == Some("os"),
        })
}
