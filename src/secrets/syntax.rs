//! What Python says that text alone doesn't show: which value goes by which name, and which texts are one.
//!
//! A name and its value may stand lines apart, a literal in pieces, a password as the third argument of a call. Each
//! becomes a line as text would have it, `password = "…"`, and that is searched like any other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Arguments, Expr, ExprCall, Parameters, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::python::{Body, CellCode, is_stdlib, span};
use crate::text::{OffsetMap, Span};

use super::checks::unpronounceable;
use super::keywords::Keywords;
use super::label;
use super::parts::{Part, parts, pieces, text_of};
use super::shape::is_of_run;

/// Characters that a name and a value have at most.
const LONGEST_NAME: usize = 80;
const LONGEST_VALUE: usize = 4_000;
/// Characters between a name and its value that text reads by itself.
const BESIDE: usize = 40;
/// Characters around a variable that say what it is used for, and uses of it that are looked at.
const LONGEST_CONTEXT: usize = 200;
const MOST_USES: usize = 16;
/// What a line has in place of what isn't known: it may be part of an address.
const ANYTHING: &str = "x.x";

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

/// The lines that the code of each cell amounts to, with the way back to [`CellCode::text`].
pub(super) fn lines(cells: &[CellCode]) -> Vec<(&CellCode, String, OffsetMap)> {
    let mut variables = Variables::default();
    let mut imported = BTreeMap::new();
    let mut said = Vec::new();
    for (rank, code) in cells.iter().enumerate() {
        let mut speaker = Speaker {
            rank,
            text: &code.text,
            lines: Lines::default(),
            variables: &mut variables,
            imported: &mut imported,
            parameters: Vec::new(),
        };
        if let Body::Python(parsed) | Body::Private(parsed) = &code.body {
            speaker.visit_body(&parsed.syntax().body);
        }
        said.push((code, speaker.lines));
    }
    for (rank, name, value) in &variables.literals {
        let uses = variables.uses.get(name).into_iter().flatten();
        if let Some((code, lines)) = said.get_mut(*rank) {
            uses.for_each(|used| lines.push(&code.text, &used.before, value, &used.after));
        }
    }
    let said = said.into_iter().filter(|(_, lines)| !lines.text.is_empty());
    said.map(|(code, lines)| (code, lines.text, lines.map)).collect()
}

/// Lines as text would have them.
#[derive(Default)]
struct Lines {
    text: String,
    map: OffsetMap,
}

impl Lines {
    /// A line of pieces of the code, between what stands nowhere.
    fn push(&mut self, code: &str, before: &str, pieces: &[Span], after: &str) {
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
            return;
        };
        self.push_unsaid(before, first.start);
        for piece in pieces {
            self.push_said(code, *piece);
        }
        self.push_unsaid(after, last.end);
        self.push_unsaid("\n", last.end);
    }

    fn push_said(&mut self, code: &str, piece: Span) {
        self.text.push_str(piece.slice(code));
        self.map.push(piece.len(), piece);
    }

    /// Text that stands nowhere.
    fn push_unsaid(&mut self, text: &str, at: usize) {
        self.text.push_str(text);
        self.map.push(text.len(), Span::new(at, at));
    }
}

/// Literals that are used by name: what a use says of them stands elsewhere, often in another cell.
#[derive(Default)]
struct Variables<'c> {
    /// The rank of the cell, the name, the literal.
    literals: Vec<(usize, &'c str, Vec<Span>)>,
    uses: BTreeMap<&'c str, BTreeSet<Use>>,
}

/// What stands around a variable where it is used.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Use {
    before: String,
    after: String,
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

struct Speaker<'c, 's> {
    rank: usize,
    text: &'c str,
    lines: Lines,
    variables: &'s mut Variables<'c>,
    /// What a name was imported from: the first part of the module's name.
    imported: &'s mut BTreeMap<&'c str, &'c str>,
    /// Those of the functions around: callers know their values.
    parameters: Vec<&'c str>,
}

