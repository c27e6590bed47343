//! The table of detectors: a group per file, the specific before the general.

mod ai;
mod cloud;
mod code;
mod generic;

pub use super::checks::Check;

/// What is sought, and how it is told from what only looks like it.
#[derive(Debug)]
pub struct Detector {
    /// What findings have as their subject.
    pub id: &'static str,
    /// With its article, as a sentence starts: `a GitHub token`.
    pub name: &'static str,
    /// Without one of these, in any case, the pattern is never tried.
    pub keywords: &'static [&'static str],
    /// The secret is the last group that took part, or the whole match where there is none.
    pub pattern: &'static str,
    /// Bytes past the keyword in which the match lies.
    pub reach: usize,
    /// Bits a character that a secret has at least.
    pub entropy: f64,
    /// Whether a person may have chosen it.
    pub human: bool,
    pub check: Check,
    /// Texts that hold such a secret; `¦` stands for nothing and keeps scanners from finding them in this file.
    pub yes: &'static [&'static str],
    /// Texts that hold none.
    pub no: &'static [&'static str],
}

/// All detectors. Where two find overlapping secrets, the first in this order names it.
pub static DETECTORS: &[&[Detector]] = &[code::DETECTORS, ai::DETECTORS, cloud::DETECTORS, generic::DETECTORS];

/// What stands between a name and its value: quotes, brackets, `=`, `:`, `=>`, and the value's opening quote.
macro_rules! assign {
    () => {
        r#"\\*["']?\]?\s{0,4}(?:=>|:=|={1,2}|:|,)\s{0,4}[rbuf]{0,2}\\*["']?"#
    };
}
pub(crate) use assign;
