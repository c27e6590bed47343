//! One line a finding, for editors and `grep`.

use std::io::{self, Write};

use super::{Report, place_name, printable};

/// `path:cell 7:3:12: MB101 [rule-name] message`
///
/// # Errors
/// What the writer answers.
pub fn concise(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for (notebook, finding) in report.findings() {
        let place = place_name(&finding.place);
        let path = printable(&notebook.path);
        writeln!(
            out,
            "{path}:{place}: {} [{}] {}",
            finding.code,
            finding.rule,
            printable(&finding.message)
        )?;
    }
    Ok(())
}
