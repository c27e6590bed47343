//! What a person fills in at the notebook: form fields, prompts, and the platform's own doors.

use ruff_python_ast::{Expr, Stmt};

use crate::facts::{Imports, dotted};
use crate::python::Table;

use super::model::ConfigType;
use super::pieces::Piece;

/// Whether the assignment is a field of a Colab form: `lr = 0.1 #@param {type:"number"}`.
pub(super) fn is_form_field(piece: &Piece<'_>) -> bool {
    let comment = piece.trail.lines().next().unwrap_or_default();
    comment.contains("#@param") || comment.contains("# @param")
}

/// Whether an assignment says how a model is tuned: `learning_rate = 0.01`.
pub(super) fn is_hyper_parameter(name: &str, value: &Expr) -> bool {
    static NAMES: Table = Table::new(include_str!("../../data/hyper_parameters.txt"));
    value.is_number_literal_expr() && NAMES.contains(name)
}

/// The type of what `input()` gives, `int(input("how many? "))` for one; and the prompt. A password is a string.
pub(super) fn asked_for(value: &Expr, imports: &Imports) -> Option<(ConfigType, Option<String>)> {
    let Expr::Call(call) = value else {
        return None;
    };
    if is_password(value, imports) {
        return Some((ConfigType::Str, None));
    }
    let Expr::Name(function) = call.func.as_ref() else {
        return None;
    };
    match (function.id.as_str(), call.arguments.args.as_ref()) {
        ("input", []) => Some((ConfigType::Str, None)),
        ("input", [Expr::StringLiteral(prompt)]) => {
            Some((ConfigType::Str, Some(prompt.value.to_str().trim().to_owned())))
        }
        ("int", [inner]) => Some((ConfigType::Int, asked_for(inner, imports)?.1)),
        ("float", [inner]) => Some((ConfigType::Float, asked_for(inner, imports)?.1)),
        ("str", [inner]) => asked_for(inner, imports),
        _ => None,
    }
}

/// `getpass.getpass()`
pub(super) fn is_password(value: &Expr, imports: &Imports) -> bool {
    matches!(value, Expr::Call(call) if dotted(&call.func, imports).as_deref() == Some("getpass.getpass"))
}

/// Whether the expression asks SageMaker for the role of what runs there.
pub(super) fn asks_for_role(value: &Expr, imports: &Imports) -> bool {
    let ways = [
        "sagemaker.core.helper.session_helper.get_execution_role",
        "sagemaker.get_execution_role",
        "sagemaker.session.get_execution_role",
    ];
    matches!(value, Expr::Call(call) if dotted(&call.func, imports).is_some_and(|path| ways.contains(&path.as_str())))
}

/// Whether the call hands over to a debugger.
pub(super) fn debugs(expr: &Expr, imports: &Imports) -> bool {
    let debuggers = [
        "IPython.core.debugger.set_trace",
        "IPython.embed",
        "breakpoint",
        "ipdb.set_trace",
        "pdb.pm",
        "pdb.set_trace",
        "pudb.set_trace",
    ];
    matches!(expr, Expr::Call(call) if dotted(&call.func, imports).is_some_and(|path| debuggers.contains(&path.as_str())))
}

/// Whether the statement shows widgets and runs a function whenever a person moves one: `@interact`, `interact(f, …)`.
pub(super) fn interacts(stmt: &Stmt, imports: &Imports) -> bool {
    let shows = |expr: &Expr| {
        let called = match expr {
            Expr::Call(call) => call.func.as_ref(),
            other => other,
        };
        let path = dotted(called, imports).unwrap_or_default();
        ["ipywidgets.", "ipywidgets.widgets.", "ipywidgets.widgets.interaction."]
            .iter()
            .filter_map(|module| path.strip_prefix(module))
            .any(|name| ["interact", "interact_manual", "interactive", "interactive_output"].contains(&name))
    };
    match stmt {
        Stmt::FunctionDef(def) => def.decorator_list.iter().any(|decorator| shows(&decorator.expression)),
        Stmt::Expr(expr) => expr.value.is_call_expr() && shows(&expr.value),
        Stmt::Assign(assign) => assign.value.is_call_expr() && shows(&assign.value),
        _ => false,
    }
}

/// What a call does with a hosted platform that a program has no use for; it gives nothing.
pub(super) fn asks_platform(expr: &Expr, imports: &Imports) -> Option<&'static str> {
    let path = dotted(&expr.as_call_expr()?.func, imports)?;
    match path.strip_prefix("google.colab.")? {
        "auth.authenticate_user" | "drive.flush_and_unmount" | "drive.mount" => {
            Some("mounts or signs in to a hosted platform: paths are configuration")
        }
        "data_table.disable_dataframe_formatter"
        | "data_table.enable_dataframe_formatter"
        | "output.clear"
        | "output.disable_custom_widget_manager"
        | "output.enable_custom_widget_manager"
        | "output.no_vertical_scroll" => Some("configures the notebook session"),
        "files.download" => Some("hands a file to the person at the notebook: it lies where it was written"),
        "files.view" => Some("only displays"),
        _ => None,
    }
}
