//! Which strings are paths of one machine: homes, drives, shares, mounts, anything anchored at the root.

/// What kind of machine-bound path a string is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathClass {
    /// In somebody's home: `/home/ann/…`, `C:\Users\ann\…`.
    User,
    /// On a drive, a share or a mount: `D:\…`, `\\server\…`, `/mnt/…`, `/content/…`.
    Mount,
    /// Of the operating system: `/tmp/…`, `/usr/share/…`.
    System,
    /// Below whoever runs it: `~/…`.
    Home,
    /// Anchored at the root, below a folder that is nothing known.
    Rooted,
}

/// What the code around a string says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Evidence {
    /// It is something else: a route, a pattern, the tail of a longer path.
    Against,
    None,
    /// It goes where paths go: `open(…)`, `data_dir = …`.
    For,
}

/// Top folders that are mounts: of hosted notebooks, clusters, containers and removable disks.
const MOUNTS: [&str; 43] = [
    "Volumes",
    "app",
    "apps",
    "archive",
    "cluster",
    "content",
    "cvmfs",
    "data",
    "data1",
    "data2",
    "databricks",
    "dataset",
    "datasets",
    "dbfs",
    "disk",
    "disk1",
    "eos",
    "export",
    "gdrive",
    "global",
    "gpfs",
    "hdd",
    "kaggle",
    "lustre",
    "media",
    "mnt",
    "ncs",
    "net",
    "nfs",
    "nobackup",
    "notebooks",
    "project",
    "projects",
    "scratch",
    "shared",
    "ssd",
    "storage",
    "tank",
    "teamspace",
    "vol",
    "work",
    "workspace",
    "workspaces",
];

/// Top folders of Unix systems.
const SYSTEM: [&str; 12] = [
    "Applications",
    "Library",
    "etc",
    "lib",
    "lib64",
    "opt",
    "private",
    "proc",
    "srv",
    "tmp",
    "usr",
    "var",
];

/// The class of `text`, which is a whole string literal or one word of a command.
///
/// `written` is the literal as it stands between its quotes: `"D:\new"` holds a line end where its author
/// meant a folder.
pub(super) fn classify(text: &str, written: &str, evidence: Evidence) -> Option<PathClass> {
    if evidence == Evidence::Against || text.len() > 1000 {
        return None;
    }
    // the rest of `dbfs:/` is the workspace's own; what is mounted into it is not
    let mounted = text.strip_prefix("dbfs:").filter(|rest| rest.starts_with("/mnt/"));
    let text = mounted.unwrap_or(text);
    let text = text
        .strip_prefix("file://")
        .filter(|rest| rest.starts_with('/'))
        .unwrap_or(text);
    let text = text.strip_prefix('/').filter(|rest| is_drive(rest)).unwrap_or(text);
    if is_drive(text) || is_drive(written) {
        return drive_class(written);
    }
    if let Some(share) = text.strip_prefix(r"\\").or_else(|| written.strip_prefix(r"\\")) {
        return is_share(share).then_some(PathClass::Mount);
    }
    // what is still a path after this stands on one line and holds no query, markup or pattern
    if text.contains(['\n', '\t', '<', '>', '|', '^', '"', '\\', '?', '\u{0}']) || text.starts_with("//") {
        return None;
    }
    if let Some(rest) = text.strip_prefix('~') {
        return is_home(rest, evidence).then_some(PathClass::Home);
    }
    rooted(text.strip_prefix('/')?, evidence)
}

/// `C:\` or `c:/`, with something after it that is no pattern.
fn is_drive(text: &str) -> bool {
    let mut chars = text.chars();
    let letter = chars.next().is_some_and(|c| c.is_ascii_alphabetic());
    if !letter || chars.next() != Some(':') {
        return false;
    }
    let Some(rest) = chars.as_str().strip_prefix(['\\', '/']) else {
        return false;
    };
    let rest = rest.trim_start_matches(['\\', '/']);
    let start = rest.chars().next();
    // `s://` is a scheme cut short; `\d+` and `\s*` are patterns
    let pattern = rest.contains(['*', '+', '|', '^', '"', '<', '>']) && !rest.ends_with("*") && !rest.contains("*.");
    start.is_none_or(|c| c.is_alphanumeric() || "_.$%{(-#@!~[".contains(c))
        && !pattern
        && !chars.as_str().starts_with("//")
}

