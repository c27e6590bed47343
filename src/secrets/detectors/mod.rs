//! The table of detectors: a group per file, the specific before the general.
//!
//! Rows that need more than a pattern stand in Rust; `data/secret_tokens.tsv` has those that are a form alone, and
//! `data/secret_services.tsv` the services whose keys have none.

mod ai;
mod cloud;
mod code;
mod generic;
mod tables;

use std::sync::LazyLock;

pub use super::checks::Check;

/// How a detector's pattern is put into the text around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it stands.
    Whole,
    /// Between characters that no token holds. Its keyword is part of it.
    Token,
    /// The same, but the keyword stands before it.
    Context,
    /// A value of this shape in the line of a service's name.
    Service,
}

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
    pub form: Form,
    /// Whether a person may have chosen it.
    pub human: bool,
    pub check: Check,
    /// Texts that hold such a secret; `¦` stands for nothing and keeps scanners from finding them in this file.
    pub yes: &'static [&'static str],
    /// Texts that hold none.
    pub no: &'static [&'static str],
}

/// All detectors. Where two find overlapping secrets, the first in this order names it.
pub fn detectors() -> &'static [&'static Detector] {
    static ALL: LazyLock<Vec<&'static Detector>> = LazyLock::new(|| {
        let own = code::DETECTORS.iter().chain(ai::DETECTORS).chain(cloud::DETECTORS);
        let read = tables::read().leak::<'static>();
        let (services, tokens): (Vec<_>, Vec<_>) = read.iter().partition(|row| row.form == Form::Service);
        own.chain(tokens).chain(generic::DETECTORS).chain(services).collect()
    });
    &ALL
}

/// What stands between a name and its value: quotes, brackets, `=`, `:`, `=>`, and the value's opening quote.
macro_rules! assign {
    () => {
        r#"\\*["']?\]?\s{0,4}(?:=>|:=|={1,2}|:|,)\s{0,4}[rbuf]{0,2}\\*["']?"#
    };
}
pub(crate) use assign;
