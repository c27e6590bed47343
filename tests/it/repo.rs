//! Git repositories of their own, in which the real git runs and finds this program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::harness::{Ran, Sandbox};

/// A repository, and a home with nothing in it but a name for commits.
pub struct Repo {
    sandbox: Sandbox,
    folder: PathBuf,
}

impl Repo {
    pub fn new() -> Self {
        let sandbox = Sandbox::new();
        let me = "[user]\n\tname = Ann\n\temail = ann@example.com\n[init]\n\tdefaultBranch = main\n";
        sandbox.write("home/.gitconfig", me);
        let folder = sandbox.path().join("work");
        std::fs::create_dir(&folder).unwrap();
        let repo = Self { sandbox, folder };
        repo.git(&["init", "--quiet"]);
        repo
    }

    pub fn path(&self) -> &Path {
        &self.folder
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        self.sandbox.write(&format!("work/{name}"), bytes);
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap()
    }

    pub fn home(&self, name: &str) -> PathBuf {
        self.sandbox.path().join("home").join(name)
    }

    pub fn command(&self, program: &str, path: &[&Path]) -> Command {
        let mut command = Command::new(program);
        let home = self.sandbox.path().join("home");
        command
            .current_dir(&self.folder)
            .env_clear()
            .env("HOME", &home)
            .env("PATH", std::env::join_paths(path).unwrap())
            .env("GIT_CONFIG_SYSTEM", home.join("system"))
            .env("GIT_ALLOW_PROTOCOL", "file");
        command
    }

    pub fn with_program(&self, program: &str, args: &[&str]) -> Ran {
        self.with_program_in(".", program, args)
    }

    pub fn with_program_in(&self, folder: &str, program: &str, args: &[&str]) -> Ran {
        let ours = Path::new(env!("CARGO_BIN_EXE_mortarboard")).parent().unwrap();
        let theirs = std::env::var_os("PATH").unwrap();
        let theirs: Vec<PathBuf> = std::env::split_paths(&theirs).collect();
        let path: Vec<&Path> = std::iter::once(ours)
            .chain(theirs.iter().map(PathBuf::as_path))
            .collect();
        let mut command = self.command(program, &path);
        said(
            command
                .args(args)
                .current_dir(self.folder.join(folder))
                .output()
                .unwrap(),
        )
    }

    pub fn try_git(&self, args: &[&str]) -> Ran {
        self.with_program("git", args)
    }

    pub fn git(&self, args: &[&str]) -> String {
        let ran = self.try_git(args);
        assert_eq!(ran.code, 0, "git {args:?}: {}{}", ran.out, ran.err);
        ran.out
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.with_program(env!("CARGO_BIN_EXE_mortarboard"), args)
    }

    pub fn run_in(&self, folder: &str, args: &[&str]) -> Ran {
        self.with_program_in(folder, env!("CARGO_BIN_EXE_mortarboard"), args)
    }

    pub fn install(&self, args: &[&str]) {
        let ran = self.run(&[&["git", "install"], args].concat());
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    }

    pub fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "-m", message]);
    }

    /// `git status` has nothing to say.
    #[track_caller]
    pub fn is_clean(&self) {
        assert_eq!(self.git(&["status", "--porcelain"]), "");
    }

    pub fn staged(&self, name: &str) -> Value {
        serde_json::from_str(&self.git(&["show", &format!(":{name}")])).unwrap()
    }
}

pub fn said(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
