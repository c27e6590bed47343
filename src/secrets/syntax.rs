//! What Python says that text alone doesn't show: which value goes by which name, and which texts are one.
//!
//! A name and its value may stand lines apart, a literal in pieces, a password as the third argument of a call. Each
//! becomes a line as text would have it, `password = "…"`, and that is searched like any other.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{
    Arguments, Expr, ExprCall, FStringPart, InterpolatedStringElement, Operator, Parameters, Stmt, StringFlags,
};
use ruff_text_size::{Ranged, TextRange};

use crate::python::{Body, CellCode, is_stdlib, span};
use crate::text::{OffsetMap, Span};

use super::checks::unpronounceable;
use super::keywords::Keywords;
use super::label;
use super::shape::is_of_run;

/// Characters that a name and a value have at most.
const LONGEST_NAME: usize = 80;
const LONGEST_VALUE: usize = 4_000;
/// Levels of an expression whose pieces are put together.
const DEEPEST_SUM: usize = 50;
/// Characters between a name and its value that text reads by itself.
const BESIDE: usize = 40;

/// Calls that take a password or a key by its place: how the callee ends, the place, what stands there.
const BY_PLACE: [(&str, usize, &str); 22] = [
    ("BasicAuth", 1, "password"),
    ("DigestAuth", 1, "password"),
    ("FTP", 2, "password"),
    ("FTP_TLS", 2, "password"),
    ("HttpNtlmAuth", 1, "password"),
    ("InfluxDBClient", 3, "password"),
    ("MySQLdb.connect", 2, "password"),
    ("OAuth1Session", 1, "client_secret"),
    ("OAuthHandler", 1, "consumer_secret"),
    ("PlainTextAuthenticator", 1, "password"),
    ("S3Connection", 1, "aws_secret_access_key"),
    ("Salesforce", 1, "password"),
    ("SpotifyClientCredentials", 1, "client_secret"),
    ("StrictRedis", 3, "password"),
    ("basic_auth", 1, "password"),
    ("cx_Oracle.connect", 1, "password"),
    ("login", 1, "password"),
    ("oracledb.connect", 1, "password"),
    ("pymysql.connect", 2, "password"),
    ("redis.Redis", 3, "password"),
    ("set_access_token", 1, "access_token_secret"),
    ("setpassword", 0, "password"),
];

/// Calls that give back what they are given.
const WRAPPERS: [&str; 4] = ["SecretStr", "SecretBytes", "str", "bytes"];
/// Methods of a text that leave a secret one.
const PLAIN_METHODS: [&str; 5] = ["encode", "decode", "strip", "rstrip", "lstrip"];
/// Calls whose second argument, or `default`, stands in for what isn't there.
const DEFAULTS: [&str; 8] = [
    "get",
    "getenv",
    "pop",
    "setdefault",
    "field",
    "Field",
    "config",
    "input",
];

/// The lines that a cell's code amounts to, with the way back to [`CellCode::text`].
pub(super) fn lines(code: &CellCode) -> Option<(String, OffsetMap)> {
    let (Body::Python(parsed) | Body::Private(parsed)) = &code.body else {
        return None;
    };
    let mut speaker = Speaker {
        text: &code.text,
        lines: String::new(),
        map: OffsetMap::default(),
        imported: BTreeMap::new(),
    };
    speaker.visit_body(&parsed.syntax().body);
    (!speaker.lines.is_empty()).then_some((speaker.lines, speaker.map))
}

/// Whether what stands at `at` is a name that code goes by: in no string, comment or magic.
pub(super) fn is_name_in_code(code: &CellCode, at: Span) -> bool {
    let (Body::Python(parsed) | Body::Private(parsed)) = &code.body else {
        return false;
    };
    let is_text = |kind| {
        matches!(
            kind,
            TokenKind::String
                | TokenKind::FStringMiddle
                | TokenKind::TStringMiddle
                | TokenKind::Comment
                | TokenKind::IpyEscapeCommand
        )
    };
    let touches = |range: TextRange| span(range).start < at.end && at.start < span(range).end;
    let mut tokens = parsed.tokens().iter().filter(|token| touches(token.range()));
    !tokens.any(|token| is_text(token.kind())) && reads_as_name(at.slice(&code.text))
}

