//! Types of values that are known for certain: by the literals, constructors and calls that make them, and by the tables
//! that the notebook showed of them.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::{CmpOp, Expr, ExprCall, Number, Operator, Stmt, UnaryOp};

use crate::facts::{BindKind, Facts, NameId, dotted};
use crate::notebook::Notebook;
use crate::python::Table;

use super::bindings::Histories;
use super::fate::single_assignment;
use super::modules::star_module;
use super::pieces::{Fate, Piece};

static RETURNS: Table = Table::new(include_str!("../../data/returns.tsv"));

const FRAME: &str = "pandas.DataFrame";
const GROUPED: &str = "pandas.api.typing.DataFrameGroupBy";

/// Calls that give frames whose columns have one level, from frames of which that is known.
const FLAT: &[&str] = &[
    "DataFrame",
    "assign",
    "copy",
    "crosstab",
    "drop",
    "drop_duplicates",
    "dropna",
    "fillna",
    "get_dummies",
    "head",
    "json_normalize",
    "merge",
    "pivot_table",
    "query",
    "read_csv",
    "read_feather",
    "read_fwf",
    "read_json",
    "read_parquet",
    "read_sql",
    "read_sql_query",
    "read_table",
    "rename",
    "reset_index",
    "sample",
    "set_index",
    "sort_index",
    "sort_values",
    "tail",
];

/// Arguments with which a call gives something else.
const ODD: &[&str] = &[
    "chunksize",
    "inplace",
    "iterator",
    "orient",
    "sheet_name",
    "squeeze",
    "typ",
    "unpack",
];

/// Arguments that don't change what a reduction gives.
const PLAIN: &[&str] = &["ddof", "min_count", "numeric_only", "skipna"];

/// Libraries with frames of their own, which look like those of pandas where they are shown.
const OTHER_FRAMES: &[&str] = &["cudf", "dask", "databricks", "modin", "polars", "pyspark", "vaex"];

/// What is known of the notebook's values.
#[derive(Debug, Default)]
pub(super) struct Types {
    /// Annotations for the names of which every binding has one type.
    pub annotations: BTreeMap<NameId, String>,
    /// Names of frames whose columns have one level.
    pub frames: BTreeSet<NameId>,
}

/// A value's type: the path of its class, with parameters where it is generic.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    path: String,
    /// Whether it is a frame whose columns have one level.
    flat: bool,
}

impl Known {
    fn of(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            flat: false,
        }
    }
}

/// The types of all names that kept pieces bind.
pub(super) fn value_types(
    notebook: &Notebook<'_>,
    facts: &Facts,
    histories: &Histories,
    pieces: &[Piece<'_>],
) -> Types {
    let mut reader = Reader {
        facts,
        histories,
        pieces,
        stars: pieces.iter().any(|piece| star_module(piece.stmt).is_some()),
        now: BTreeMap::new(),
    };
    let shown = shown_frames(notebook, facts, histories, pieces);
    let mut joined: BTreeMap<NameId, Option<Known>> = BTreeMap::new();
    for piece in pieces.iter().filter(|piece| piece.is_kept()) {
        let values = reader.values(piece.stmt);
        for bind in &piece.facts.binds {
            let text = facts.text(bind.name);
            let known = values
                .iter()
                .find(|(name, _)| *name == text)
                .and_then(|(_, known)| known.clone());
            let known = known.or_else(|| shown.contains(&bind.name).then(|| Known::of(FRAME)));
            reader.now.insert(bind.name, known.clone());
            let before = joined.entry(bind.name).or_insert_with(|| known.clone());
            *before = match (before.take(), known) {
                (Some(a), Some(b)) if a.path == b.path => Some(Known {
                    flat: a.flat && b.flat,
                    ..a
                }),
                _ => None,
            };
        }
    }
    let mut out = Types::default();
    for (name, known) in joined {
        let Some(known) = known.filter(|_| !histories.get(name).global) else {
            continue;
        };
        if let Some(annotation) = reader.annotation(name, &known.path) {
            out.annotations.insert(name, annotation);
            out.frames.extend(known.flat.then_some(name));
        }
    }
    out
}

struct Reader<'r> {
    facts: &'r Facts,
    histories: &'r Histories,
    pieces: &'r [Piece<'r>],
    /// Whether a star import may have bound anything.
    stars: bool,
    /// What names hold where the reading has come to.
    now: BTreeMap<NameId, Option<Known>>,
}

