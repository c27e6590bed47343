//! Files in which projects say what must be installed, as far as names go. Who writes them writes them in many ways; what
//! can't be read is passed over.

use toml::{Table, Value};

/// What a file declares.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub names: Vec<String>,
    /// The project's own name.
    pub own: Option<String>,
    /// Whether the file says what running the project's code needs; one for tests or documentation alone doesn't.
    pub speaks: bool,
    /// Whether it takes in what can't be read from here.
    pub open: bool,
}

/// Parts of names of files that are no matter of running: `requirements-dev.txt`, `docs/requirements.txt`.
const ASIDE: [&str; 8] = ["build", "ci", "dev", "develop", "doc", "docs", "lint", "test"];

/// Folders in which projects keep their lists of packages, from any of their folders.
pub const LISTS: [&str; 4] = ["", "requirements", "binder", ".binder"];

/// Whether a file of this name, in a folder of the project, may declare something.
pub fn is_declaration(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    match ending {
        "txt" | "in" | "pip" => is_requirements(stem),
        "yml" | "yaml" => is_environment(stem),
        _ => [PYPROJECT, "setup.cfg", "setup.py", "pipfile", PIXI, NBDEV].contains(&name.as_str()),
    }
}

const PYPROJECT: &str = "pyproject.toml";
const PIXI: &str = "pixi.toml";
const NBDEV: &str = "settings.ini";

fn is_requirements(stem: &str) -> bool {
    stem.contains("requirements") || stem == "reqs"
}

fn is_environment(stem: &str) -> bool {
    stem.contains("environment") || stem.starts_with("conda") || stem == "env"
}

pub(super) fn read(name: &str, text: &str) -> Declared {
    let lower = name.to_ascii_lowercase();
    match file_name(&lower) {
        PYPROJECT => text.parse().map_or_else(|_| unreadable(), |table| pyproject(&table)),
        PIXI => text.parse().map_or_else(|_| unreadable(), |table| pixi(&table)),
        "pipfile" => text.parse().map_or_else(|_| unreadable(), |table| pipfile(&table)),
        "setup.cfg" | NBDEV => ini(text),
        "setup.py" => setup_py(text),
        _ if lower.ends_with(".txt") || lower.ends_with(".in") || lower.ends_with(".pip") => {
            let aside = lower
                .split(|c: char| !c.is_ascii_alphanumeric())
                .any(|word| ASIDE.contains(&word) || word == "tests");
            Declared {
                speaks: !aside,
                ..requirements(name, text)
            }
        }
        _ => environment(name, text),
    }
}

/// What a notebook declares for itself, in a cell that opens with the metadata of a script.
pub fn inline(source: &str) -> Vec<String> {
    let lines = source
        .lines()
        .map(str::trim_end)
        .skip_while(|line| *line != "# /// script")
        .skip(1);
    let block = lines.take_while(|line| line.starts_with('#') && *line != "# ///");
    let block: Vec<&str> = block.map(|line| line.trim_start_matches('#')).collect();
    let table: Table = block.join("\n").parse().unwrap_or_default();
    let mut names = Vec::new();
    texts(table.get("dependencies"), &mut names);
    names
}

fn unreadable() -> Declared {
    Declared {
        open: true,
        ..Declared::default()
    }
}

/// The name at the start of a requirement, before extras, versions, an address or a marker.
fn name_of(requirement: &str) -> Option<String> {
    let text = requirement.trim_start();
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && !"._-".contains(c))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end)?;
    let whole = rest.is_empty() || rest.starts_with(|c: char| "[=<>~!;@,(".contains(c) || c.is_whitespace());
    (whole && name.starts_with(|c: char| c.is_ascii_alphanumeric())).then(|| name.to_owned())
}

/// The names of the requirements in a list of texts.
fn texts(list: Option<&Value>, names: &mut Vec<String>) {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    names.extend(items.filter_map(Value::as_str).filter_map(name_of));
}