/// `DB_PASS_2`, `make_token2_from_config`: words with a few digits, and no value that was pasted without its quotes.
fn reads_as_name(value: &str) -> bool {
    let mut words = 0;
    let mut letters = 0;
    let mut last = ' ';
    for c in value.chars() {
        if c.is_ascii_alphabetic() {
            letters += 1;
            let starts = !last.is_ascii_alphabetic() || (last.is_ascii_lowercase() && c.is_ascii_uppercase());
            words += usize::from(starts);
        }
        last = c;
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let spoken = letters >= 3 * words && 4 * digits <= letters && !unpronounceable(value);
    spoken || (value.contains('_') && value.len() < 20)
}

struct Speaker<'c> {
    text: &'c str,
    lines: String,
    map: OffsetMap,
    /// What a name was imported from: the first part of the module's name.
    imported: BTreeMap<String, String>,
}

impl Speaker<'_> {
    /// The line `name = "value"`, unless text shows it as well.
    fn say(&mut self, name: &str, named: Option<Span>, value: &[Span]) {
        let (Some(first), Some(last)) = (value.first(), value.last()) else {
            return;
        };
        let length: usize = value.iter().map(|piece| piece.len()).sum();
        let between = named.map(|named| Span::new(named.end, first.start.max(named.end)).slice(self.text));
        let beside = between.is_some_and(|between| between.len() <= BESIDE && !between.contains(['\n', '#', '(']));
        let plain = value.len() == 1 && beside;
        if plain || !(6..=LONGEST_VALUE).contains(&length) || name.contains('\n') {
            return;
        }
        if name.is_empty() && !self.is_one_word(value) {
            return;
        }
        self.push_unsaid(name, first.start);
        self.push_unsaid(" = \"", first.start);
        for piece in value {
            self.lines.push_str(piece.slice(self.text));
            self.map.push(piece.len(), *piece);
        }
        self.push_unsaid("\"\n", last.end);
    }

    /// Text that stands nowhere.
    fn push_unsaid(&mut self, text: &str, at: usize) {
        self.lines.push_str(text);
        self.map.push(text.len(), Span::new(at, at));
    }

    /// Whether pieces that no name tells of are parts of one word: prose in pieces holds no secret that its pieces don't.
    fn is_one_word(&self, value: &[Span]) -> bool {
        let byte = |at: Option<usize>| at.and_then(|at| self.text.as_bytes().get(at)).copied();
        value.windows(2).any(|pair| {
            let [left, right] = pair else { return false };
            let sides = [byte(left.end.checked_sub(1)), byte(Some(right.start))];
            sides.into_iter().all(|side| side.is_some_and(is_of_run))
        })
    }

    /// All values that an expression may give, under its name.
    fn tell(&mut self, name: &str, named: Option<Span>, value: &Expr) {
        if matches!(name, "pw" | "PW") {
            // too short for a text to be searched for it
            return self.tell("password", None, value);
        }
        if !is_telling(name) {
            return;
        }
        if let Some(pieces) = pieces(value) {
            return self.say(name, named, &pieces);
        }
        match value {
            Expr::If(either) => {
                self.tell(name, named, &either.body);
                self.tell(name, named, &either.orelse);
            }
            Expr::BoolOp(any) => any.values.iter().for_each(|value| self.tell(name, named, value)),
            Expr::List(list) => list.elts.iter().for_each(|value| self.tell(name, None, value)),
            Expr::Set(set) => set.elts.iter().for_each(|value| self.tell(name, None, value)),
            Expr::Dict(dict) => {
                let values = dict.items.iter().map(|item| &item.value);
                values.for_each(|value| self.tell(name, None, value));
            }
            Expr::Tuple(pair) if name.ends_with("auth") => self.tell_login(&pair.elts),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|value| self.tell(name, None, value)),
            Expr::Call(call) => {
                if let Some(value) = stand_in(call) {
                    self.tell(name, None, value);
                }
            }
            _ => {}
        }
    }

    /// `("user", "password")`
    fn tell_login(&mut self, pair: &[Expr]) {
        if let [user, password] = pair
            && pieces(user).is_some()
        {
            self.tell("password", None, password);
        }
    }

    fn assign(&mut self, target: &Expr, value: &Expr) {
        match (target, value) {
            (Expr::Tuple(targets), Expr::Tuple(values)) if targets.elts.len() == values.elts.len() => {
                for (target, value) in targets.elts.iter().zip(&values.elts) {
                    let name = span(target.range()).slice(self.text).to_owned();
                    self.tell(&name, None, value);
                }
            }
            (Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_), _) => {
                let named = span(target.range());
                let name = named.slice(self.text).to_owned();
                self.tell(&name, Some(named), value);
            }
            _ => {}
        }
    }

    fn call(&mut self, call: &ExprCall) {
        let callee = span(call.func.range()).slice(self.text).to_owned();
        let Arguments { args, keywords, .. } = &call.arguments;
        let method = callee.rsplit('.').next().unwrap_or_default();
        for keyword in keywords {
            match keyword.arg.as_deref() {
                // any function has a key; a client's is one of a service
                Some("key") if is_client(method) => self.tell("api_key", None, &keyword.value),
                Some(name) => self.tell(
                    name,
                    keyword.arg.as_ref().map(|name| span(name.range())),
                    &keyword.value,
                ),
                None => {}
            }
        }
        for (end, place, name) in BY_PLACE {
            let value = args
                .get(place)
                .filter(|_| callee.ends_with(end) && args.iter().all(|arg| !arg.is_starred_expr()));
            if let Some(value) = value {
                self.tell(name, None, value);
            }
        }
        let texts: Vec<Option<&str>> = args.iter().map(text_of).collect();
        if let ([Some(name), ..], Some(value)) = (texts.as_slice(), args.get(1)) {
            // `environ.setdefault("TOKEN", "…")`
            let named = args.first().map(|arg| span(arg.range()));
            self.tell(name, named, value);
        }
        let option = texts.iter().flatten().find_map(|text| text.strip_prefix("--"));
        let default = keywords
            .iter()
            .find(|keyword| keyword.arg.as_deref() == Some("default"));
        if let (Some(option), Some(default)) = (option, default) {
            self.tell(option, None, &default.value);
        }
        let Some(first) = args.first() else { return };
        if ["set_", "use_", "authenticate", "login"]
            .iter()
            .any(|start| method.starts_with(start))
            && args.len() == 1
        {
            self.tell(method, None, first);
        }
        if self.is_its_packages_own(&callee) {
            self.tell("api_key", None, first);
        }
    }

    /// Whether a class is named as the package that it comes from, as clients of services are: `lyricsgenius.Genius`.
    fn is_its_packages_own(&self, callee: &str) -> bool {
        let (root, class) = (callee.split('.').next(), callee.rsplit('.').next());
        let (Some(module), Some(class)) = (root.and_then(|root| self.imported.get(root)), class) else {
            return false;
        };
        let (module, lower) = (plain(module), plain(class));
        class.starts_with(|c: char| c.is_ascii_uppercase())
            && module.len().min(lower.len()) >= 4
            && (module.contains(&lower) || lower.contains(&module))
            && !is_stdlib(&module)
    }
}