impl Reader<'_> {
    /// The names that a statement assigns, each with what is known of its value.
    fn values<'s>(&self, stmt: &'s Stmt) -> Vec<(&'s str, Option<Known>)> {
        if let Some((name, value)) = single_assignment(stmt) {
            return vec![(name, self.of(value))];
        }
        let Stmt::Assign(assign) = stmt else { return Vec::new() };
        let ([Expr::Tuple(targets)], Expr::Call(call)) = (assign.targets.as_slice(), assign.value.as_ref()) else {
            return Vec::new();
        };
        if self.path(&call.func).as_deref() != Some("sklearn.model_selection.train_test_split") {
            return Vec::new();
        }
        // each of its arrays in two parts
        let parts = call.arguments.args.iter().flat_map(|array| [array, array]);
        let named = targets.elts.iter().zip(parts).filter_map(|(target, array)| {
            let known = self.of(array).filter(|known| known.path.starts_with("pandas."));
            Some((target.as_name_expr()?.id.as_str(), known))
        });
        named.collect()
    }

    fn of(&self, expr: &Expr) -> Option<Known> {
        let path = match expr {
            Expr::NumberLiteral(number) => match number.value {
                Number::Int(_) => "int",
                Number::Float(_) => "float",
                Number::Complex { .. } => "complex",
            },
            Expr::StringLiteral(_) | Expr::FString(_) => "str",
            Expr::BytesLiteral(_) => "bytes",
            Expr::BooleanLiteral(_) => "bool",
            Expr::List(list) => return Some(Known::of(&list_of(&list.elts))),
            Expr::ListComp(_) => "list[Any]",
            Expr::Dict(dict)
                if dict
                    .items
                    .iter()
                    .all(|item| item.key.as_ref().is_some_and(Expr::is_string_literal_expr)) =>
            {
                "dict[str, Any]"
            }
            Expr::Dict(_) | Expr::DictComp(_) => "dict[Any, Any]",
            Expr::Set(_) | Expr::SetComp(_) => "set[Any]",
            Expr::Tuple(_) => "tuple[Any, ...]",
            Expr::Name(name) => return self.now.get(&self.facts.names.find(name.id.as_str())?)?.clone(),
            Expr::UnaryOp(unary) => match unary.op {
                UnaryOp::Not => "bool",
                UnaryOp::UAdd | UnaryOp::USub => return self.of(&unary.operand).filter(|known| is_number(&known.path)),
                UnaryOp::Invert => return None,
            },
            Expr::Compare(compare) if compare.ops.iter().all(|op| matches!(op, CmpOp::Is | CmpOp::IsNot)) => "bool",
            Expr::BinOp(binary) => {
                let (left, right) = (self.of(&binary.left)?, self.of(&binary.right)?);
                return operation(&left.path, binary.op, &right.path).map(Known::of);
            }
            Expr::If(choice) => {
                return self
                    .of(&choice.body)
                    .filter(|known| self.of(&choice.orelse).as_ref() == Some(known));
            }
            Expr::Attribute(attribute) => {
                let of_module = self.path(expr).and_then(|path| returned(&path));
                let of_value = || returned(&format!("{}.{}", self.of(&attribute.value)?.path, attribute.attr));
                let (path, when) = of_module.or_else(of_value)?;
                return (when == When::Property).then(|| Known::of(path));
            }
            Expr::Subscript(subscript) => return self.part(&subscript.value, &subscript.slice),
            Expr::Call(call) => return self.call(call),
            _ => return None,
        };
        Some(Known::of(path))
    }

    /// A list of labels, a slice or a mask gives a frame of a frame; a label may give anything.
    fn part(&self, value: &Expr, slice: &Expr) -> Option<Known> {
        let whole = self.of(value)?;
        if whole.path == GROUPED {
            return slice.is_list_expr().then_some(whole);
        }
        let frame = Some(whole).filter(|known| known.path == FRAME)?;
        let of_frame = |expr: &Expr| {
            let (Expr::Attribute(_) | Expr::Subscript(_)) = expr else {
                return false;
            };
            root(expr).is_some_and(|name| root(value) == Some(name))
        };
        let is_part = match slice {
            Expr::List(_) | Expr::Slice(_) => true,
            Expr::Compare(compare) => of_frame(&compare.left),
            _ => false,
        };
        is_part.then_some(frame)
    }

    fn call(&self, call: &ExprCall) -> Option<Known> {
        let keywords = || {
            call.arguments
                .keywords
                .iter()
                .map(|keyword| keyword.arg.as_ref().map(|arg| arg.as_str()))
        };
        if keywords().any(|keyword| keyword.is_none_or(|keyword| ODD.contains(&keyword))) {
            return None;
        }
        let plain = || call.arguments.args.is_empty() && keywords().flatten().all(|keyword| PLAIN.contains(&keyword));
        let allowed = |when: When| match when {
            When::Always => true,
            When::Plain => plain(),
            When::Property => false,
        };
        if let Some(path) = self.path(&call.func) {
            if let Some((result, when)) = returned(&path) {
                let name = path.rsplit('.').next().unwrap_or_default();
                let known = Known {
                    flat: FLAT.contains(&name),
                    ..Known::of(result)
                };
                return allowed(when).then_some(known);
            }
            if let Some(class) = self.class(&path, &call.func) {
                return Some(class);
            }
            if path == "pandas.concat" {
                return self.concatenated(call);
            }
        }
        let Expr::Attribute(attribute) = call.func.as_ref() else {
            return None;
        };
        let receiver = self.of(&attribute.value)?;
        if receiver.path.starts_with("sklearn.") && attribute.attr.as_str() == "fit" {
            return Some(receiver);
        }
        let (result, when) = returned(&format!("{}.{}", receiver.path, attribute.attr))?;
        allowed(when).then(|| Known {
            flat: receiver.flat && FLAT.contains(&attribute.attr.as_str()),
            ..Known::of(result)
        })
    }

    /// Frames one below the other, or side by side.
    fn concatenated(&self, call: &ExprCall) -> Option<Known> {
        let [Expr::List(list)] = &*call.arguments.args else {
            return None;
        };
        let is_frame = |expr: &Expr| self.of(expr).is_some_and(|known| known.path == FRAME);
        (!list.elts.is_empty() && list.elts.iter().all(is_frame)).then(|| Known::of(FRAME))
    }

    /// What the call of a class makes: one of scikit-learn's, or one that the notebook defines in a plain way.
    fn class(&self, path: &str, func: &Expr) -> Option<Known> {
        let name = path.rsplit('.').next().unwrap_or_default();
        if path.starts_with("sklearn.") && name.starts_with(|c: char| c.is_ascii_uppercase()) {
            return Some(Known::of(path));
        }
        let id = self.facts.names.find(func.as_name_expr()?.id.as_str())?;
        self.is_plain_class(id).then(|| Known::of(path))
    }

    /// Whether a name is a class of the notebook's own whose calls make its instances.
    fn is_plain_class(&self, name: NameId) -> bool {
        let [only] = self.histories.get(name).binders.as_slice() else {
            return false;
        };
        let piece = self.pieces.get(*only).filter(|piece| piece.fate == Fate::Function);
        let Some(Stmt::ClassDef(class)) = piece.map(|piece| piece.stmt) else {
            return false;
        };
        let makes_others = class.body.iter().any(|stmt| {
            let Stmt::FunctionDef(def) = stmt else { return false };
            def.name.as_str() == "__new__"
        });
        class.decorator_list.is_empty() && class.keywords().is_empty() && !makes_others
    }

    /// Whether anything may change what is in the object.
    fn changes(&self, name: NameId) -> bool {
        !self.histories.get(name).mutators.is_empty()
    }

    /// The path of what an expression names: of an import, or of a built-in that nothing hides.
    fn path(&self, expr: &Expr) -> Option<String> {
        let path = dotted(expr, &self.facts.imports)?;
        let Expr::Name(name) = expr else { return Some(path) };
        let text = name.id.as_str();
        let imported = self.facts.imports.path(text).is_some();
        let id = self.facts.names.find(text);
        let own = id.is_some_and(|id| self.histories.is_variable(id));
        // a class of the notebook's own has its name, which no row of the table has
        let hidden = (own || self.stars) && RETURNS.contains(text);
        (imported || !hidden).then_some(path)
    }

    /// A type as the notebook's imports can name it.
    fn annotation(&self, name: NameId, path: &str) -> Option<String> {
        let (class, parameters) = path.split_at_checked(path.find('[').unwrap_or(path.len()))?;
        if !class.contains('.') {
            let id = self.facts.names.find(class);
            let hidden = id.is_some_and(|id| self.histories.is_variable(id) && !self.is_plain_class(id));
            // what is in a list may change
            let text = match class {
                "list" if self.changes(name) => "list[Any]",
                "dict" if self.changes(name) => "dict[Any, Any]",
                _ => path,
            };
            return (!hidden).then(|| text.to_owned());
        }
        let imports = self.pieces.iter().filter(|piece| piece.fate == Fate::Import);
        let bound = imports.flat_map(|piece| &piece.facts.binds).filter(|bind| {
            let kinds = &self.histories.get(bind.name).kinds;
            kinds.iter().all(|kind| matches!(kind, BindKind::Import { .. }))
        });
        let named = bound.filter_map(|bind| {
            let text = self.facts.text(bind.name);
            let rest = class.strip_prefix(self.facts.imports.path(text)?)?;
            (rest.is_empty() || rest.starts_with('.')).then(|| format!("{text}{rest}"))
        });
        // the shortest is that of the nearest import
        let shortest = named.min_by(|a, b| {
            a.matches('.')
                .count()
                .cmp(&b.matches('.').count())
                .then_with(|| a.cmp(b))
        })?;
        // classes that pandas shows under a name of newer versions only
        (!class.contains(".api.")).then(|| format!("{shortest}{parameters}"))
    }
}