/// The keys of a table: names, with what is said of each.
fn keys(table: Option<&Value>, names: &mut Vec<String>) {
    let keys = table.and_then(Value::as_table).into_iter().flat_map(Table::keys);
    names.extend(keys.cloned());
}

fn values(table: Option<&Value>) -> impl Iterator<Item = &Value> {
    table.and_then(Value::as_table).into_iter().flat_map(Table::values)
}

fn pyproject(table: &Table) -> Declared {
    let project = table.get("project");
    let tool = |name: &str| table.get("tool").and_then(|tool| tool.get(name));
    let mut names = Vec::new();
    let listed = project.and_then(|project| project.get("dependencies"));
    texts(listed, &mut names);
    let optional = project.and_then(|project| project.get("optional-dependencies"));
    let groups = table.get("dependency-groups");
    let uv = tool("uv").and_then(|uv| uv.get("dev-dependencies"));
    let pdm = tool("pdm").and_then(|pdm| pdm.get("dev-dependencies"));
    for list in values(optional).chain(values(groups)).chain(values(pdm)).chain(uv) {
        texts(Some(list), &mut names);
    }
    for environment in values(tool("hatch").and_then(|hatch| hatch.get("envs"))) {
        texts(environment.get("dependencies"), &mut names);
        texts(environment.get("extra-dependencies"), &mut names);
    }
    let poetry = tool("poetry");
    let of_poetry = poetry.and_then(|poetry| poetry.get("dependencies"));
    keys(of_poetry, &mut names);
    keys(poetry.and_then(|poetry| poetry.get("dev-dependencies")), &mut names);
    for group in values(poetry.and_then(|poetry| poetry.get("group"))) {
        keys(group.get("dependencies"), &mut names);
    }
    let of_pixi = tool("pixi").and_then(Value::as_table).map(pixi).unwrap_or_default();
    names.extend(of_pixi.names);
    let name = |of: Option<&Value>| of?.get("name")?.as_str().map(str::to_owned);
    Declared {
        names,
        own: name(project).or_else(|| name(poetry)),
        speaks: listed.is_some() || of_poetry.is_some() || of_pixi.speaks,
        open: false,
    }
}

fn pixi(table: &Table) -> Declared {
    let mut names = Vec::new();
    let features = values(table.get("feature")).filter_map(Value::as_table);
    for part in std::iter::once(table).chain(features) {
        keys(part.get("dependencies"), &mut names);
        keys(part.get("pypi-dependencies"), &mut names);
    }
    Declared {
        speaks: !names.is_empty(),
        names,
        ..Declared::default()
    }
}

fn pipfile(table: &Table) -> Declared {
    let mut names = Vec::new();
    keys(table.get("packages"), &mut names);
    keys(table.get("dev-packages"), &mut names);
    Declared {
        names,
        speaks: table.contains_key("packages"),
        ..Declared::default()
    }
}

/// pip's requirements: a line each, options, and other files, which lie beside or above in most projects.
fn requirements(name: &str, text: &str) -> Declared {
    let mut declared = Declared::default();
    for line in text.lines() {
        let line = line.split(" #").next().unwrap_or_default().trim();
        if line.starts_with('#') {
            continue;
        }
        match included(line) {
            Some(other) => declared.open |= !is_read(name, other),
            None => declared.names.extend(address(line).or_else(|| name_of(line))),
        }
    }
    declared
}

/// `-r other.txt`
fn included(line: &str) -> Option<&str> {
    let rest = ["-r", "--requirement"]
        .iter()
        .find_map(|option| line.strip_prefix(option))?;
    Some(rest.trim_start_matches(['=', ' ']))
}