/// Whether a name may be a secret's: most values of a notebook go by names that are none.
fn is_telling(name: &str) -> bool {
    static WORDS: LazyLock<Keywords> = LazyLock::new(|| {
        let words = label::WORDS.into_iter().chain(["auth", "cred", "private", "access"]);
        Keywords::new(words.collect())
    });
    name.len() <= LONGEST_NAME && WORDS.is_any_in(name.as_bytes())
}

/// Whether a function is what logs in to a service.
fn is_client(function: &str) -> bool {
    let lower = plain(function);
    ["client", "auth", "api", "credential"]
        .iter()
        .any(|part| lower.contains(part))
}

/// Letters in lower case.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

fn text_of(expr: &Expr) -> Option<&str> {
    expr.as_string_literal_expr().map(|text| text.value.to_str())
}

/// What a call gives where what it looks for isn't there: `getenv("TOKEN", "…")`, `field(default="…")`.
fn stand_in(call: &ExprCall) -> Option<&Expr> {
    let name = match call.func.as_ref() {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return None,
    };
    if !DEFAULTS.contains(&name) {
        return None;
    }
    let mut keywords = call.arguments.keywords.iter();
    let default = keywords.find(|keyword| keyword.arg.as_deref() == Some("default"));
    default
        .map(|keyword| &keyword.value)
        .or_else(|| call.arguments.args.get(1))
}

