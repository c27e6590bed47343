//! Look-ups in the knowledge tables under `data/`: sorted tab-separated text, indexed on first use.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

/// A table of rows, found by their first column, or by their first two joined with a tab.
pub struct Table {
    text: &'static str,
    rows: OnceLock<FxHashMap<&'static str, &'static str>>,
    pairs: OnceLock<FxHashMap<&'static str, &'static str>>,
}

impl Table {
    /// A table over `text`, whose comment lines start with `# `.
    pub const fn new(text: &'static str) -> Self {
        Self {
            text,
            rows: OnceLock::new(),
            pairs: OnceLock::new(),
        }
    }

    /// The rows in file order.
    pub fn lines(&self) -> impl Iterator<Item = &'static str> {
        self.text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
    }

    /// What follows the first column of the row for `key`; empty for a row of one column.
    pub fn get(&self, key: &str) -> Option<&'static str> {
        let rows = self.rows.get_or_init(|| {
            self.lines()
                .map(|line| line.split_once('\t').unwrap_or((line, "")))
                .collect()
        });
        rows.get(key).copied()
    }

    pub fn contains(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The columns after the first two of the row whose first two are `first` and `second`.
    pub fn row2(&self, first: &str, second: &str) -> Option<&'static str> {
        let pairs = self.pairs.get_or_init(|| {
            let split = |line: &'static str| {
                let second_tab = line.match_indices('\t').nth(1)?.0;
                let (key, rest) = line.split_at_checked(second_tab)?;
                Some((key, rest.trim_start_matches('\t')))
            };
            self.lines().filter_map(split).collect()
        });
        pairs.get(format!("{first}\t{second}").as_str()).copied()
    }
}

static STDLIB: Table = Table::new(include_str!("../../data/stdlib.txt"));
static BUILTINS: Table = Table::new(include_str!("../../data/builtins.txt"));
static STAR_EXPORTS: Table = Table::new(include_str!("../../data/star_exports.tsv"));
static IPYTHON_MAGICS: Table = Table::new(include_str!("../../data/ipython_magics.txt"));
static PYTHON2_BUILTINS: Table = Table::new(include_str!("../../data/python2_builtins.txt"));
static PROVIDED: Table = Table::new(include_str!("../../data/provided_names.tsv"));
static PLATFORM_MODULES: Table = Table::new(include_str!("../../data/platform_modules.tsv"));

/// Whether `module` (its first part) is of the standard library.
pub fn is_stdlib(module: &str) -> bool {
    STDLIB.contains(module.split('.').next().unwrap_or_default())
}

/// Whether Python itself binds `name`.
pub fn is_builtin(name: &str) -> bool {
    BUILTINS.contains(name)
}

/// Who puts `name` into a notebook's namespace (`ipython`, `databricks`, …), if anybody does.
pub fn provided_by(name: &str) -> Option<&'static str> {
    PROVIDED.get(name)
}

/// Whether every notebook has `name`, wherever it runs, without a cell that binds it.
pub fn is_kernels(name: &str) -> bool {
    provided_by(name) == Some("ipython")
}

/// The platform whose Python alone has `module`, or the package that it is in.
pub fn platform_of(module: &str) -> Option<&'static str> {
    let ends = module.match_indices('.').map(|(at, _)| at).chain([module.len()]);
    ends.filter_map(|end| module.get(..end))
        .find_map(|name| PLATFORM_MODULES.get(name))
}

/// Whether `from module import *` binds `name`; nothing where the module's names aren't known.
pub fn exports(module: &str, name: &str) -> Option<bool> {
    let names = STAR_EXPORTS.get(module)?;
    Some(names.split(' ').any(|exported| exported == name))
}

/// Whether a cell that is one line and starts with `name` is that magic, where no cell has bound the name.
pub fn is_ipython_magic(name: &str) -> bool {
    IPYTHON_MAGICS.contains(name)
}

/// Whether Python 2 bound `name` and Python 3 does not.
pub fn is_python2_builtin(name: &str) -> bool {
    PYTHON2_BUILTINS.contains(name)
}
