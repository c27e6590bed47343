//! Findings that are accepted: known by what they are and not by where they stand, so that neither a run nor a
//! formatter brings them back.
//!
//! The file has a line for each finding, sorted, so that git merges it. It holds no secret and confirms no guess at
//! one: all is hashed with a salt of the file's own, and of a secret's value only 16 bits enter the hash.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::fmt::Write;
use std::hash::{BuildHasher, Hasher};

use sha2::{Digest, Sha256};

use crate::finding::{Finding, KnownBy};
use crate::json::{self, Kind};
use crate::notebook::{Cell, Notebook};
use crate::secrets::Secrets;

/// What makes the hashes of one baseline unlike those of another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salt([u8; 16]);

impl Salt {
    /// One that nobody has had before.
    pub fn fresh() -> Self {
        let mut bytes = [0; 16];
        for (half, byte) in bytes.chunks_mut(8).zip(0_u8..) {
            // the keys of hash maps are drawn from the system's randomness
            let mut hasher = RandomState::new().build_hasher();
            hasher.write_u8(byte);
            half.copy_from_slice(&hasher.finish().to_le_bytes());
        }
        Self(bytes)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
        }
        (text.len() == 32).then_some(Self(bytes))
    }

    /// HMAC-SHA256 of the parts, each with its length before it.
    fn hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        let padded = |pad: u8| {
            let mut block = [pad; 64];
            block.iter_mut().zip(self.0).for_each(|(to, key)| *to ^= key);
            Sha256::new_with_prefix(block)
        };
        let mut inner = padded(0x36);
        for part in parts {
            inner.update((part.len() as u64).to_le_bytes());
            inner.update(part);
        }
        padded(0x5c).chain_update(inner.finalize()).finalize().into()
    }
}

/// Says of each finding what it is known by from run to run.
pub(crate) fn set_known_by(salt: &Salt, notebook: &Notebook<'_>, secrets: &Secrets, findings: &mut [Finding]) {
    for finding in findings {
        let place = &finding.place;
        let cell = place.cell.and_then(|idx| notebook.cell(idx));
        let subject = finding.subject.as_deref().map(plain).unwrap_or_default();
        let value = secrets.value_at(place).map(|value| salt.hash(&[value.as_bytes()]));
        // two bytes: one value in 65,536 has them, so a guess that has them is no better than before
        let tag = value.as_ref().and_then(|hash| hash.get(..2)).unwrap_or_default();
        let parts = [
            finding.code.as_bytes(),
            place.kind.name().as_bytes(),
            subject.as_bytes(),
            tag,
        ];
        finding.known_by = Some(KnownBy {
            cell: cell.map_or_else(String::new, |cell| name_of(salt, cell, secrets)),
            hash: hex(&salt.hash(&parts), 8),
        });
    }
}

/// A cell's id; of one without, a hash of its words.
fn name_of(salt: &Salt, cell: &Cell, secrets: &Secrets) -> String {
    match &cell.id {
        Some(id) => secrets.masker.mask(id).into_owned(),
        None => {
            let source = secrets.without_values(&cell.source.text, cell.idx);
            format!("#{}", hex(&salt.hash(&[plain(&source).as_bytes()]), 8))
        }
    }
}

/// What a formatter leaves of a text: letters and digits.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn hex(bytes: &[u8], count: usize) -> String {
    bytes.iter().take(count).fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// A finding that is accepted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Of the notebook, from the baseline's folder, parted by `/`.
    pub path: String,
    pub cell: String,
    pub rule: String,
    pub kind: String,
    pub hash: String,
}

impl Entry {
    /// The entry for a finding; nothing where it is not known what it is known by.
    pub fn of(path: &str, finding: &Finding) -> Option<Self> {
        let known_by = finding.known_by.as_ref()?;
        Some(Self {
            path: path.to_owned(),
            cell: known_by.cell.clone(),
            rule: finding.rule.to_owned(),
            kind: finding.place.kind.name().to_owned(),
            hash: known_by.hash.clone(),
        })
    }
}

/// Accepted findings, and how often each is.
#[derive(Clone, Debug)]
pub struct Baseline {
    pub salt: Salt,
    entries: BTreeMap<Entry, usize>,
}

/// Why a text is no baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineError {
    /// From 1.
    pub line: usize,
    pub message: &'static str,
}

const VERSION: &str = "1";

impl Baseline {
    /// One that accepts nothing.
    pub fn new(salt: Salt) -> Self {
        Self {
            salt,
            entries: BTreeMap::new(),
        }
    }

