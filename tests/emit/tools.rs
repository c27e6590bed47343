//! Runs Python's own tools on a package written to a temporary folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use mortarboard::emit::Tree;

/// Folder with `python`, `ruff` and `mypy`: `MORTARBOARD_TOOLS`.
pub fn tools() -> PathBuf {
    PathBuf::from(std::env::var_os("MORTARBOARD_TOOLS").expect("MORTARBOARD_TOOLS names a folder with Python's tools"))
}

pub fn write(tree: &Tree, root: &Path) {
    for (path, text) in &tree.files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    }
}

/// Runs a tool in `root` and returns what it says; fails where it does.
pub fn run(root: &Path, tool: &str, args: &[&str]) -> String {
    let done = Command::new(tools().join(tool))
        .args(args)
        .current_dir(root)
        .env("MYPYPATH", "src")
        .env("PYTHONPATH", "src")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap_or_else(|error| panic!("{tool}: {error}"));
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(done.status.success(), "{tool} {args:?} in {}:\n{said}", root.display());
    said
}

/// Every check that the package's own workflow makes. Returns what its tests say.
pub fn check(root: &Path) -> String {
    run(
        root,
        "python",
        &["-W", "error::SyntaxWarning", "-m", "compileall", "-q", "src", "tests"],
    );
    run(root, "ruff", &["check", "--no-cache", "."]);
    run(root, "ruff", &["format", "--check", "--no-cache", "."]);
    run(root, "mypy", &["--cache-dir=/dev/null", "src"]);
    run(
        root,
        "python",
        &["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
    )
}

/// Writes the tree and checks it; `MORTARBOARD_KEEP` names a folder to keep it in for a look.
pub fn checked(tree: &Tree, name: &str) -> String {
    if let Some(keep) = std::env::var_os("MORTARBOARD_KEEP") {
        let root = PathBuf::from(keep).join(name);
        let _ = std::fs::remove_dir_all(&root);
        write(tree, &root);
        return check(&root);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(tree, folder.path());
    check(folder.path())
}
