//! Settings as they are written in a file. What comes of them together with the command line is `cli`'s.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use toml::de::{DeTable, DeValue};

use crate::finding::Severity;
use crate::python::{Binds, Effect, MagicFacts, Magics, Scope};
use crate::strip::{self, Ids, Layer, Preset};
use crate::text::LineIndex;

/// How strict to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// A sketch: only what is wrong or leaks.
    Exploratory,
    /// Others read and run it: everything.
    Shared,
    /// Something depends on it: everything, and warnings are errors.
    Production,
}

impl Profile {
    pub const ALL: [Self; 3] = [Self::Exploratory, Self::Shared, Self::Production];

    pub fn name(self) -> &'static str {
        match self {
            Self::Exploratory => "exploratory",
            Self::Shared => "shared",
            Self::Production => "production",
        }
    }

    /// Rules that this profile leaves out.
    pub fn left_out(self) -> &'static [&'static str] {
        match self {
            Self::Exploratory => &[
                "MB102", "MB103", "MB304", "MB401", "MB402", "MB403", "MB404", "MB405", "MB501", "MB702",
            ],
            Self::Shared | Self::Production => &[],
        }
    }
}

/// A group of settings: the file's own, or those for some paths.
#[derive(Clone, Debug, Default)]
pub struct Group {
    pub select: Option<Vec<String>>,
    pub ignore: Vec<String>,
    pub extend_select: Vec<String>,
    pub severity: Option<Severity>,
    pub profile: Option<Profile>,
    /// Bytes past which an output is large.
    pub large_output: Option<u64>,
    /// What `strip` takes out.
    pub strip: Layer,
}

/// A settings file.
#[derive(Clone, Debug)]
pub struct Settings {
    pub file: PathBuf,
    pub base: Group,
    /// Patterns, relative to the file's folder, of what is left out when folders are searched.
    pub exclude: Patterns,
    /// By pattern, in file order; later ones come on top.
    pub per_path: Vec<(Patterns, Group)>,
    /// The magics that the file tells of.
    pub magics: Magics,
}

/// Why a settings file can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    pub file: PathBuf,
    /// Line and column from 1.
    pub place: Option<(usize, usize)>,
    pub message: String,
    pub hint: Option<String>,
}

/// Patterns as in `.gitignore`, below a folder.
#[derive(Clone, Debug)]
pub struct Patterns {
    root: PathBuf,
    globs: Gitignore,
}

impl Patterns {
    /// # Errors
    /// Says what is wrong with the first pattern that is none.
    pub fn new<'p>(root: &Path, patterns: impl IntoIterator<Item = &'p str>) -> Result<Self, String> {
        let mut builder = GitignoreBuilder::new(root);
        for pattern in patterns {
            builder
                .add_line(None, pattern)
                .map_err(|error| format!("`{pattern}` is no pattern: {error}"))?;
        }
        let globs = builder.build().map_err(|error| error.to_string())?;
        Ok(Self {
            root: root.to_owned(),
            globs,
        })
    }

    /// Whether the patterns name the file `path` (absolute), or a folder that holds it.
    pub fn name(&self, path: &Path) -> bool {
        path.strip_prefix(&self.root)
            .is_ok_and(|inside| self.globs.matched_path_or_any_parents(inside, false).is_ignore())
    }
}

/// Reads settings. `pyproject.toml` may hold none: then there is nothing to return.
///
/// # Errors
/// Text that is no TOML, keys that don't exist, values of the wrong kind.
pub fn parse(file: &Path, text: &str) -> Result<Option<Settings>, SettingsError> {
    let reader = Reader { file, text };
    let document = DeTable::parse(text)
        .map_err(|error| reader.error(error.span().unwrap_or_default().start, error.message().to_owned(), None))?;
    let pyproject = file.file_name().is_some_and(|name| name == "pyproject.toml");
    let top = document.get_ref();
    let tool = top
        .get("tool")
        .and_then(|tool| tool.get_ref().as_table())
        .and_then(|tool| tool.get("mortarboard"));
    let table = match (pyproject, tool) {
        (true, None) => return Ok(None),
        (false, None) => top,
        (_, Some(value)) => {
            let message = "`tool.mortarboard` is no table".to_owned();
            value
                .get_ref()
                .as_table()
                .ok_or_else(|| reader.error(value.span().start, message, None))?
        }
    };
    reader.settings(table).map(Some)
}

