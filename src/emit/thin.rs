//! The thin notebook: prose and plots stay, code is calls to the package.

use serde::Serialize;
use serde_json::{Value, json};

use crate::plan::{Plan, ThinCell};

use super::format;
use super::imports;
use super::manifest;
use super::source;

/// The notebook as nbformat 4.5.
pub(super) struct Thin {
    pub text: String,
    /// Whether every code cell is Python that a formatter can read.
    pub is_python: bool,
}

#[derive(Serialize)]
struct Notebook {
    cells: Vec<Value>,
    metadata: Value,
    nbformat: u32,
    nbformat_minor: u32,
}

pub(super) fn notebook(plan: &Plan) -> Thin {
    let mut is_python = true;
    let mut cells = Vec::new();
    for (at, cell) in plan.thin.iter().enumerate() {
        // by position: the same plan gives the same ids
        let id = format!("cell-{at}");
        cells.push(match cell {
            ThinCell::Markdown(text) => json!({
                "cell_type": "markdown", "id": id, "metadata": {}, "source": lines(&source::unix(text)),
            }),
            ThinCell::Code {
                imports, source: code, ..
            } => {
                let head = imports::block(imports);
                let gap = if head.is_empty() { "" } else { "\n\n" };
                let code = format!("{head}{gap}{}", source::unix(code));
                let formatted = format::cell(&code, plan.python);
                is_python &= formatted.is_some();
                json!({
                    "cell_type": "code", "execution_count": null, "id": id, "metadata": {}, "outputs": [],
                    "source": lines(&formatted.unwrap_or(code)),
                })
            }
        });
    }
    let notebook = Notebook {
        cells,
        metadata: json!({
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }),
        nbformat: 4,
        nbformat_minor: 5,
    };
    Thin {
        text: manifest::json(&notebook, b" "),
        is_python,
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}
