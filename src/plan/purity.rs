//! What can stand at a module's top level: expressions that are the same whenever they are evaluated.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Decorator, Expr, Stmt, UnaryOp};

use crate::facts::{Effect, Imports, dotted, expression_effect};

/// A scalar literal (with a sign), as configuration can hold it.
pub(super) fn is_scalar(expr: &Expr) -> bool {
    match expr {
        Expr::StringLiteral(_) | Expr::BooleanLiteral(_) => true,
        Expr::NumberLiteral(literal) => !literal.value.is_complex(),
        Expr::UnaryOp(unary) => {
            matches!(unary.op, UnaryOp::USub | UnaryOp::UAdd)
                && matches!(unary.operand.as_ref(), Expr::NumberLiteral(_))
        }
        _ => false,
    }
}

/// Literals, and containers and arithmetic of them.
pub(super) fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::NoneLiteral(_) | Expr::NumberLiteral(_) | Expr::BytesLiteral(_) => true,
        Expr::Tuple(tuple) => tuple.elts.iter().all(is_constant),
        Expr::List(list) => list.elts.iter().all(is_constant),
        Expr::Set(set) => set.elts.iter().all(is_constant),
        Expr::Dict(dict) => dict
            .items
            .iter()
            .all(|item| item.key.as_ref().is_some_and(is_constant) && is_constant(&item.value)),
        Expr::BinOp(binary) => is_constant(&binary.left) && is_constant(&binary.right),
        Expr::UnaryOp(unary) => is_constant(&unary.operand),
        other => is_scalar(other),
    }
}

/// `logging.getLogger(…)` of a literal or of the module's own name: where it stands is all that it says.
pub(super) fn is_logger(expr: &Expr, imports: &Imports) -> bool {
    let Expr::Call(call) = expr else {
        return false;
    };
    let named = |argument: &Expr| is_module_name(argument) || argument.is_string_literal_expr();
    dotted(&call.func, imports).as_deref() == Some("logging.getLogger")
        && call.arguments.keywords.is_empty()
        && call.arguments.args.iter().all(named)
}

/// `__name__`
pub(super) fn is_module_name(expr: &Expr) -> bool {
    matches!(expr, Expr::Name(name) if name.id.as_str() == "__name__")
}

/// Decorators that only wrap what they are given, so that a definition under them can be evaluated at import.
const PLAIN_DECORATORS: &[&str] = &[
    "abc.abstractmethod",
    "classmethod",
    "contextlib.asynccontextmanager",
    "contextlib.contextmanager",
    "dataclasses.dataclass",
    "enum.unique",
    "functools.cache",
    "functools.cached_property",
    "functools.lru_cache",
    "functools.singledispatch",
    "functools.total_ordering",
    "functools.wraps",
    "numba.jit",
    "numba.njit",
    "numba.vectorize",
    "numpy.vectorize",
    "property",
    "staticmethod",
    "typing.final",
    "typing.overload",
];

pub(super) fn is_plain_decorator(decorator: &Decorator, imports: &Imports) -> bool {
    let target = match &decorator.expression {
        Expr::Call(call) => call.func.as_ref(),
        other => other,
    };
    dotted(target, imports).is_some_and(|path| PLAIN_DECORATORS.contains(&path.as_str()))
        || matches!(target, Expr::Attribute(a) if ["setter", "getter", "deleter"].contains(&a.attr.as_str()))
}

/// Whether evaluating a definition (decorators, defaults, bases, class body) does nothing but define.
pub(super) fn defines_only(stmt: &Stmt, imports: &Imports) -> bool {
    let pure = |expr: &Expr| expression_effect(expr, imports, &|_| false) == Effect::Pure;
    match stmt {
        Stmt::FunctionDef(def) => {
            let defaults = def.parameters.iter_non_variadic_params().filter_map(|p| p.default());
            def.decorator_list.iter().all(|d| is_plain_decorator(d, imports)) && defaults.into_iter().all(pure)
        }
        Stmt::ClassDef(def) => {
            let bases = def
                .arguments
                .iter()
                .flat_map(|a| a.args.iter().chain(a.keywords.iter().map(|k| &k.value)));
            def.decorator_list.iter().all(|d| is_plain_decorator(d, imports))
                && bases.into_iter().all(pure)
                && def
                    .body
                    .iter()
                    .all(|inner| class_statement_defines_only(inner, imports))
        }
        _ => false,
    }
}

fn class_statement_defines_only(stmt: &Stmt, imports: &Imports) -> bool {
    let pure = |expr: &Expr| {
        let effect = expression_effect(expr, imports, &|_| false);
        // `name: int = field(default=3)` and the like are declarations
        let declares = matches!(expr, Expr::Call(call) if dotted(&call.func, imports)
            .is_some_and(|path| ["dataclasses.field", "enum.auto", "pydantic.Field"].contains(&path.as_str())));
        effect == Effect::Pure || declares
    };
    match stmt {
        Stmt::FunctionDef(_) | Stmt::ClassDef(_) => defines_only(stmt, imports),
        Stmt::Pass(_) => true,
        Stmt::Expr(expr) => pure(&expr.value),
        Stmt::Assign(assign) => pure(&assign.value) && assign.targets.iter().all(Expr::is_name_expr),
        Stmt::AnnAssign(assign) => assign.value.as_deref().is_none_or(pure),
        _ => false,
    }
}

/// Whether an expression is a call (or magic) whose value differs between processes that compute the same.
pub(super) fn names_this_process(value: &Expr, imports: &Imports) -> bool {
    match value {
        Expr::Call(call) => dotted(&call.func, imports).is_some_and(|path| {
            let calls = [
                "cloudpickle.dumps",
                "dill.dumps",
                "os.getcwd",
                "os.getpid",
                "os.path.abspath",
                "pathlib.Path.cwd",
                "pickle.dumps",
            ];
            calls.contains(&path.as_str())
        }),
        Expr::IpyEscapeCommand(command) => command.value.trim() == "pwd",
        _ => false,
    }
}

/// Whether an f-string shows its own source (`f"{x=}"`), which a renamed variable would change.
pub(super) fn shows_its_source(stmt: &Stmt) -> bool {
    let mut finder = DebugText(false);
    finder.visit_stmt(stmt);
    finder.0
}

struct DebugText(bool);

impl<'a> Visitor<'a> for DebugText {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::FString(string) = expr {
            self.0 |= string
                .value
                .elements()
                .any(|e| e.as_interpolation().is_some_and(|i| i.debug_text.is_some()));
        }
        walk_expr(self, expr);
    }
}
