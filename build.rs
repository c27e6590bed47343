//! Puts the C library into the program where it lies ready as an archive, and links to it as usual where it doesn't.
//!
//! Most of what stripping one notebook costs is the program's start, and finding, mapping and binding three shared
//! libraries is a good part of that. `-C target-feature=+crt-static` would say the same, but not for the program alone:
//! procedural macros can't be built with it.
#![allow(clippy::disallowed_macros, clippy::disallowed_methods)] // what a build script prints and writes is for cargo

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The libraries that `rustc` asks the linker for, and the archives that hold the same.
const LIBRARIES: [(&str, &str); 7] = [
    ("c", "c"),
    ("dl", "dl"),
    ("gcc_s", "gcc_eh"),
    ("m", "m"),
    ("pthread", "pthread"),
    ("rt", "rt"),
    ("util", "util"),
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=RUSTC_LINKER");
    let target = env::var("TARGET").unwrap_or_default();
    let known = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"].contains(&target.as_str());
    // another machine's archives would have to be found in another way
    let native = env::var("HOST").is_ok_and(|host| host == target);
    if let Some(folder) = (known && native).then(archives).flatten() {
        for argument in [
            &format!("-L{}", folder.display()),
            "-static-pie",
            "-Wl,--start-group",
            "-lgcc_s",
            "-lgcc",
            "-lc",
            "-Wl,--end-group",
        ] {
            println!("cargo:rustc-link-arg-bins={argument}");
        }
    }
}

/// A folder in which the linker finds the archives under the names of the shared libraries, before it finds those.
fn archives() -> Option<PathBuf> {
    // what starts such a program; older C libraries lack it
    found("rcrt1.o")?;
    let folder = PathBuf::from(env::var_os("OUT_DIR")?).join("archives");
    fs::create_dir_all(&folder).ok()?;
    for (library, archive) in LIBRARIES {
        let path = found(&format!("lib{archive}.a"))?;
        fs::write(folder.join(format!("lib{library}.a")), format!("INPUT(\"{path}\")\n")).ok()?;
    }
    Some(folder)
}

/// Where the C compiler, which links, has a file.
fn found(name: &str) -> Option<String> {
    let compiler = env::var_os("RUSTC_LINKER").unwrap_or_else(|| "cc".into());
    let asked = Command::new(compiler)
        .arg(format!("-print-file-name={name}"))
        .output()
        .ok()?;
    let path = String::from_utf8(asked.stdout).ok()?;
    // a name that it doesn't know is printed as it was asked for
    let path = Path::new(path.trim());
    (path.is_absolute() && path.exists()).then(|| path.display().to_string())
}
