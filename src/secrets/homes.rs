//! Home directories in outputs: they name the person who ran the notebook.

use memchr::memmem;

use crate::finding::{Confidence, Located, Place, PlaceKind};
use crate::notebook::Notebook;
use crate::text::{Masker, Span};

use super::engine::Hit;
use super::view::{self, Sought};

/// A home directory that an output shows.
#[derive(Debug)]
pub struct Home {
    pub place: Place,
    /// The bytes of the file that hold it.
    pub pieces: Vec<Span>,
    /// `/home/ann`
    pub path: String,
}

/// Names that belong to machines and to no person.
const SHARED: [&str; 76] = [
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

/// The home directories in the outputs of a notebook.
pub fn homes(notebook: &Notebook<'_>, masker: &Masker) -> Vec<Home> {
    let sought = Sought {
        hits_in: &homes_in,
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
                place: located.place(view.at.kind, view.at.cell, view.at.output, hit.span, masker),
                pieces: view.map.pieces(hit.span),
                path: hit.span.slice(&view.text).to_owned(),
            });
        }
    }
    found.sort_by_key(|home| home.place.span);
    // a path is seen in the raw object and decoded
    found.dedup_by(|later, first| later.place.span.start < first.place.span.end);
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
const MOUNTS: [&str; 9] = [
    "",
    "/data",
    "/export",
    "/gpfs",
    "/nfs",
    "/private",
    "/storage",
    "/System/Volumes/Data",
    "/usr",
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