impl<'c> Speaker<'c, '_> {
    /// The line `name = "value"`, unless text shows it as well.
    fn say(&mut self, name: &str, named: Option<Span>, parts: &[Part<'c>]) {
        if name.contains('\n') {
            return;
        }
        self.note_uses(name, parts);
        let texts: Vec<Span> = parts.iter().filter_map(|part| part.text()).collect();
        let (Some(first), Some(last)) = (texts.first(), texts.last()) else {
            return;
        };
        let length: usize = texts.iter().map(|piece| piece.len()).sum();
        let between = named.map(|named| Span::new(named.end, first.start.max(named.end)).slice(self.text));
        let beside = between.is_some_and(|between| between.len() <= BESIDE && !between.contains(['\n', '#', '(']));
        let plain = parts.len() == 1 && beside;
        if plain || !(6..=LONGEST_VALUE).contains(&length) {
            return;
        }
        if name.is_empty() && !self.is_one_word(parts) {
            return;
        }
        self.lines.push_unsaid(name, first.start);
        self.lines.push_unsaid(" = \"", first.start);
        let mut at = first.start;
        for part in parts {
            match part.text() {
                Some(piece) => {
                    self.lines.push_said(self.text, piece);
                    at = piece.end;
                }
                None => self.lines.push_unsaid(ANYTHING, at),
            }
        }
        self.lines.push_unsaid("\"\n", last.end);
    }

    /// Keeps what is said of the variables among the parts of a text.
    fn note_uses(&mut self, name: &str, parts: &[Part<'c>]) {
        for (rank, part) in parts.iter().enumerate() {
            let Part::Name(variable) = part else { continue };
            let before = parts.get(..rank).unwrap_or_default();
            let beside = before.last().and_then(Part::text).map(|text| text.slice(self.text));
            if self.parameters.contains(variable) || name.is_empty() && !beside.is_some_and(leads_to_value) {
                continue;
            }
            let before = self.rendered(before);
            let after = self.rendered(parts.get(rank + 1..).unwrap_or_default());
            if name.is_empty() && !(before.contains("://") || is_telling(tail(&before, LONGEST_NAME))) {
                continue;
            }
            let uses = self.variables.uses.entry(variable).or_default();
            if uses.len() < MOST_USES {
                uses.insert(Use {
                    before: format!("{name} = \"{before}"),
                    after: format!("{after}\""),
                });
            }
        }
    }

    fn rendered(&self, parts: &[Part<'_>]) -> String {
        let text = |part: &Part<'_>| part.text().map_or(ANYTHING, |span| span.slice(self.text));
        let line: String = parts.iter().map(text).collect();
        if line.len() > LONGEST_CONTEXT || line.contains('\n') {
            String::new()
        } else {
            line
        }
    }

    /// Whether parts that no name tells of are those of one word or of an address: prose in pieces holds no secret that
    /// its pieces don't.
    fn is_one_word(&self, parts: &[Part<'_>]) -> bool {
        let byte = |at: Option<usize>| at.and_then(|at| self.text.as_bytes().get(at)).copied();
        let is_address = |part: &Part<'_>| part.text().is_some_and(|text| text.slice(self.text).contains("://"));
        parts.windows(2).any(|pair| match pair {
            [Part::Text(left), Part::Text(right)] => {
                let sides = [byte(left.end.checked_sub(1)), byte(Some(right.start))];
                sides.into_iter().all(|side| side.is_some_and(is_of_run))
            }
            _ => parts.iter().any(is_address),
        })
    }

    /// Keeps a literal that goes by a name.
    fn note_literal(&mut self, name: &'c str, value: &Expr) {
        if let Some(pieces) = pieces(self.text, value) {
            let length: usize = pieces.iter().map(|piece| piece.len()).sum();
            let spaced = pieces
                .iter()
                .any(|piece| piece.slice(self.text).contains(char::is_whitespace));
            if (6..=LONGEST_VALUE).contains(&length) && !spaced {
                self.variables.literals.push((self.rank, name, pieces));
            }
        }
    }

    /// All values that an expression may give, under its name.
    fn tell(&mut self, name: &str, named: Option<Span>, value: &'c Expr) {
        if matches!(name, "pw" | "PW") {
            // too short for a text to be searched for it
            return self.tell("password", None, value);
        }
        if !is_telling(name) {
            return;
        }
        if let Some(parts) = parts(self.text, value) {
            return self.say(name, named, &parts);
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
    fn tell_login(&mut self, pair: &'c [Expr]) {
        if let [user, password] = pair
            && parts(self.text, user).is_some()
        {
            self.tell("password", None, password);
        }
    }

    fn assign(&mut self, target: &'c Expr, value: &'c Expr) {
        if let Expr::Name(name) = target {
            self.note_literal(name.id.as_str(), value);
        }
        match (target, value) {
            (Expr::Tuple(targets), Expr::Tuple(values)) if targets.elts.len() == values.elts.len() => {
                for (target, value) in targets.elts.iter().zip(&values.elts) {
                    if let Expr::Name(name) = target {
                        self.note_literal(name.id.as_str(), value);
                    }
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

    fn call(&mut self, call: &'c ExprCall) {
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

/// Whether a value may follow: `api_key=`, `token: `, `://`.
fn leads_to_value(text: &str) -> bool {
    text.trim_end().ends_with(['=', ':', '/', '@', '"', '\''])
}

/// The last characters of a text.
fn tail(text: &str, most: usize) -> &str {
    let start = text.len().saturating_sub(most);
    let start = (start..=text.len()).find(|at| text.is_char_boundary(*at));
    start.and_then(|start| text.get(start..)).unwrap_or_default()
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

impl<'c> Visitor<'c> for Speaker<'c, '_> {
    fn visit_stmt(&mut self, stmt: &'c Stmt) {
        let outer = self.parameters.len();
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
                    self.imported.insert(name, root);
                }
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().filter(|_| import.level == 0);
                let root = module.and_then(|module| module.split('.').next()).unwrap_or_default();
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.imported.insert(name, root);
                }
            }
            Stmt::FunctionDef(function) => {
                // one with a literal for a default holds that, as far as can be seen
                for parameter in &function.parameters {
                    let name = parameter.name().as_str();
                    match parameter.default() {
                        Some(value) if pieces(self.text, value).is_some() => self.note_literal(name, value),
                        _ => self.parameters.push(name),
                    }
                }
            }
            _ => {}
        }
        walk_stmt(self, stmt);
        self.parameters.truncate(outer);
    }

    fn visit_parameters(&mut self, parameters: &'c Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                let name = &parameter.parameter.name;
                self.tell(name.as_str(), Some(span(name.range())), default);
                self.visit_expr(default);
            }
        }
    }

    fn visit_expr(&mut self, expr: &'c Expr) {
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
        let parts = match expr {
            Expr::Name(_) => None,
            _ => parts(self.text, expr),
        };
        let parts = parts.unwrap_or_default();
        if parts.len() > 1 {
            self.say("", None, &parts);
        }
        match expr {
            Expr::BinOp(_) if parts.len() > 1 => {
                // the whole of a sum says what its left parts would
                let mut left = expr;
                while let Expr::BinOp(sum) = left {
                    self.visit_expr(&sum.right);
                    left = &sum.left;
                }
                self.visit_expr(left);
            }
            _ if parts.len() > 1 && parts.iter().all(|part| part.text().is_some()) => {}
            _ => walk_expr(self, expr),
        }
    }
}
