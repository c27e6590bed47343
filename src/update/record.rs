//! What was written last, kept in the package: the third text of every merge.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::emit::Tree;

/// Where the record stands in a package.
pub const RECORD: &str = ".mortarboard/base.json";

const SCHEMA: u32 = 1;

const ABOUT: &str =
    "What `mortarboard graduate` wrote last, so that --update knows your edits from its own. Commit it.";

/// The files of a package as they were generated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The notebooks' paths, as they were named.
    pub notebooks: Vec<String>,
    /// Import name of the package.
    pub package: String,
    /// Text by path.
    pub files: BTreeMap<String, String>,
}

/// Texts stand in it as lists of lines: so that version control sees which lines changed, and merges them.
#[derive(Serialize, Deserialize)]
struct Wire {
    schema: u32,
    about: String,
    notebooks: Vec<String>,
    package: String,
    files: BTreeMap<String, Vec<String>>,
}

impl Record {
    /// The files as generated, without the record itself.
    pub fn tree(&self) -> Tree {
        Tree {
            files: self.files.clone(),
        }
    }

    /// As it stands on the disk.
    pub fn to_text(&self) -> String {
        let files = self.files.iter();
        let wire = Wire {
            schema: SCHEMA,
            about: ABOUT.to_owned(),
            notebooks: self.notebooks.clone(),
            package: self.package.clone(),
            files: files
                .map(|(path, text)| (path.clone(), text.split('\n').map(str::to_owned).collect()))
                .collect(),
        };
        // strings, numbers and lists only, written to memory: there is nothing that could fail
        let text = serde_json::to_string_pretty(&wire).unwrap_or_default();
        text + "\n"
    }

    /// Reads what `to_text` gave.
    ///
    /// # Errors
    /// What is no record, or one of a later version; in words.
    pub fn read(text: &str) -> Result<Self, String> {
        let wire: Wire = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if wire.schema != SCHEMA {
            return Err(format!(
                "its schema is {}, and this version knows {SCHEMA}",
                wire.schema
            ));
        }
        let files = wire.files.into_iter();
        Ok(Self {
            notebooks: wire.notebooks,
            package: wire.package,
            files: files.map(|(path, lines)| (path, lines.join("\n"))).collect(),
        })
    }
}
