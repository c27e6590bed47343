//! Pages of HTML: a template, and whatever a notebook says on it as text that can be seen and does nothing.

use std::io::{self, Write};

use minijinja::{Environment, Value, escape_formatter};

use super::escape::printable;

/// Writes a page. All values are escaped, and characters that HTML has no place for, or that turn the reading
/// direction, are made visible.
///
/// # Errors
/// What the writer answers, and (a fault of ours) a template that does not fit its values.
pub fn html(template: &'static str, values: Value, out: &mut dyn Write) -> io::Result<()> {
    let mut environment = Environment::new();
    environment.set_formatter(|out, state, value| match value.as_str().filter(|_| !value.is_safe()) {
        Some(text) => escape_formatter(out, state, &Value::from(visible(text))),
        None => escape_formatter(out, state, value),
    });
    // the name's ending makes it escape
    let page = environment.render_named_str("page.html", template, values);
    out.write_all(page.map_err(io::Error::other)?.as_bytes())
}

/// `text` with its lines and tabs, and what would turn or hide it made visible.
fn visible(text: &str) -> String {
    let parts = text
        .split_inclusive(['\t', '\n'])
        .map(|part| match part.strip_suffix(['\t', '\n']) {
            Some(text) => format!("{}{}", printable(text), part.get(text.len()..).unwrap_or_default()),
            None => printable(part).into_owned(),
        });
    parts.collect()
}