/// Whether a file that another one takes in is read as well: it lies beside it, above it or in a folder of lists.
fn is_read(name: &str, other: &str) -> bool {
    let mut path: Vec<&str> = name.split('/').collect();
    path.pop();
    for part in other.split('/') {
        match part {
            "." => {}
            // a folder above is as good as this one
            ".." => {
                path.pop();
            }
            part => path.push(part),
        }
    }
    let path = path.join("/");
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    LISTS.contains(&folder) && is_declaration(&path)
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// `git+https://github.com/openai/CLIP.git#egg=clip`, or the archive of a version.
fn address(line: &str) -> Option<String> {
    let line = line.trim_start_matches("-e ").trim_start_matches("--editable ").trim();
    if !line.contains("://") || name_of(line).is_some() {
        return None;
    }
    if let Some((_, egg)) = line.split_once("#egg=") {
        return name_of(egg.split('&').next().unwrap_or_default());
    }
    let path = line.split_once("://")?.1.split(['#', '?']).next()?;
    let file = file_name(path.trim_end_matches('/'));
    let name = file.split('@').next()?.trim_end_matches(".git");
    // pandas-2.2.3-cp312-….whl
    let wheel = name.ends_with(".whl") || name.ends_with(".tar.gz") || name.ends_with(".zip");
    let name = if wheel { name.split('-').next()? } else { name };
    name_of(name)
}

/// conda's environments: the items below `dependencies:`, those of pip among them.
fn environment(name: &str, text: &str) -> Declared {
    let mut declared = Declared::default();
    let mut within = false;
    for line in text.lines() {
        let line = line.split(" #").next().unwrap_or_default();
        if let Some(rest) = line.strip_prefix("dependencies:") {
            within = true;
            declared.speaks = true;
            let flow = rest.trim().trim_matches(['[', ']']).split(',');
            declared.names.extend(flow.filter_map(|item| name_of(unquoted(item))));
        } else if let Some(item) = line.trim_start().strip_prefix("- ").filter(|_| within) {
            let item = unquoted(item);
            if let Some(other) = included(item) {
                declared.open |= !is_read(name, other);
                continue;
            }
            let bare = item.rsplit_once("::").map_or(item, |(_, name)| name);
            declared.names.extend(address(bare).or_else(|| name_of(bare)));
        } else if line.starts_with(|c: char| !c.is_whitespace() && c != '#') {
            within = false;
        }
    }
    declared
}

fn unquoted(item: &str) -> &str {
    item.trim().trim_matches(['"', '\''])
}

/// setuptools' lists, and nbdev's in `settings.ini`.
fn ini(text: &str) -> Declared {
    let mut declared = Declared::default();
    let (mut section, mut lists) = ("", false);
    for line in text.lines().filter(|line| !line.trim_start().starts_with(['#', ';'])) {
        if line.starts_with('[') {
            (section, lists) = (line.trim(), false);
        } else if line.starts_with(char::is_whitespace) {
            declared.names.extend(name_of(line).filter(|_| lists));
        } else if let Some((key, value)) = line.split_once('=') {
            let (key, value) = (key.trim(), value.trim());
            let needed = matches!(
                (section, key),
                ("[options]", "install_requires")
                    | ("[DEFAULT]", "requirements" | "pip_requirements" | "conda_requirements")
            );
            lists = needed || section == "[options.extras_require]" || key == "dev_requirements";
            if lists {
                declared.names.extend(value.split_whitespace().filter_map(name_of));
                declared.speaks |= needed && !value.contains("file:");
            } else if matches!((section, key), ("[metadata]", "name") | ("[DEFAULT]", "lib_name")) {
                declared.own = Some(value.to_owned());
            }
        }
    }
    declared
}

/// A program can't be read as a list: every text that could be a requirement counts as one.
fn setup_py(text: &str) -> Declared {
    let found = text.split(['"', '\'']).filter_map(name_of);
    let lists = text.split("install_requires").skip(1).any(|rest| {
        let value = rest.trim_start_matches(['"', '\'', ' ']);
        value
            .strip_prefix(['=', ':'])
            .is_some_and(|value| value.trim_start().starts_with('['))
    });
    Declared {
        names: found.collect(),
        speaks: lists,
        ..Declared::default()
    }
}