/// Names that are bound once, and that the notebook later showed as a table.
fn shown_frames(
    notebook: &Notebook<'_>,
    facts: &Facts,
    histories: &Histories,
    pieces: &[Piece<'_>],
) -> BTreeSet<NameId> {
    let imports = || {
        pieces
            .iter()
            .filter(|piece| piece.fate == Fate::Import)
            .flat_map(|piece| &piece.facts.binds)
    };
    let tops: BTreeSet<&str> = imports()
        .filter_map(|bind| facts.imports.path(facts.text(bind.name))?.split('.').next())
        .collect();
    if !tops.contains("pandas") || OTHER_FRAMES.iter().any(|top| tops.contains(top)) {
        return BTreeSet::new();
    }
    let ran = |piece: &Piece<'_>| notebook.cell(piece.cell).and_then(|cell| cell.execution_count);
    let displayed = pieces.iter().filter(|piece| piece.displayed);
    let named = displayed.filter_map(|piece| {
        let Stmt::Expr(shown) = piece.stmt else { return None };
        let name = facts.names.find(table_of(&shown.value)?)?;
        let cell = notebook.cell(piece.cell)?;
        let table = cell.outputs.iter().any(|output| {
            let html = output.mime("text/html");
            html.is_some_and(|node| notebook.text_of(node).text.contains("class=\"dataframe\""))
        });
        let [binder] = histories.get(name).binders.as_slice() else {
            return None;
        };
        let bound = ran(pieces.get(*binder)?)?;
        (table && bound < ran(piece)?).then_some(name)
    });
    named.collect()
}

/// The name in `name`, `name.head()`.
fn table_of(shown: &Expr) -> Option<&str> {
    match shown {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Call(call) => {
            let Expr::Attribute(attribute) = call.func.as_ref() else {
                return None;
            };
            let part = ["head", "sample", "tail"].contains(&attribute.attr.as_str());
            attribute
                .value
                .as_name_expr()
                .filter(|_| part)
                .map(|name| name.id.as_str())
        }
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    Plain,
    Property,
}

/// What the table says of a function or method.
fn returned(path: &str) -> Option<(&'static str, When)> {
    let row = RETURNS.get(path)?;
    Some(if let Some(result) = row.strip_suffix(" plain") {
        (result, When::Plain)
    } else if let Some(result) = row.strip_suffix(" property") {
        (result, When::Property)
    } else {
        (row, When::Always)
    })
}

fn list_of(elements: &[Expr]) -> String {
    let all = |test: fn(&Expr) -> bool| !elements.is_empty() && elements.iter().all(test);
    if all(Expr::is_string_literal_expr) {
        "list[str]".to_owned()
    } else {
        "list[Any]".to_owned()
    }
}

fn is_number(path: &str) -> bool {
    ["float", "int"].contains(&path)
}

/// What an operation on built-in values gives.
fn operation(left: &str, operator: Operator, right: &str) -> Option<&'static str> {
    let sum = matches!(operator, Operator::Add | Operator::Sub | Operator::Mult);
    let whole = sum || matches!(operator, Operator::FloorDiv | Operator::Mod);
    match (left, right) {
        ("int", "int") if whole => Some("int"),
        (left, right) if is_number(left) && is_number(right) && (whole || operator == Operator::Div) => Some("float"),
        ("str", "str") if operator == Operator::Add => Some("str"),
        ("str", _) if operator == Operator::Mod => Some("str"),
        ("pathlib.Path", "str" | "pathlib.Path") if operator == Operator::Div => Some("pathlib.Path"),
        _ => None,
    }
}

fn root(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => root(&attribute.value),
        Expr::Subscript(subscript) => root(&subscript.value),
        _ => None,
    }
}