const KEYS: [&str; 10] = [
    "select",
    "ignore",
    "extend-select",
    "severity",
    "large-output",
    "exclude",
    "profile",
    "per-path",
    "magics",
    "strip",
];
/// Those of a `per-path` table.
const PATH_KEYS: [&str; 7] = [
    "select",
    "ignore",
    "extend-select",
    "severity",
    "large-output",
    "profile",
    "strip",
];
/// Those of a `strip` table, named as the options on the command line.
const STRIP_KEYS: [&str; 16] = [
    "cell-ids",
    "drop-empty-cells",
    "drop-matching",
    "drop-mime",
    "drop-output-type",
    "drop-tagged-cells",
    "extra-keys",
    "keep-count",
    "keep-metadata",
    "keep-mime",
    "keep-output",
    "keep-output-type",
    "max-size",
    "preset",
    "strip-init-cells",
    "strip-kernel",
];

/// Those of a magic's table.
const MAGIC_KEYS: [&str; 2] = ["runs", "binds"];

struct Reader<'r> {
    file: &'r Path,
    text: &'r str,
}

impl Reader<'_> {
    fn settings(&self, table: &DeTable<'_>) -> Result<Settings, SettingsError> {
        self.only(table, &KEYS)?;
        let folder = self.file.parent().unwrap_or(Path::new(""));
        let mut per_path = Vec::new();
        if let Some(value) = table.get("per-path") {
            let wrong = || {
                self.error(
                    value.span().start,
                    "`per-path` is no table of patterns".to_owned(),
                    Some("write [tool.mortarboard.per-path.\"drafts/**\"]"),
                )
            };
            let mut groups: Vec<_> = value.get_ref().as_table().ok_or_else(wrong)?.iter().collect();
            groups.sort_by_key(|(pattern, _)| pattern.span().start);
            for (pattern, group) in groups {
                let at = pattern.span().start;
                let patterns = Patterns::new(folder, [pattern.get_ref().as_ref()])
                    .map_err(|message| self.error(at, message, None))?;
                let table = group
                    .get_ref()
                    .as_table()
                    .ok_or_else(|| self.error(at, format!("`{}` is no table", pattern.get_ref()), None))?;
                self.only(table, &PATH_KEYS)?;
                per_path.push((patterns, self.group(table)?));
            }
        }
        let exclude = self.strings(table, "exclude")?.unwrap_or_default();
        let exclude = Patterns::new(folder, exclude.iter().map(String::as_str))
            .map_err(|message| self.error(self.place_of(table, "exclude"), message, None))?;
        Ok(Settings {
            file: self.file.to_owned(),
            base: self.group(table)?,
            exclude,
            per_path,
            magics: self.magics(table)?,
        })
    }

    /// `[magics."%%query"]`: what magics do that the program doesn't know.
    fn magics(&self, table: &DeTable<'_>) -> Result<Magics, SettingsError> {
        let mut magics = Magics::default();
        let Some(value) = table.get("magics") else {
            return Ok(magics);
        };
        let hint = "write [tool.mortarboard.magics.\"%%query\"]";
        let wrong = || {
            self.error(
                value.span().start,
                "`magics` is no table of magics".to_owned(),
                Some(hint),
            )
        };
        let mut entries: Vec<_> = value.get_ref().as_table().ok_or_else(wrong)?.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        for (written, entry) in entries {
            let at = written.span().start;
            let written = written.get_ref().as_ref();
            let (scope, name) = match (written.strip_prefix("%%"), written.strip_prefix('%')) {
                (Some(name), _) => (Scope::Cell, name),
                (None, Some(name)) => (Scope::Line, name),
                (None, None) => return Err(self.error(at, format!("`{written}` is no magic"), Some(hint))),
            };
            let table = entry
                .get_ref()
                .as_table()
                .ok_or_else(|| self.error(at, format!("`{written}` is no table"), Some(hint)))?;
            self.only(table, &MAGIC_KEYS)?;
            magics.add(scope, name, self.magic(table)?);
        }
        Ok(magics)
    }

    fn magic(&self, table: &DeTable<'_>) -> Result<MagicFacts, SettingsError> {
        let runs = self.one_of(table, "runs", &["here", "apart", "elsewhere"])?;
        let mut binds = Vec::new();
        for text in self.strings(table, "binds")?.unwrap_or_default() {
            let hint =
                "write a name, or where the line has it: first, words, modules, =, <<, an option such as -o, anything";
            let place = Binds::parse(&text);
            binds.push(place.ok_or_else(|| {
                self.error(
                    self.place_of(table, "binds"),
                    format!("`binds` is no {text:?}"),
                    Some(hint),
                )
            })?);
        }
        let effect = match runs {
            Some(0) => Effect::RunsBody,
            Some(1) => Effect::OwnNamespace,
            _ => Effect::Language("text"),
        };
        Ok(MagicFacts { effect, binds })
    }

    fn group(&self, table: &DeTable<'_>) -> Result<Group, SettingsError> {
        let severity = self.one_of(table, "severity", &Severity::ALL.map(Severity::name))?;
        let profile = self.one_of(table, "profile", &Profile::ALL.map(Profile::name))?;
        Ok(Group {
            select: self.strings(table, "select")?,
            ignore: self.strings(table, "ignore")?.unwrap_or_default(),
            extend_select: self.strings(table, "extend-select")?.unwrap_or_default(),
            severity: severity.and_then(|i| Severity::ALL.get(i).copied()),
            profile: profile.and_then(|i| Profile::ALL.get(i).copied()),
            large_output: self.size(table, "large-output")?,
            strip: self.strip(table)?,
        })
    }

    fn strip(&self, table: &DeTable<'_>) -> Result<Layer, SettingsError> {
        let Some(value) = table.get("strip") else {
            return Ok(Layer::default());
        };
        let wrong = || {
            self.error(
                value.span().start,
                "`strip` is no table".to_owned(),
                Some("write [tool.mortarboard.strip], or [strip] in mortarboard.toml"),
            )
        };
        let table = value.get_ref().as_table().ok_or_else(wrong)?;
        self.only(table, &STRIP_KEYS)?;
        let list = |key: &str| self.read_strings(table, key, |text| Ok(text.to_owned()));
        let ids = self.one_of(table, "cell-ids", &Ids::ALL.map(Ids::name))?;
        Ok(Layer {
            keep_output: self.flag(table, "keep-output")?,
            keep_count: self.flag(table, "keep-count")?,
            strip_init_cells: self.flag(table, "strip-init-cells")?,
            max_size: self.size(table, "max-size")?,
            keep_output_type: list("keep-output-type")?,
            drop_output_type: list("drop-output-type")?,
            keep_mime: list("keep-mime")?,
            drop_mime: list("drop-mime")?,
            drop_matching: self.read_strings(table, "drop-matching", strip::pattern)?,
            drop_empty_cells: self.flag(table, "drop-empty-cells")?,
            drop_tagged_cells: list("drop-tagged-cells")?,
            cell_ids: ids.and_then(|i| Ids::ALL.get(i).copied()),
            extra_keys: self.read_strings(table, "extra-keys", strip::key)?,
            keep_metadata: self.read_strings(table, "keep-metadata", strip::key)?,
            strip_kernel: self.flag(table, "strip-kernel")?,
            preset: self.read_strings(table, "preset", Preset::of)?,
        })
    }

    fn flag(&self, table: &DeTable<'_>, key: &str) -> Result<Option<bool>, SettingsError> {
        let Some(value) = table.get(key) else { return Ok(None) };
        let wrong = || {
            let message = format!("`{key}` is no {}", value.get_ref().type_str());
            self.error(value.span().start, message, Some("write true or false"))
        };
        value.get_ref().as_bool().map(Some).ok_or_else(wrong)
    }

    /// A number of bytes, or a text such as `"10k"`.
    fn size(&self, table: &DeTable<'_>, key: &str) -> Result<Option<u64>, SettingsError> {
        let Some(value) = table.get(key) else { return Ok(None) };
        let text = match value.get_ref() {
            DeValue::String(text) => text.as_ref(),
            DeValue::Integer(number) => number.as_str(),
            other => other.type_str(),
        };
        let size = strip::size(text);
        size.map(Some)
            .map_err(|message| self.error(value.span().start, message, None))
    }

    fn only(&self, table: &DeTable<'_>, known: &[&str]) -> Result<(), SettingsError> {
        let unknown = table
            .keys()
            .filter(|key| !known.contains(&key.get_ref().as_ref()))
            .min_by_key(|key| key.span().start);
        let Some(key) = unknown else { return Ok(()) };
        let hint = format!("the keys are {}", known.join(", "));
        Err(self.error(
            key.span().start,
            format!("unknown key `{}`", key.get_ref()),
            Some(&hint),
        ))
    }

    fn strings(&self, table: &DeTable<'_>, key: &str) -> Result<Option<Vec<String>>, SettingsError> {
        let there = table.get(key).is_some();
        let strings = self.read_strings(table, key, |text| Ok(text.to_owned()))?;
        Ok(there.then_some(strings))
    }

    /// A list of strings, each of which `read` makes something of. An absent key is an empty list.
    fn read_strings<T>(
        &self,
        table: &DeTable<'_>,
        key: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<T>, SettingsError> {
        let Some(value) = table.get(key) else {
            return Ok(Vec::new());
        };
        let wrong = |at: usize| {
            self.error(
                at,
                format!("`{key}` is no list of strings"),
                Some(&format!("write {key} = [\"…\"]")),
            )
        };
        let items = value.get_ref().as_array().ok_or_else(|| wrong(value.span().start))?;
        let read = items.iter().map(|item| {
            let at = item.span().start;
            let text = item.get_ref().as_str().ok_or_else(|| wrong(at))?;
            read(text).map_err(|message| self.error(at, format!("`{key}`: {message}"), None))
        });
        read.collect()
    }

    /// Which of `names` the key has.
    fn one_of(&self, table: &DeTable<'_>, key: &str, names: &[&str]) -> Result<Option<usize>, SettingsError> {
        let Some(value) = table.get(key) else { return Ok(None) };
        let found = value
            .get_ref()
            .as_str()
            .and_then(|text| names.iter().position(|name| *name == text));
        let hint = format!("write one of {}", names.join(", "));
        let said = match value.get_ref() {
            DeValue::String(text) => format!("`{key}` is no {text:?}"),
            other => format!("`{key}` is no {}", other.type_str()),
        };
        found
            .map(Some)
            .ok_or_else(|| self.error(value.span().start, said, Some(&hint)))
    }

    fn place_of(&self, table: &DeTable<'_>, key: &str) -> usize {
        table.get(key).map_or(0, |value| value.span().start)
    }

    fn error(&self, at: usize, message: String, hint: Option<&str>) -> SettingsError {
        let position = LineIndex::new(self.text).position(self.text, at.min(self.text.len()));
        SettingsError {
            file: self.file.to_owned(),
            place: Some((position.line, position.column)),
            message,
            hint: hint.map(str::to_owned),
        }
    }
}
