//! Runs the program as a user would, in an environment of its own; and writes notebooks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

/// A folder to run in. Nothing of the caller's environment gets in.
pub struct Sandbox {
    folder: tempfile::TempDir,
}

/// What a run printed, and its exit code.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Sandbox {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Copies a folder of the repository to the same place here.
    pub fn copy(&self, folder: &str) {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in std::fs::read_dir(source).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                self.copy(&name);
            } else {
                self.write(&name, std::fs::read(path).unwrap());
            }
        }
    }

    /// The files below a folder here, by their paths in it.
    pub fn files(&self, folder: &str) -> BTreeMap<String, String> {
        files_below(&self.path().join(folder))
    }

    pub fn write_notebook(&self, name: &str, notebook: &Value) -> PathBuf {
        self.write(name, serde_json::to_string_pretty(notebook).unwrap())
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_mortarboard"))
            .args(args)
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path())
            .output()
            .unwrap();
        Ran {
            code: status.code().unwrap_or(-1),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }

    /// The report of `check … --output-format json`.
    pub fn json(&self, args: &[&str]) -> Value {
        let ran = self.run(&[&["check", "--output-format", "json"], args].concat());
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
    }
}

/// The files below a folder, by their paths in it with forward slashes. There are none where there is no folder.
pub fn files_below(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let inside = files_below(&path).into_iter();
            found.extend(inside.map(|(inner, text)| (format!("{name}/{inner}"), text)));
        } else {
            found.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
    found
}

/// A notebook of these cells.
pub fn notebook(cells: &[Value]) -> Value {
    json!({
        "cells": cells,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
                     "language_info": {"name": "python", "version": "3.12.1"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    })
}

/// A code cell.
pub fn code(count: Option<i64>, source: &str) -> Value {
    json!({"cell_type": "code", "execution_count": count, "metadata": {}, "outputs": [], "source": source})
}

/// A code cell with outputs.
pub fn code_with(count: Option<i64>, source: &str, outputs: Value) -> Value {
    json!({"cell_type": "code", "execution_count": count, "metadata": {}, "outputs": outputs, "source": source})
}

pub fn stdout(text: &str) -> Value {
    json!({"output_type": "stream", "name": "stdout", "text": text})
}