fn drive_class(written: &str) -> Option<PathClass> {
    let parts: Vec<&str> = written.split(['\\', '/']).filter(|part| !part.is_empty()).collect();
    // `"n:\n"` and `"A:/"` are labels: a drive alone says nothing
    let first = parts.get(1)?;
    if written.contains(r"\n") && parts.len() == 2 && first.len() == 1 {
        return None;
    }
    let users = first.eq_ignore_ascii_case("users") || first.eq_ignore_ascii_case("documents and settings");
    Some(if users { PathClass::User } else { PathClass::Mount })
}

/// `server\share…`: a host of at least two characters and a share, without what LaTeX and patterns are made of.
fn is_share(text: &str) -> bool {
    let mut parts = text.split('\\').filter(|part| !part.is_empty());
    let host = parts.next().unwrap_or_default();
    let legal = |c: char| c.is_alphanumeric() || "-._$".contains(c);
    let share = parts
        .next()
        .is_some_and(|share| share.len() > 1 || parts.next().is_some());
    host.len() > 1 && host.chars().all(legal) && share && !text.contains(['{', '}', '^', '*', '+', '?', '|', '\n', '&'])
}

/// What follows `~`: a path of one's own home, or another's.
fn is_home(rest: &str, evidence: Evidence) -> bool {
    let Some(path) = rest.strip_prefix('/') else {
        return rest.is_empty() && evidence == Evidence::For;
    };
    !path.is_empty() && path.chars().all(is_path_char) || (path.is_empty() && evidence == Evidence::For)
}

fn rooted(path: &str, evidence: Evidence) -> Option<PathClass> {
    if !path.chars().all(is_path_char) || looks_like_route(path) {
        return None;
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let (first, rest) = parts.split_first()?;
    match *first {
        "home" | "Users" if !rest.is_empty() => Some(PathClass::User),
        "root" if !rest.is_empty() || evidence == Evidence::For => Some(PathClass::User),
        "dev" => None,
        // programs that every Unix has
        "bin" | "sbin" => None,
        "usr" if matches!(rest.first(), Some(&("bin" | "sbin"))) => None,
        // folders of the containers that SageMaker starts, and that a notebook only tells of
        "opt" if matches!(rest.first(), Some(&("ml" | "program"))) => None,
        top if MOUNTS.contains(&top) => (!rest.is_empty() || evidence == Evidence::For).then_some(PathClass::Mount),
        top if SYSTEM.contains(&top) => (!rest.is_empty() || evidence == Evidence::For).then_some(PathClass::System),
        top => is_path_by_use(top, rest, evidence).then_some(PathClass::Rooted),
    }
}

/// Below a folder that means nothing by itself, only its use makes a string a path.
fn is_path_by_use(top: &str, rest: &[&str], evidence: Evidence) -> bool {
    // `/XXXXXXXX` and `/path/to/file` stand for a path that its reader knows
    let stand_in = top.chars().all(|c| c == 'X' || c == 'x') || (top == "path" && rest.first() == Some(&"to"));
    let named = top.len() > 1 && top.chars().any(char::is_alphabetic) && !top.contains(':') && !stand_in;
    evidence == Evidence::For
        && named
        && !["api", "v1", "v2", "static", "index"].contains(&top)
        && (!rest.is_empty() || !top.contains('.'))
}

/// `/users/{id}`, `/search?q=`, `/a/b#c`: what servers answer to.
fn looks_like_route(path: &str) -> bool {
    path.contains(['?', '&', '=', '#']) && !path.contains(".csv") || path.starts_with("api/")
}

/// Spaces and letters of any language are common in paths; quotes, brackets and line ends are not.
fn is_path_char(c: char) -> bool {
    c.is_alphanumeric() || "/._- +@,%()[]{}'*~&=#!:$".contains(c) || !c.is_ascii()
}