    /// # Errors
    /// A line that is no entry, as a merge may leave behind; another version; two salts.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let mut baseline: Option<Self> = None;
        for (line, row) in (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty()) {
            let wrong = |message| BaselineError { line, message };
            let fields = fields(row).ok_or_else(|| wrong("this line is no entry of a baseline"))?;
            let field = |name: &str| {
                let value = fields.iter().find(|(key, _)| key == name);
                value.map(|(_, value)| value.clone())
            };
            if let Some(version) = field("baseline") {
                let salt = field("salt").and_then(|salt| Salt::parse(&salt));
                let salt = salt.ok_or_else(|| wrong("the salt is missing"))?;
                if version != VERSION {
                    return Err(wrong("this baseline is of another version"));
                }
                if baseline.as_ref().is_some_and(|first| first.salt != salt) {
                    return Err(wrong("this baseline has two salts: two were made and merged"));
                }
                baseline.get_or_insert_with(|| Self::new(salt));
                continue;
            }
            let entry = || {
                Some(Entry {
                    path: field("path")?,
                    cell: field("cell")?,
                    rule: field("rule")?,
                    kind: field("kind")?,
                    hash: field("hash")?,
                })
            };
            let entry = entry().ok_or_else(|| wrong("this line is no entry of a baseline"))?;
            let baseline = baseline.as_mut().ok_or_else(|| wrong("the salt is missing"))?;
            baseline.add(entry);
        }
        baseline.ok_or(BaselineError {
            line: 1,
            message: "this file is empty",
        })
    }

    pub fn add(&mut self, entry: Entry) {
        *self.entries.entry(entry).or_default() += 1;
    }

    /// The file's text.
    pub fn render(&self) -> String {
        let salt = hex(&self.salt.0, self.salt.0.len());
        let mut out = format!("{{\"baseline\": \"{VERSION}\", \"salt\": \"{salt}\"}}\n");
        for (entry, count) in &self.entries {
            let line = format!(
                "{{\"path\": {}, \"cell\": {}, \"rule\": {}, \"kind\": {}, \"hash\": {}}}\n",
                json::encode(&entry.path),
                json::encode(&entry.cell),
                json::encode(&entry.rule),
                json::encode(&entry.kind),
                json::encode(&entry.hash),
            );
            out.push_str(&line.repeat(*count));
        }
        out
    }

    /// Takes the accepted findings of a notebook out of `findings`; what is accepted twice hides two. Returns the
    /// entries that matched nothing.
    pub fn apply(&self, path: &str, findings: &mut Vec<Finding>) -> Vec<Entry> {
        let here = self.entries.iter().filter(|(entry, _)| entry.path == path);
        let mut left: BTreeMap<Entry, usize> = here.map(|(entry, count)| (entry.clone(), *count)).collect();
        findings.retain(|finding| {
            let count = Entry::of(path, finding).and_then(|entry| left.get_mut(&entry));
            match count.filter(|count| **count > 0) {
                Some(count) => {
                    *count -= 1;
                    false
                }
                None => true,
            }
        });
        left.into_iter()
            .flat_map(|(entry, count)| std::iter::repeat_n(entry, count))
            .collect()
    }

    /// Drops the entries for which `stays` says so.
    pub fn retain(&mut self, stays: impl Fn(&Entry) -> bool) {
        self.entries.retain(|entry, _| stays(entry));
    }

    /// The notebooks that it has entries for.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let mut last = None;
        let paths = self.entries.keys().map(|entry| entry.path.as_str());
        paths.filter(move |path| last.replace(*path) != Some(*path))
    }

    pub fn len(&self) -> usize {
        self.entries.values().sum()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The strings of a line that is a JSON object.
fn fields(row: &str) -> Option<Vec<(String, String)>> {
    let document = json::scan(row, 0).ok()?;
    let root = document.root()?;
    let text = |node| match document.kind(node) {
        Kind::String { .. } => Some(json::decode(row, document.span(node)).text),
        _ => None,
    };
    let entries = document
        .entries(root)
        .map(|(key, value)| Some((text(key)?, text(value)?)));
    entries.collect::<Option<Vec<_>>>().filter(|fields| !fields.is_empty())
}

/// The findings that an earlier version of a notebook didn't have, whatever moved or ran in between.
pub fn retain_new(earlier: &[Finding], findings: &mut Vec<Finding>) {
    let mut baseline = Baseline::new(Salt::default());
    earlier
        .iter()
        .filter_map(|finding| Entry::of("", finding))
        .for_each(|entry| baseline.add(entry));
    baseline.apply("", findings);
}
