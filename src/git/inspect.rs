//! What git knows of notebooks: where they are, which attributes apply to them, and what stands in its configuration.

use std::path::{Path, PathBuf};

use super::{DRIVER, Git, GitError, path_bytes, path_from};

/// The names that our attributes speak of, as pathspecs, whatever their case.
const NOTEBOOKS: [&str; 2] = [":(icase)*.ipynb", ":(icase)*.zpln"];
/// The same as endings.
const ENDINGS: [&[u8]; 2] = [b".ipynb", b".zpln"];

/// A file that git tracks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub path: PathBuf,
    /// The blob's id.
    pub id: String,
}

/// The attributes that apply to a path, as `git check-attr` names their values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    pub path: PathBuf,
    pub filter: String,
    pub diff: String,
}

/// A filter as git's configuration has it, all scopes together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub clean: Option<String>,
    pub smudge: Option<String>,
    pub process: Option<String>,
    pub required: bool,
    /// The diff driver of the same name.
    pub textconv: Option<String>,
}

impl Filter {
    /// Whether nothing at all is said of it.
    pub fn is_absent(&self) -> bool {
        self.commands().next().is_none()
    }

    /// The commands that git would run, with the keys that name them.
    pub fn commands(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let named = [
            ("clean", &self.clean),
            ("smudge", &self.smudge),
            ("process", &self.process),
            ("textconv", &self.textconv),
        ];
        named
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.as_deref()?)))
    }
}

/// What `git status` would call modified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Modified {
    pub path: PathBuf,
    mode: String,
    id: String,
}

impl Git {
    /// The same repository, seen from the top of its working tree.
    ///
    /// # Errors
    /// There is no working tree here.
    pub fn top(&self) -> Result<Self, GitError> {
        let top = path_from(&self.line(&["rev-parse", "--show-toplevel"])?);
        Ok(self.within(&self.folder().join(top)))
    }

    /// The notebooks in the index, by path; conflicting versions are left out, and so are links.
    ///
    /// # Errors
    /// Git fails.
    pub fn staged(&self) -> Result<Vec<Entry>, GitError> {
        let args = [&["ls-files", "-s", "-z", "--"], NOTEBOOKS.as_slice()].concat();
        let listed = self.run(&args)?;
        let staged = items(&listed).filter_map(|item| {
            let (meta, path) = split_at_byte(item, b'\t')?;
            let words: Vec<&str> = std::str::from_utf8(meta).ok()?.split(' ').collect();
            match words.as_slice() {
                [mode, id, "0"] if mode.starts_with("100") => Some(Entry {
                    path: path_from(path),
                    id: (*id).to_owned(),
                }),
                _ => None,
            }
        });
        Ok(staged.collect())
    }

    /// The notebooks of the last commit, by path. There are none before the first.
    ///
    /// # Errors
    /// Git fails.
    pub fn committed(&self) -> Result<Vec<Entry>, GitError> {
        if self
            .ask(&["rev-parse", "--quiet", "--verify", "HEAD^{commit}"])?
            .is_none()
        {
            return Ok(Vec::new());
        }
        let listed = self.run(&["ls-tree", "-r", "-z", "--full-tree", "HEAD"])?;
        let committed = items(&listed).filter_map(|item| {
            let (meta, path) = split_at_byte(item, b'\t')?;
            let words: Vec<&str> = std::str::from_utf8(meta).ok()?.split(' ').collect();
            let lower = path.to_ascii_lowercase();
            let notebook = ENDINGS.iter().any(|ending| lower.ends_with(ending));
            match words.as_slice() {
                [mode, "blob", id] if mode.starts_with("100") && notebook => Some(Entry {
                    path: path_from(path),
                    id: (*id).to_owned(),
                }),
                _ => None,
            }
        });
        Ok(committed.collect())
    }

    /// The notebooks that git would add if it were told to add everything.
    ///
    /// # Errors
    /// Git fails.
    pub fn untracked(&self) -> Result<Vec<PathBuf>, GitError> {
        let args = [
            &["ls-files", "-o", "-z", "--exclude-standard", "--"],
            NOTEBOOKS.as_slice(),
        ]
        .concat();
        Ok(items(&self.run(&args)?).map(path_from).collect())
    }

