//! Python, formatted as `ruff format` would: what is written stays as it is when a person runs the formatter.

use ruff_formatter::LineWidth;
use ruff_python_ast::{PySourceType, PythonVersion};
use ruff_python_formatter::{PyFormatOptions, format_module_source};

use crate::plan::LINE_LENGTH;

use super::EmitError;

/// Formatting settles within this many rounds; more than one is rare.
const ROUNDS: usize = 4;

/// The file at `path`, formatted.
pub(super) fn module(path: &str, source: &str, python: (u8, u8)) -> Result<String, EmitError> {
    format(source, python, PySourceType::Python).map_err(|message| EmitError {
        path: path.to_owned(),
        message,
        template: None,
    })
}

/// One cell of a notebook, formatted; `None` where it isn't Python.
pub(super) fn cell(source: &str, python: (u8, u8)) -> Option<String> {
    let text = format(source, python, PySourceType::Ipynb).ok()?;
    Some(text.trim_end_matches('\n').to_owned())
}

fn format(source: &str, python: (u8, u8), kind: PySourceType) -> Result<String, String> {
    let width = LineWidth::try_from(LINE_LENGTH).map_err(|error| error.to_string())?;
    let options = PyFormatOptions::from_source_type(kind)
        .with_line_width(width)
        .with_target_version(PythonVersion {
            major: python.0,
            minor: python.1,
        });
    let mut text = source.to_owned();
    for _ in 0..ROUNDS {
        let next = format_module_source(&text, options.clone())
            .map_err(|error| error.to_string())?
            .into_code();
        if next == text {
            break;
        }
        text = next;
    }
    Ok(text)
}
