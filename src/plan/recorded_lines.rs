//! Tests from what cells printed: lines that every run prints again.

use ruff_python_ast::Stmt;

use crate::facts::{Effect, Facts, expression_effect};
use crate::notebook::{Cell, Notebook, OutputKind};

use super::model::Printed;
use super::pieces::{Fate, Piece};
use super::recorded::{Steady, runs_down_the_page};
use super::recorded_text::is_plain;

/// Lines of a cell that are tested at most.
const LINES: usize = 8;

/// Words of lines that no two runs need agree on.
const UNSTEADY: [&str; 14] = [
    "%|",
    "Downloading",
    "ETA",
    "Time",
    "Using",
    "Warning",
    "duration",
    "elapsed",
    "it/s",
    "ms",
    "second",
    "time",
    "took",
    "version",
];

/// What cells printed, where their own prints alone did: none that a peek, the shell or a library's progress may have.
pub(super) fn printed(notebook: &Notebook<'_>, facts: &Facts, pieces: &[Piece<'_>]) -> Vec<Printed> {
    if !runs_down_the_page(notebook) || !notebook.language.is_python() {
        return Vec::new();
    }
    let steady = Steady::of(pieces, facts);
    let mut out = Vec::new();
    let mut at = 0;
    // whether what the cell before printed last was no whole line
    let mut open = false;
    for of_cell in pieces.chunk_by(|a, b| a.cell == b.cell) {
        let last = at + of_cell.len() - 1;
        at += of_cell.len();
        let Some(cell) = of_cell.first().and_then(|piece| notebook.cell(piece.cell)) else {
            continue;
        };
        let text = stored_text(notebook, cell);
        let begun = std::mem::replace(&mut open, !text.is_empty() && !text.ends_with('\n'));
        let prints = of_cell
            .iter()
            .any(|piece| piece.is_kept() && piece.text().contains("print("));
        let others = of_cell.iter().any(|piece| speaks_otherwise(facts, piece));
        if !prints || others || !steady.until(last) {
            continue;
        }
        let lines: Vec<String> = stored_lines(&text, begun).take(LINES).collect();
        if !lines.is_empty() {
            out.push(Printed {
                test: format!("test_cell_{}_prints", cell.idx.0),
                cell: cell.idx,
                lines,
            });
        }
    }
    out
}

/// Whether the piece prints in the notebook and not in the package, or hands on what another program says.
fn speaks_otherwise(facts: &Facts, piece: &Piece<'_>) -> bool {
    let stays = matches!(piece.fate, Fate::Dropped(_) | Fate::Left(_));
    let shows = match piece.stmt {
        Stmt::Expr(expr) => {
            expression_effect(&expr.value, &facts.imports, &|name| facts.is_value(name)) >= Effect::Show
        }
        Stmt::IpyEscapeCommand(_) => true,
        _ => false,
    };
    (stays && shows) || piece.stmt.is_ipy_escape_command_stmt() || piece.text().contains("subprocess")
}

fn stored_text(notebook: &Notebook<'_>, cell: &Cell) -> String {
    let streams = cell
        .outputs
        .iter()
        .filter(|output| matches!(&output.kind, OutputKind::Stream { name } if name == "stdout"));
    let texts = streams.filter_map(|output| output.text);
    texts.map(|node| notebook.text_of(node).text).collect()
}

/// The lines of standard output that can be told again. The first goes on a line that is `begun`, and one without an end
/// is gone on with by whatever is printed next.
fn stored_lines(text: &str, begun: bool) -> impl Iterator<Item = String> {
    // a carriage return, and whatever it wrote over
    let whole = !text.contains('\r');
    let lines = text.split_inclusive('\n').skip(usize::from(begun));
    let lines = lines.filter_map(move |line| line.strip_suffix('\n').filter(|_| whole));
    lines.map(str::to_owned).filter(|line| {
        let says = line.chars().filter(|c| c.is_alphanumeric()).count() > 2;
        let set = line.contains("{'") && !line.contains(':');
        let clock = line
            .as_bytes()
            .windows(3)
            .any(|w| matches!(w, [a, b':', b] if a.is_ascii_digit() && b.is_ascii_digit()));
        let unsteady = line
            .split(|c: char| !c.is_alphanumeric() && !"%|/".contains(c))
            .any(|word| UNSTEADY.contains(&word));
        says && line.len() < 160 && is_plain(line) && !set && !clock && !unsteady && !line.contains("...")
    })
}
