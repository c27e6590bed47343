//! The environment variables that stand in for secrets: one for each value, however often it is written.

use crate::notebook::Notebook;
use crate::secrets::Secret;

use super::literals::Name;

/// Names longer than this are prose.
const LONGEST: usize = 40;

/// Names given so far.
pub(super) struct Variables {
    /// Values, and the names that stand for them.
    given: Vec<(String, String)>,
    /// Names that the notebook looks up itself.
    read: Vec<String>,
}

/// Parts of a name that say that its value is secret.
const TELLING: [&str; 8] = ["AUTH", "CREDENTIAL", "DSN", "KEY", "PASS", "PWD", "SECRET", "TOKEN"];
/// Parts of names that say no more than a secret's kind does.
const COMMON: [&str; 12] = [
    "ACCESS", "API", "APIKEY", "APP", "AUTH", "CLIENT", "ID", "KEY", "MY", "SECRET", "TOKEN", "",
];
/// Kinds that say less than any name.
const VAGUE: [&str; 2] = ["assigned-secret", "called-key"];

impl Variables {
    /// Names for a notebook, in which some may be looked up already.
    pub(super) fn new(notebook: &Notebook<'_>) -> Self {
        let mut read = Vec::new();
        for cell in notebook.code_cells() {
            for part in cell.source.text.split("environ[").skip(1) {
                let mut quoted = part.split(['"', '\'']);
                read.extend(quoted.nth(1).filter(|name| is_variable(name)).map(str::to_owned));
            }
        }
        Self {
            given: Vec::new(),
            read,
        }
    }

    /// The variable for a secret. Code that names one, by setting it or by a telling name, has its way.
    pub(super) fn name(&mut self, secret: &Secret, name: Option<&Name>) -> String {
        if let Some((_, name)) = self.given.iter().find(|(value, _)| value == secret.value()) {
            return name.clone();
        }
        let kind = upper(secret.detector);
        let said = match name {
            Some(Name::Environment(name)) => Some(name.clone()),
            Some(Name::Said(name)) => {
                let name = upper(name);
                let telling = TELLING.iter().any(|word| name.contains(word));
                let vague = VAGUE.contains(&secret.detector) || secret.detector.ends_with("-password");
                let says_whose = name.split('_').any(|part| !COMMON.contains(&part));
                (telling && (vague || says_whose && name.contains('_'))).then_some(name)
            }
            None => None,
        };
        let hidden = secret.value().to_ascii_lowercase();
        let said = said.filter(|name| is_variable(name) && !name.to_ascii_lowercase().contains(&hidden));
        // a name of our own making must not meet one that means something else
        let ours = said.is_none();
        let plain = said.unwrap_or(kind);
        let mut free = plain.clone();
        let mut n = 2;
        while self.given.iter().any(|(_, taken)| *taken == free) || ours && self.read.contains(&free) {
            free = format!("{plain}_{n}");
            n += 1;
        }
        self.given.push((secret.value().to_owned(), free.clone()));
        free
    }
}

fn is_variable(name: &str) -> bool {
    name.len() <= LONGEST
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `dbPassword` and `db-password` as `DB_PASSWORD`.
fn upper(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut last = '_';
    for c in name.chars() {
        if c.is_ascii_uppercase() && last.is_ascii_lowercase() {
            out.push('_');
        }
        out.push(if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        });
        last = c;
    }
    out
}
