//! A finding: what a rule has to say, how sure it is, and where.

mod place;

use std::cmp::Ordering;

use crate::text::Edit;

pub use place::{Excerpt, Located, Place, PlaceKind};

/// How much a finding matters. Ordered from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Note,
    Warning,
    Error,
}

impl Severity {
    /// Every severity, from least to most.
    pub const ALL: [Self; 3] = [Self::Note, Self::Warning, Self::Error];

    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How sure the rule is. Ordered from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    Possible,
    Likely,
    Certain,
}

impl Confidence {
    pub fn name(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// Another place that a finding speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    pub message: String,
    pub place: Place,
}

/// What could be done about a finding without a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Whether the fix keeps what the notebook computes.
    pub safe: bool,
    pub description: String,
    /// What it changes in the file.
    pub edits: Vec<Edit>,
}

/// What a finding is known by, whatever ran, moved or was laid out anew in between.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KnownBy {
    /// The cell's id; of a cell without, a hash of its source.
    pub cell: String,
    /// Of rule, kind of place, subject, and a secret's value.
    pub hash: String,
}

/// One thing that a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub code: &'static str,
    pub rule: &'static str,
    pub severity: Severity,
    pub confidence: Confidence,
    /// What the finding is about: a name, a path, a detector. Never a secret.
    pub subject: Option<String>,
    pub message: String,
    pub hint: Option<String>,
    pub place: Place,
    pub related: Vec<Related>,
    pub fix: Option<Fix>,
    /// Stays the same while the rule, the cell, the subject and the line do. Set once all rules have run.
    pub fingerprint: String,
    /// Set where findings are compared with those of another time.
    pub known_by: Option<KnownBy>,
}

impl Finding {
    /// The order within one notebook: cell, place, code; then what else tells two findings apart.
    pub fn order(&self, other: &Self) -> Ordering {
        let key = |f: &Self| (f.place.key(), f.code, f.place.start);
        key(self)
            .cmp(&key(other))
            .then_with(|| self.subject.cmp(&other.subject))
            .then_with(|| self.message.cmp(&other.message))
    }
}
