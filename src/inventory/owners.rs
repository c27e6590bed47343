//! Whose a notebook is: by CODEOWNERS, or by who wrote most of its commits.

use std::collections::BTreeMap;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// What a repository knows of the notebooks below one of its folders.
#[derive(Debug)]
pub struct Repository {
    /// What stands before the path from the folder in the names of notebooks, and in the repository.
    named: String,
    within: String,
    codeowners: Codeowners,
    history: History,
}

impl Repository {
    /// The format of the log that [`Repository::new`] reads.
    pub const LOG: [&'static str; 4] = ["log", "--format=%x01%as%x02%aN", "--name-only", "-z"];

    /// `named` and `within` are the folder's path as notebooks are named and from the repository's top, each empty or
    /// with a slash at its end; `log` is what git prints for [`Repository::LOG`].
    pub fn new(named: &str, within: &str, codeowners: &str, log: &str) -> Self {
        Self {
            named: named.to_owned(),
            within: within.to_owned(),
            codeowners: Codeowners::read(codeowners),
            history: History::read(log),
        }
    }

    fn path(&self, name: &str) -> Option<String> {
        Some(format!("{}{}", self.within, name.strip_prefix(&self.named)?))
    }

    /// Who answers for it.
    pub fn owner(&self, name: &str) -> Option<String> {
        self.codeowners.of(&self.path(name)?)
    }

    /// Who wrote most of it.
    pub(super) fn author(&self, name: &str) -> Option<String> {
        self.history.author(&self.path(name)?)
    }

    /// The day of its last change.
    pub(super) fn changed(&self, name: &str) -> Option<String> {
        Some(self.history.files.get(&self.path(name)?)?.changed.clone())
    }
}

/// A CODEOWNERS file: the last pattern that fits a path names its owners.
#[derive(Debug, Default)]
struct Codeowners {
    rules: Vec<(Gitignore, String)>,
}

impl Codeowners {
    /// Reads the file's text. Lines that can't be read as patterns are passed over, as forges do.
    fn read(text: &str) -> Self {
        let lines = text
            .lines()
            .map(|line| line.split('#').next().unwrap_or_default().trim());
        let rules = lines.filter_map(|line| {
            // GitLab's section headings
            let line = Some(line).filter(|line| !line.is_empty() && !line.starts_with(['[', '^']))?;
            let (pattern, owners) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let mut builder = GitignoreBuilder::new("");
            builder.add_line(None, pattern).ok()?;
            let owners: Vec<&str> = owners.split_whitespace().collect();
            Some((builder.build().ok()?, owners.join(" ")))
        });
        Self { rules: rules.collect() }
    }

    /// The owners of a path from the repository's top.
    fn of(&self, path: &str) -> Option<String> {
        let mut rules = self.rules.iter().rev();
        let fits = |rule: &Gitignore| rule.matched_path_or_any_parents(path, false).is_ignore();
        let (_, owners) = rules.find(|(rule, _)| fits(rule))?;
        Some(owners.clone()).filter(|owners| !owners.is_empty())
    }
}

/// What git's log says of each notebook.
#[derive(Debug, Default)]
struct History {
    files: BTreeMap<String, File>,
}

#[derive(Debug, Default)]
struct File {
    /// `2024-05-31`
    changed: String,
    commits: BTreeMap<String, usize>,
}

impl History {
    /// Reads a log, newest commit first.
    fn read(log: &str) -> Self {
        let mut files: BTreeMap<String, File> = BTreeMap::new();
        for commit in log.split('\u{1}').skip(1) {
            let (head, names) = commit.split_once('\0').unwrap_or((commit, ""));
            let Some((day, author)) = head.split_once('\u{2}') else {
                continue;
            };
            for name in names.split('\0').map(|name| name.trim_start_matches('\n')) {
                if name.is_empty() {
                    continue;
                }
                let file = files.entry(name.to_owned()).or_default();
                if file.changed.is_empty() {
                    file.changed = day.to_owned();
                }
                *file.commits.entry(author.trim_end().to_owned()).or_default() += 1;
            }
        }
        Self { files }
    }

    /// Who made most of the commits.
    fn author(&self, path: &str) -> Option<String> {
        let commits = &self.files.get(path)?.commits;
        let most = commits.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)))?;
        Some(most.0.clone())
    }
}