/// Where the text of a literal stands that nothing has to be worked out for, piece by piece.
fn pieces(expr: &Expr) -> Option<Vec<Span>> {
    pieces_down_to(expr, DEEPEST_SUM)
}

/// The same, no deeper than that: this is asked at every level of an expression.
fn pieces_down_to(expr: &Expr, depth: usize) -> Option<Vec<Span>> {
    let depth = depth.checked_sub(1)?;
    let pieces = |expr: &Expr| pieces_down_to(expr, depth);
    let inside = |range: TextRange, flags: &dyn Fn() -> (usize, usize)| {
        let (open, close) = flags();
        let whole = span(range);
        Span::new(
            whole.start + open,
            whole.end.saturating_sub(close).max(whole.start + open),
        )
    };
    match expr {
        Expr::StringLiteral(literal) => {
            let parts = literal.value.as_slice().iter();
            Some(parts.map(|part| inside(part.range, &|| quotes(part.flags))).collect())
        }
        Expr::BytesLiteral(literal) => {
            let parts = literal.value.as_slice().iter();
            Some(parts.map(|part| inside(part.range, &|| quotes(part.flags))).collect())
        }
        Expr::FString(literal) => {
            let mut found = Vec::new();
            for part in literal.value.as_slice() {
                match part {
                    FStringPart::Literal(part) => found.push(inside(part.range, &|| quotes(part.flags))),
                    FStringPart::FString(part) => {
                        for element in &part.elements {
                            let InterpolatedStringElement::Literal(text) = element else {
                                return None;
                            };
                            found.push(span(text.range));
                        }
                    }
                }
            }
            Some(found)
        }
        Expr::BinOp(sum) if sum.op == Operator::Add => {
            let right = pieces(&sum.right)?;
            let mut both = pieces(&sum.left)?;
            both.extend(right);
            Some(both)
        }
        Expr::Call(call) => match (call.func.as_ref(), call.arguments.args.as_ref()) {
            (Expr::Attribute(method), [Expr::List(parts)]) if method.attr.as_str() == "join" => {
                let glue = text_of(&method.value)?;
                let parts: Option<Vec<_>> = parts.elts.iter().map(pieces).collect();
                glue.is_empty().then_some(parts?.concat())
            }
            (Expr::Attribute(method), _) if PLAIN_METHODS.contains(&method.attr.as_str()) => pieces(&method.value),
            (Expr::Name(name), [value, ..]) if WRAPPERS.contains(&name.id.as_str()) => pieces(value),
            _ => None,
        },
        _ => None,
    }
}

/// How long a literal's opening and closing are.
fn quotes(flags: impl StringFlags) -> (usize, usize) {
    (flags.opener_len().to_usize(), flags.closer_len().to_usize())
}

impl<'a> Visitor<'a> for Speaker<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Assign(assign) => assign
                .targets
                .iter()
                .for_each(|target| self.assign(target, &assign.value)),
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assign(&assign.target, value);
                }
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let root = alias.name.split('.').next().unwrap_or_default();
                    let name = alias.asname.as_ref().map_or(root, |name| name.as_str());
                    self.imported.insert(name.to_owned(), root.to_owned());
                }
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().filter(|_| import.level == 0);
                let root = module.and_then(|module| module.split('.').next()).unwrap_or_default();
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.imported.insert(name.to_string(), root.to_owned());
                }
            }
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_parameters(&mut self, parameters: &'a Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                let name = &parameter.parameter.name;
                self.tell(name.as_str(), Some(span(name.range())), default);
                self.visit_expr(default);
            }
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Named(named) => self.assign(&named.target, &named.value),
            Expr::Dict(dict) => {
                for item in &dict.items {
                    if let Some((key, name)) = item.key.as_ref().and_then(|key| Some((key, text_of(key)?))) {
                        self.tell(name, Some(span(key.range())), &item.value);
                    }
                }
            }
            Expr::Call(call) => self.call(call),
            _ => {}
        }
        match pieces(expr) {
            Some(parts) if parts.len() > 1 => self.say("", None, &parts),
            _ => walk_expr(self, expr),
        }
    }
}
