//! Home directories in outputs: they name the person who ran the notebook.

use std::collections::BTreeSet;

use memchr::memmem;

use crate::finding::{Confidence, Located, Place, PlaceKind};
use crate::notebook::Notebook;
use crate::text::{Masker, Span};

use super::engine::Hit;
use super::users::names_in;
use super::view::{self, Sought};

/// A home directory that an output shows, or the name of its owner elsewhere.
#[derive(Debug)]
pub struct Home {
    /// `home-directory`, `user-name`
    pub kind: &'static str,
    pub place: Place,
    /// The bytes of the file that hold it.
    pub pieces: Vec<Span>,
    /// `/home/ann`, `ann`
    pub text: String,
}

/// Names that belong to machines and to no person.
const SHARED: [&str; 77] = [
    "acer",
    "admin",
    "administrator",
    "airflow",
    "app",
    "asus",
    "azureuser",
    "benutzer",
    "build",
    "builder",
    "centos",
    "ci",
    "circleci",
    "codespace",
    "codespaces",
    "colab",
    "conda",
    "data",
    "debian",
    "default",
    "dell",
    "desktop",
    "dev",
    "developer",
    "docker",
    "ec2-user",
    "fedora",
    "gitpod",
    "guest",
    "hadoop",
    "home",
    "hp",
    "jenkins",
    "jovyan",
    "jupyter",
    "kaggle",
    "lab",
    "labuser",
    "laptop",
    "lenovo",
    "mambauser",
    "me",
    "my",
    "name",
    "node",
    "notebook",
    "opc",
    "owner",
    "paperspace",
    "pc",
    "pi",
    "public",
    "root",
    "rstudio",
    "runner",
    "sagemaker",
    "sagemaker-user",
    "shared",
    "spark",
    "student",
    "studio-lab-user",
    "test",
    "tester",
    "travis",
    "ubuntu",
    "user",
    "username",
    "users",
    "usuario",
    "utilisateur",
    "vagrant",
    "vscode",
    "vsts",
    "windows",
    "you",
    "your_name",
    "yourname",
];

/// The home directories in the outputs of a notebook, and the names of their owners.
pub fn homes(notebook: &Notebook<'_>, masker: &Masker) -> Vec<Home> {
    let mut found = shown(notebook, masker, &homes_in, may_hold);
    let mut names: BTreeSet<String> = found.iter().filter_map(|home| owner(&home.text)).collect();
    for cell in notebook.code_cells().filter(|cell| may_hold(&cell.source.text)) {
        let text = &cell.source.text;
        names.extend(homes_in(text).iter().filter_map(|hit| owner(hit.span.slice(text))));
    }
    if !names.is_empty() {
        found.extend(shown(notebook, masker, &|text| names_in(text, &names), |_| true));
    }
    found.sort_by_key(|home| home.place.span);
    // a path is seen in the raw object and decoded, and holds the name
    found.dedup_by(|later, first| later.place.span.start < first.place.span.end);
    found
}

/// The last part of a home's path.
fn owner(home: &str) -> Option<String> {
    home.rsplit(['/', '\\']).next().map(str::to_owned)
}

fn shown(
    notebook: &Notebook<'_>,
    masker: &Masker,
    hits_in: &dyn Fn(&str) -> Vec<Hit>,
    may_hold: fn(&str) -> bool,
) -> Vec<Home> {
    let sought = Sought {
        hits_in,
        may_hold,
        everywhere: false,
    };
    let mut found = Vec::new();
    for view in view::collect(notebook, sought) {
        if view.at.kind != PlaceKind::Output || view.packed.is_some() {
            continue;
        }
        let located = Located::new(&view.text, &view.map);
        for hit in &view.hits {
            found.push(Home {
                kind: hit.detector,
                place: located.place(view.at.kind, view.at.cell, view.at.output, hit.span, masker),
                pieces: view.map.pieces(hit.span),
                text: hit.span.slice(&view.text).to_owned(),
            });
        }
    }
    found
}

fn may_hold(text: &str) -> bool {
    let bytes = text.as_bytes();
    ["/home/", "/Users/", "Users\\", "users\\"]
        .iter()
        .any(|start| memmem::find(bytes, start.as_bytes()).is_some())
}

fn homes_in(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    let starts = [
        "/home/",
        "/Users/",
        ":\\Users\\",
        ":\\\\Users\\\\",
        ":/Users/",
        ":\\users\\",
        ":\\\\users\\\\",
    ];
    for start in starts {
        for at in memmem::find_iter(text.as_bytes(), start.as_bytes()) {
            hits.extend(home(text, at, start));
        }
    }
    hits.sort_by_key(|hit| (hit.span.start, std::cmp::Reverse(hit.span.end)));
    hits.dedup_by(|later, first| later.span.start < first.span.end);
    hits
}

/// Where systems mount the folder of all homes.
const MOUNTS: [&str; 15] = [
    "",
    "/cluster",
    "/data",
    "/export",
    "/gpfs",
    "/local",
    "/mnt",
    "/net",
    "/nfs",
    "/private",
    "/srv",
    "/storage",
    "/System/Volumes/Data",
    "/usr",
    "/var",
];

/// How many bytes before `/home/…` belong to it: those of a mount, or of a drive as Unix shells on Windows write it
/// (`/mnt/c`). `src/home/ann` and `https://x.org/home/ann` are no home directories.
fn mount(before: &str) -> Option<usize> {
    let start = before
        .rfind(|c: char| c.is_whitespace() || "\"'`=,;:|<>()[]".contains(c))
        .map_or(0, |end| {
            end + before
                .get(end..)
                .and_then(|rest| rest.chars().next())
                .map_or(1, char::len_utf8)
        });
    let path = before.get(start..)?;
    if path == "//" && before.ends_with("file://") {
        return Some(0);
    }
    let drive = path
        .strip_prefix("/mnt")
        .or_else(|| path.strip_prefix("/cygdrive"))
        .unwrap_or(path);
    let letter = drive.len() == 2 && drive.starts_with('/') && drive.ends_with(|c: char| c.is_ascii_alphabetic());
    (letter || MOUNTS.contains(&path)).then_some(path.len())
}

fn home(text: &str, at: usize, start: &str) -> Option<Hit> {
    let before = text.get(..at)?.chars().next_back();
    let from = if start.starts_with(':') {
        before
            .filter(char::is_ascii_alphabetic)
            .map(|drive| at - drive.len_utf8())?
    } else {
        at - mount(text.get(..at)?)?
    };
    let rest = text.get(at + start.len()..)?;
    let length = rest
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '+')))
        .unwrap_or(rest.len());
    let name = rest.get(..length)?.trim_end_matches('.');
    let shared = SHARED.iter().any(|shared| name.eq_ignore_ascii_case(shared));
    (!name.is_empty() && name.len() <= 60 && !shared && !name.starts_with('.')).then(|| Hit {
        detector: "home-directory",
        name: "a home directory",
        confidence: Confidence::Certain,
        span: Span::new(from, at + start.len() + name.len()),
    })
}
