//! `graduate --verify`: runs the notebook and its package with the Python that a person names, and reads the verdict.
//!
//! It is the one place where a notebook's code runs. The program that runs it is `templates/verify.py`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::json;

use crate::emit::Tree;
use crate::notebook::CellIdx;
use crate::plan::{Verdict, Verification, VerifiedValue};

use super::talk::UserError;

const PROGRAM: &str = include_str!("../../templates/verify.py");

/// Python that runs the program from the environment, where no command line is too long for it.
const START: &str = "import os; exec(compile(os.environ['MORTARBOARD_VERIFY'], 'verify.py', 'exec'))";

/// What the program prints.
#[derive(Deserialize)]
struct Said {
    verdict: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    values: Vec<SaidValue>,
    #[serde(default)]
    lines: [usize; 2],
    #[serde(default)]
    figures: [usize; 2],
}

#[derive(Deserialize)]
struct SaidValue {
    step: String,
    name: String,
    verdict: String,
}

/// Runs `notebook`, its cells in `order` where that is not empty, and the package in `tree` with `python`, each in a copy of
/// the notebook's folder.
pub(super) fn verify(
    python: &Path,
    notebook: &Path,
    order: &[CellIdx],
    tree: &Tree,
) -> Result<Verification, UserError> {
    let failed = |message: String| {
        let hint = "give an interpreter that has IPython and what the notebook imports: --python .venv/bin/python";
        UserError::new(format!("{}: {message}", python.to_string_lossy()), hint)
    };
    let folder = notebook.parent().filter(|folder| !folder.as_os_str().is_empty());
    let given = json!({
        "notebook": notebook.file_name().unwrap_or_default().to_string_lossy(),
        "order": order.iter().map(|cell| cell.0).collect::<Vec<usize>>(),
        "files": tree.files,
    });
    let mut child = Command::new(from_here(python))
        .args(["-c", START])
        .env("MORTARBOARD_VERIFY", PROGRAM)
        .current_dir(folder.unwrap_or(Path::new(".")))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(format!("it can't be run ({error})")))?;
    if let Some(mut stdin) = child.stdin.take() {
        // a program that reads nothing says why by what it prints, or by printing nothing
        let _ = stdin.write_all(given.to_string().as_bytes());
    }
    let done = child
        .wait_with_output()
        .map_err(|error| failed(format!("it can't be read ({error})")))?;
    let said: Said = serde_json::from_slice(&done.stdout).map_err(|_| failed("it gave no verdict".to_owned()))?;
    Ok(Verification {
        verdict: verdict(&said.verdict),
        reason: said.reason,
        values: said
            .values
            .into_iter()
            .map(|value| VerifiedValue {
                step: value.step,
                name: value.name,
                verdict: value.verdict,
            })
            .collect(),
        lines: said.lines,
        figures: said.figures,
    })
}

/// A path with a folder in it is meant from here, and the program will stand elsewhere. A bare name is looked up.
fn from_here(python: &Path) -> PathBuf {
    if python.components().count() < 2 || python.is_absolute() {
        return python.to_owned();
    }
    std::env::current_dir().map_or_else(|_| python.to_owned(), |here| here.join(python))
}

fn verdict(word: &str) -> Verdict {
    match word {
        "equal" => Verdict::Equal,
        "different" => Verdict::Different,
        _ => Verdict::NotVerified,
    }
}