    /// What applies to each of the paths, in their order.
    ///
    /// # Errors
    /// Git fails.
    pub fn applied<'p>(&self, paths: impl Iterator<Item = &'p PathBuf>) -> Result<Vec<Applied>, GitError> {
        let input: Vec<u8> = paths.flat_map(|path| [path_bytes(path), vec![0]].concat()).collect();
        if input.is_empty() {
            return Ok(Vec::new());
        }
        let said = self.feed(&["check-attr", "-z", "--stdin", "filter", "diff"], input)?;
        let fields: Vec<&[u8]> = items(&said).collect();
        let applied = fields.chunks(6).filter_map(|fields| match fields {
            [path, _, filter, _, _, diff] => Some(Applied {
                path: path_from(path),
                filter: String::from_utf8_lossy(filter).into_owned(),
                diff: String::from_utf8_lossy(diff).into_owned(),
            }),
            _ => None,
        });
        Ok(applied.collect())
    }

    /// The filter that a new notebook would get beside an attributes file, where it isn't ours. Outside of a repository
    /// nobody can tell.
    pub fn other_filter(&self, attributes: Option<&Path>) -> Option<String> {
        let folder = attributes.and_then(Path::parent).filter(|folder| folder.is_dir());
        let git = folder.map_or_else(|| self.clone(), |folder| self.within(folder));
        let probe = [PathBuf::from("a-new-notebook.ipynb")];
        let filter = git.applied(probe.iter()).ok()?.into_iter().next()?.filter;
        (filter != DRIVER).then_some(filter)
    }

    /// The filter of this name, and the diff driver.
    ///
    /// # Errors
    /// Git fails.
    pub fn filter(&self, name: &str) -> Result<Filter, GitError> {
        let value = |key: &str| -> Result<Option<String>, GitError> {
            let said = self.ask(&["config", "-z", "--get", key])?;
            Ok(said.and_then(|said| {
                items(&said)
                    .next()
                    .map(|value| String::from_utf8_lossy(value).into_owned())
            }))
        };
        let required = format!("filter.{name}.required");
        Ok(Filter {
            clean: value(&format!("filter.{name}.clean"))?,
            smudge: value(&format!("filter.{name}.smudge"))?,
            process: value(&format!("filter.{name}.process"))?,
            required: self.ask(&["config", "--type=bool", "--get", &required])?.as_deref() == Some(b"true\n"),
            textconv: value(&format!("diff.{name}.textconv"))?,
        })
    }

    /// Tracked files whose size or time is not what the index says.
    ///
    /// # Errors
    /// Git fails.
    pub fn modified(&self) -> Result<Vec<Modified>, GitError> {
        let args = [&["diff-files", "-z", "--"], NOTEBOOKS.as_slice()].concat();
        let listed = self.run(&args)?;
        let mut fields = items(&listed);
        let mut modified = Vec::new();
        while let (Some(meta), Some(path)) = (fields.next(), fields.next()) {
            let meta = String::from_utf8_lossy(meta);
            let words: Vec<&str> = meta.trim_start_matches(':').split(' ').collect();
            if let [mode, _, id, _, "M"] = words.as_slice() {
                modified.push(Modified {
                    path: path_from(path),
                    mode: (*mode).to_owned(),
                    id: (*id).to_owned(),
                });
            }
        }
        Ok(modified)
    }

    /// Makes git forget what it remembers of these files' sizes and times, and compare their contents. What stands in
    /// the index stays.
    ///
    /// # Errors
    /// Git fails.
    pub fn compare_anew<'m>(&self, files: impl Iterator<Item = &'m Modified>) -> Result<(), GitError> {
        let entry = |file: &Modified| {
            let meta = format!("{} {}\t", file.mode, file.id);
            [meta.as_bytes(), &path_bytes(&file.path), &[0]].concat()
        };
        self.feed(&["update-index", "-z", "--index-info"], files.flat_map(entry).collect())?;
        // it exits with 1 where something is modified
        self.ask(&["update-index", "-q", "--refresh"]).map(drop)
    }

    /// The submodules that are checked out, those of submodules too.
    ///
    /// # Errors
    /// Git fails.
    pub fn submodules(&self) -> Result<Vec<Self>, GitError> {
        let each = [
            "submodule",
            "--quiet",
            "foreach",
            "--recursive",
            "printf '%s\\0' \"$PWD\"",
        ];
        Ok(items(&self.run(&each)?)
            .map(|path| Self::at(&path_from(path)))
            .collect())
    }
}

/// The items of a list that `-z` gives.
pub(super) fn items(listed: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ended = listed.strip_suffix(&[0]).unwrap_or(listed);
    ended.split(|byte| *byte == 0).filter(move |_| !listed.is_empty())
}

fn split_at_byte(item: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let at = item.iter().position(|b| *b == byte)?;
    Some((item.get(..at)?, item.get(at + 1..)?))
}
