//! `git install` and what follows, with the real git on repositories of their own.

use std::path::Path;

use serde_json::{Value, json};

use crate::harness::{code, code_with, notebook, stdout};
use crate::repo::{Repo, said};

/// A notebook that was run; `value` is in its source and its output.
fn ran(value: i64) -> String {
    notebook_text(&[
        code_with(
            Some(value),
            &format!("print({value})"),
            json!([stdout(&format!("shown: {value}\n"))]),
        ),
        code(Some(value + 1), "x = 1"),
    ])
}

/// A repository with notebooks in its first commit, made before anything is installed.
fn with_notebooks() -> Repo {
    let repo = Repo::new();
    for name in ["a.ipynb", "sub/b.ipynb"] {
        repo.write(name, ran(1));
    }
    repo.commit("before");
    repo
}

fn notebook_text(cells: &[Value]) -> String {
    serde_json::to_string_pretty(&notebook(cells)).unwrap() + "\n"
}

fn secret() -> String {
    ["ghp_u8jzPde0IgxLd6Gncf", "BAepfJBd0Kh8024xXH"].concat()
}

#[test]
fn outputs_stay_in_the_working_tree_and_out_of_git() {
    let repo = Repo::new();
    repo.install(&[]);
    repo.is_clean();
    repo.write("a.ipynb", ran(1));
    repo.commit("one");
    repo.is_clean();
    assert_eq!(repo.read("a.ipynb"), ran(1));
    let staged = repo.staged("a.ipynb");
    assert_eq!(staged["cells"][0]["outputs"], json!([]));
    assert_eq!(staged["cells"][0]["execution_count"], Value::Null);
    assert_eq!(staged["cells"][0]["source"], "print(1)");
}

/// What people do with git in a day: after each step git has nothing to say.
#[test]
fn a_day_with_git() {
    let repo = Repo::new();
    for sample in ["churn_model", "messy_order", "sales_forecast"] {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("sample_notebooks/{sample}/{sample}.ipynb"));
        repo.write(&format!("{sample}.ipynb"), std::fs::read(source).unwrap());
    }
    repo.install(&[]);
    repo.commit("samples");
    repo.is_clean();
    repo.write("new.ipynb", ran(1));
    repo.git(&["add", "new.ipynb"]);
    repo.git(&["stash"]);
    repo.is_clean();
    repo.git(&["stash", "pop", "--index"]);
    repo.commit("new");
    repo.git(&["checkout", "--quiet", "-b", "side", "HEAD~1"]);
    repo.is_clean();
    repo.write("side.ipynb", ran(2));
    repo.commit("side");
    repo.git(&["checkout", "--quiet", "-b", "rebased"]);
    repo.git(&["rebase", "--quiet", "main"]);
    repo.is_clean();
    repo.git(&["checkout", "--quiet", "main"]);
    repo.git(&["merge", "--quiet", "--no-edit", "side"]);
    repo.is_clean();
    repo.git(&["worktree", "add", "--quiet", "../linked", "rebased"]);
    assert_eq!(repo.git(&["-C", "../linked", "status", "--porcelain"]), "");
    let there = repo
        .try_git(&["-C", "../linked", "check-attr", "filter", "side.ipynb"])
        .out;
    assert_eq!(there, "side.ipynb: filter: mortarboard\n");
    repo.git(&["submodule", "--quiet", "add", "./", "inner"]);
    repo.commit("a submodule");
    repo.is_clean();
    let ran = repo.run(&["git", "status"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("the filter applies to 5 of 5"), "{}", ran.out);
    let doctor = repo.run(&["git", "doctor"]);
    assert_eq!(doctor.code, 0, "{}{}", doctor.out, doctor.err);
}

#[test]
fn submodules_and_working_trees_on_request() {
    let inner = with_notebooks();
    let repo = with_notebooks();
    repo.git(&["submodule", "--quiet", "add", inner.path().to_str().unwrap(), "inner"]);
    repo.git(&["commit", "--quiet", "-m", "inner"]);
    repo.install(&["--recurse-submodules"]);
    let filter = |folder: &str| repo.git(&["-C", folder, "check-attr", "filter", "a.ipynb"]);
    assert_eq!(filter("inner"), "a.ipynb: filter: mortarboard\n");
    assert_eq!(repo.run(&["git", "uninstall", "--recurse-submodules"]).code, 0);
    assert_eq!(filter("inner"), "a.ipynb: filter: unspecified\n");
    assert_eq!(filter("."), "a.ipynb: filter: unspecified\n");
}

#[test]
fn what_cannot_be_filtered_is_not_staged() {
    let repo = Repo::new();
    repo.install(&[]);
    repo.write("a.ipynb", ran(1));
    repo.write("cut.ipynb", &ran(1)[..40]);
    let added = repo.try_git(&["add", "cut.ipynb"]);
    assert_ne!(added.code, 0);
    assert!(
        added.err.contains("error: cut.ipynb:") && added.err.contains("hint: "),
        "{}",
        added.err
    );
    assert_eq!(repo.git(&["ls-files"]), "");
    // without the program git must not go on as if nothing were to be filtered
    let git = std::env::split_paths(&std::env::var_os("PATH").unwrap()).find(|folder| folder.join("git").exists());
    let added = said(
        repo.command("git", &[&git.unwrap()])
            .args(["add", "a.ipynb"])
            .output()
            .unwrap(),
    );
    assert_ne!(added.code, 0);
    assert_eq!(repo.git(&["ls-files"]), "");
    // a notebook without a byte has nothing to filter
    repo.write("empty.ipynb", "");
    repo.git(&["add", "empty.ipynb", "a.ipynb"]);
    assert_eq!(repo.git(&["ls-files"]), "a.ipynb\nempty.ipynb\n");
}

#[test]
fn checking_out_never_fails() {
    let repo = Repo::new();
    let broken = &ran(1)[..40];
    repo.write("cut.ipynb", broken);
    repo.write("latin.ipynb", b"{\"cells\": [\"\xe9\"]}");
    repo.commit("broken");
    for one_shot in [false, true] {
        repo.install(&[]);
        if one_shot {
            repo.git(&["config", "--unset", "filter.mortarboard.process"]);
        }
        std::fs::remove_file(repo.path().join("cut.ipynb")).unwrap();
        std::fs::remove_file(repo.path().join("latin.ipynb")).unwrap();
        let out = repo.try_git(&["checkout", "."]);
        assert_eq!(out.code, 0, "{}", out.err);
        assert!(out.err.contains("warning: cut.ipynb: no notebook"), "{}", out.err);
        assert_eq!(repo.read("cut.ipynb"), broken);
        assert_eq!(
            std::fs::read(repo.path().join("latin.ipynb")).unwrap(),
            b"{\"cells\": [\"\xe9\"]}"
        );
    }
}

#[test]
fn one_process_and_many_give_the_same() {
    let repo = Repo::new();
    repo.install(&[]);
    // larger than a packet
    let long = "é".repeat(200_000);
    repo.write("long.ipynb", notebook_text(&[code(Some(1), &long)]));
    repo.write("späte é\n.ipynb", ran(3));
    repo.write("-odd 'name'.ipynb", ran(4));
    repo.git(&["add", "--all"]);
    let once = repo.git(&["ls-files", "-s", "-z"]);
    repo.git(&["rm", "--quiet", "-r", "--cached", "."]);
    repo.git(&["config", "--unset", "filter.mortarboard.process"]);
    repo.git(&["add", "--all"]);
    assert_eq!(repo.git(&["ls-files", "-s", "-z"]), once);
    assert_eq!(repo.staged("long.ipynb")["cells"][0]["source"], long);
}

/// Every file is as it was, however it ended.
#[test]
fn uninstalling_leaves_no_trace() {
    let untouched = [
        None,
        Some(""),
        Some("*.csv text\n"),
        Some("*.csv text"),
        Some("*.csv text\r\n*.png binary"),
    ];
    for before in untouched {
        for place in [".gitattributes", ".git/info/attributes"] {
            for config_end in ["", "\n", "# no end"] {
                let repo = Repo::new();
                if let Some(text) = before {
                    repo.write(place, text);
                }
                let config = repo.read(".git/config");
                let config = config.trim_end().to_owned() + config_end;
                repo.write(".git/config", &config);
                let args: &[&str] = if place.starts_with(".git/") {
                    &[]
                } else {
                    &["--attributes", place]
                };
                repo.install(args);
                repo.install(&[args, &["--redact-only"]].concat());
                // notes of Zeppelin's are stripped, not redacted
                assert!(!repo.read(place).contains("zpln"), "{}", repo.read(place));
                assert!(repo.read(place).starts_with(before.unwrap_or_default()));
                let status = repo.run(&["git", "status"]);
                assert_eq!(status.code, 0, "{}", status.out);
                assert_eq!(repo.run(&["git", "uninstall"]).code, 0);
                let after = std::fs::read_to_string(repo.path().join(place)).ok();
                assert_eq!(after.as_deref(), before, "{place}");
                assert_eq!(repo.read(".git/config"), config, "{place} {before:?}");
            }
        }
    }
}

#[test]
fn what_others_wrote_stays() {
    let repo = Repo::new();
    let shared = "*.ipynb filter=mortarboard diff=mortarboard\n*.zpln filter=mortarboard diff=mortarboard\n";
    repo.write(".gitattributes", shared);
    repo.install(&["--attributes", ".gitattributes"]);
    assert_eq!(repo.read(".gitattributes"), shared);
    assert_eq!(repo.run(&["git", "uninstall"]).code, 0);
    assert_eq!(repo.read(".gitattributes"), shared);
    let again = repo.run(&["git", "uninstall"]);
    assert_eq!(again.code, 0);
    assert!(again.err.contains("nothing was installed"), "{}", again.err);
    repo.install(&[]);
    repo.write(
        ".git/info/attributes",
        repo.read(".git/info/attributes") + "*.csv text\n",
    );
    repo.git(&["config", "core.fsmonitor", "false"]);
    assert_eq!(repo.run(&["git", "uninstall"]).code, 0);
    assert_eq!(repo.read(".git/info/attributes"), "*.csv text\n");
    assert!(
        repo.read(".git/config").ends_with("fsmonitor = false\n"),
        "{}",
        repo.read(".git/config")
    );
}

#[test]
fn for_all_repositories_of_a_user_or_a_machine() {
    let repo = with_notebooks();
    let config = std::fs::read(repo.home(".gitconfig")).unwrap();
    repo.install(&["--global"]);
    assert!(repo.home(".config/git/attributes").exists());
    assert_eq!(repo.run(&["git", "status"]).code, 0);
    assert_eq!(
        repo.run(&["git", "uninstall"]).err,
        "nothing was installed for this repository\n"
    );
    assert_eq!(repo.run(&["git", "uninstall", "--global"]).code, 0);
    assert_eq!(std::fs::read(repo.home(".gitconfig")).unwrap(), config);
    assert!(!repo.home(".config/git/attributes").exists());
    assert_eq!(repo.run(&["git", "status"]).code, 1);
    // the user's own choice of a file
    repo.git(&["config", "--global", "core.attributesFile", "~/my attributes"]);
    repo.install(&["--global"]);
    assert!(repo.home("my attributes").exists());
    assert_eq!(repo.run(&["git", "uninstall", "--global"]).code, 0);
    assert!(!repo.home("my attributes").exists());
    // a file that is not there yet
    let attributes = repo.home("attributes");
    let both = ["--system", "--attributes", attributes.to_str().unwrap()];
    repo.git(&[
        "config",
        "--global",
        "core.attributesFile",
        attributes.to_str().unwrap(),
    ]);
    repo.install(&both);
    assert!(repo.home("system").exists());
    assert_eq!(repo.run(&["git", "status"]).code, 0);
    assert_eq!(repo.run(&["git", "uninstall", "--system"]).code, 0);
    assert!(!repo.home("system").exists() && !attributes.exists());
}

/// An attributes file of a folder is for the notebooks below it, wherever we are when it is named.
#[test]
fn for_a_folder() {
    let repo = with_notebooks();
    std::fs::create_dir(repo.path().join("other")).unwrap();
    let ran = repo.run_in("other", &["git", "install", "--attributes", "../sub/.gitattributes"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let filter = |path: &str| repo.git(&["check-attr", "filter", path]);
    assert_eq!(filter("sub/b.ipynb"), "sub/b.ipynb: filter: mortarboard\n");
    assert_eq!(filter("a.ipynb"), "a.ipynb: filter: unspecified\n");
    assert_eq!(
        repo.git(&["config", "filter.mortarboard.added"]),
        "sub/.gitattributes\n"
    );
    std::fs::remove_dir(repo.path().join("other")).unwrap();
    assert_eq!(repo.run(&["git", "uninstall"]).code, 0);
    assert!(!repo.path().join("sub/.gitattributes").exists());
}

#[test]
fn installing_needs_the_program_and_a_repository() {
    let repo = Repo::new();
    let config = repo.read(".git/config");
    let ran = repo.run(&["git", "install", "--command", "no-such-program --fast"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("`no-such-program`") && ran.err.contains("hint: "),
        "{}",
        ran.err
    );
    // git would never read this one
    let ran = repo.run(&["git", "install", "--attributes", "attributes.txt"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("filter=unspecified"), "{}", ran.err);
    assert_eq!(repo.read(".git/config"), config);
    assert!(!repo.path().join("attributes.txt").exists());
    std::fs::remove_dir_all(repo.path().join(".git")).unwrap();
    for command in ["install", "uninstall", "status", "doctor", "refresh"] {
        let ran = repo.run(&["git", command]);
        assert_eq!(ran.code, 2, "{command}");
        assert!(
            ran.err.contains("not a git repository") && ran.err.contains("hint: "),
            "{}",
            ran.err
        );
    }
}

#[test]
fn status_proves_it_for_each_notebook() {
    let repo = with_notebooks();
    assert_eq!(repo.run(&["git", "status"]).code, 1);
    repo.install(&["--attributes", ".gitattributes"]);
    assert_eq!(repo.run(&["git", "status"]).code, 0);
    repo.write("sub/.gitattributes", "*.ipynb -filter\n");
    repo.write("UPPER.IPYNB", ran(1));
    let ran = repo.run(&["git", "status"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("applies to 1 of 3\n"), "{}", ran.out);
    assert!(ran.out.contains("  sub/b.ipynb: filter=unset\n"), "{}", ran.out);
    assert!(ran.out.contains("  UPPER.IPYNB: filter=unspecified\n"), "{}", ran.out);
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    let repo = with_notebooks();
    repo.install(&[]);
    repo.write("sub/c.ipynb", ran(3));
    repo.git(&["add", "sub/c.ipynb"]);
    let unfiltered = repo.run(&["git", "doctor"]);
    assert_eq!(unfiltered.code, 1);
    let both = "  a.ipynb\n  sub/b.ipynb\n";
    for place in ["in the index", "in the last commit"] {
        assert!(
            unfiltered
                .out
                .contains(&format!("problem: unfiltered {place}\n{both}hint: ")),
            "{}",
            unfiltered.out
        );
    }
    repo.git(&["add", "--renormalize", "."]);
    let staged = repo.run(&["git", "doctor"]);
    assert!(
        !staged.out.contains("in the index") && staged.out.contains("in the last commit"),
        "{}",
        staged.out
    );
    repo.git(&["commit", "--quiet", "-m", "filtered"]);
    assert_eq!(repo.run(&["git", "doctor"]).code, 0);
    repo.is_clean();
    // another machine's path, in a filter of another tool
    repo.git(&["config", "filter.other.clean", "'/opt/no such/python' -m other"]);
    repo.write(".git/info/attributes", "*.ipynb filter=other\n");
    let other = repo.run(&["git", "doctor"]);
    assert_eq!(other.code, 1);
    for said in [
        "the filter other is not required",
        "`/opt/no such/python` is not found, and clean of other runs it",
        "`/opt/no such/python` is a path of this machine",
        "another filter applies: other\n  a.ipynb\n",
    ] {
        assert!(other.out.contains(said), "{said}: {}", other.out);
    }
}

#[test]
fn refreshing_clears_phantoms_and_stages_nothing() {
    let repo = Repo::new();
    repo.install(&[]);
    repo.write("phantom.ipynb", ran(1));
    repo.write("real.ipynb", ran(1));
    repo.commit("both");
    let again = notebook_text(&[
        code_with(
            Some(77),
            "print(1)",
            json!([stdout("another output, of another length\n")]),
        ),
        code(Some(78), "x = 1"),
    ]);
    repo.write("phantom.ipynb", &again);
    repo.write("real.ipynb", ran(2_000));
    assert_eq!(
        repo.git(&["status", "--porcelain"]),
        " M phantom.ipynb\n M real.ipynb\n"
    );
    let ran = repo.run(&["git", "refresh"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.err, "renewed 1 of 2 modified; 1 differ in what git keeps\n");
    assert_eq!(repo.git(&["status", "--porcelain"]), " M real.ipynb\n");
    assert_eq!(repo.git(&["diff", "--cached", "--name-only"]), "");
    assert_eq!(repo.read("phantom.ipynb"), again);
}

#[test]
fn only_secrets_go_where_that_is_wanted() {
    let repo = Repo::new();
    repo.install(&["--redact-only"]);
    let leaky = notebook_text(&[code_with(
        Some(1),
        "show()",
        json!([stdout(&format!("token={}\n", secret()))]),
    )]);
    repo.write("a.ipynb", &leaky);
    repo.commit("one");
    repo.is_clean();
    let staged = repo.git(&["show", ":a.ipynb"]);
    assert_eq!(staged, leaky.replace(&secret(), "[redacted:github-token]"));
}

/// Settings say what is stripped; the command that git runs is the same for everyone.
#[test]
fn settings_govern_what_is_stripped() {
    let repo = Repo::new();
    let settings = "[strip]\nkeep-count = true\n[per-path.\"reports/**\"]\nstrip = { keep-output = true }\n";
    repo.write("mortarboard.toml", settings);
    repo.install(&[]);
    repo.write("a.ipynb", ran(1));
    repo.write("reports/b.ipynb", ran(1));
    repo.git(&["add", "--all"]);
    assert_eq!(repo.staged("a.ipynb")["cells"][0]["outputs"], json!([]));
    assert_eq!(repo.staged("a.ipynb")["cells"][0]["execution_count"], 1);
    assert_eq!(repo.git(&["show", ":reports/b.ipynb"]), ran(1));
    repo.git(&["commit", "--quiet", "-m", "one"]);
    assert_eq!(repo.run_in("reports", &["git", "doctor"]).code, 0);
}

/// Notes of Zeppelin's are filtered too, and are no reason for a warning.
#[test]
fn notes_of_zeppelin() {
    let repo = Repo::new();
    repo.install(&[]);
    let note = json!({"name": "n", "paragraphs": [{"text": "%md hi", "results": {"code": "SUCCESS", "msg": []}}]});
    repo.write("n.zpln", serde_json::to_string_pretty(&note).unwrap());
    repo.commit("one");
    repo.is_clean();
    assert!(!repo.git(&["show", ":n.zpln"]).contains("SUCCESS"));
    std::fs::remove_file(repo.path().join("n.zpln")).unwrap();
    let out = repo.try_git(&["checkout", "."]);
    assert!(out.code == 0 && !out.err.contains("warning"), "{}", out.err);
}

/// Settings say what is redacted, from wherever git is called.
#[test]
fn settings_govern_the_filter() {
    let repo = Repo::new();
    let leaky = notebook_text(&[code_with(
        Some(1),
        "show()",
        json!([stdout(&format!("token={}\n", secret()))]),
    )]);
    repo.write("known/a.ipynb", &leaky);
    repo.write("b.ipynb", &leaky);
    repo.write(
        "mortarboard.toml",
        "[per-path.\"known/**\"]\nignore = [\"secret-in-output\"]\n",
    );
    repo.install(&["--redact-only"]);
    let added = repo.run_in("known", &["git", "doctor"]);
    assert_eq!(added.code, 0, "{}", added.out);
    repo.commit("one");
    assert_eq!(repo.git(&["show", ":known/a.ipynb"]), leaky);
    assert!(!repo.git(&["show", ":b.ipynb"]).contains(&secret()));
    assert_eq!(repo.run_in("known", &["git", "doctor"]).code, 0);
    // what can't be understood can't be followed
    repo.write("mortarboard.toml", "no-such-key = 1\n");
    repo.write("b.ipynb", leaky.replace("show", "print"));
    let added = repo.try_git(&["add", "b.ipynb"]);
    assert_ne!(added.code, 0);
    assert!(added.err.contains("unknown key `no-such-key`"), "{}", added.err);
}

#[test]
fn outputs_come_back_with_the_branch() {
    let repo = Repo::new();
    repo.install(&["--keep-outputs-locally"]);
    repo.write("a.ipynb", ran(1));
    repo.write("b.ipynb", ran(5));
    repo.commit("one");
    repo.git(&["checkout", "--quiet", "-b", "side"]);
    repo.write("a.ipynb", ran(2));
    repo.commit("two");
    for _ in 0..2 {
        repo.git(&["checkout", "--quiet", "main"]);
        assert_eq!(repo.read("a.ipynb"), ran(1));
        repo.is_clean();
        repo.git(&["checkout", "--quiet", "side"]);
        assert_eq!(repo.read("a.ipynb"), ran(2));
        repo.is_clean();
    }
    // those of a run that nobody has added come through a stash
    repo.write("a.ipynb", ran(3));
    repo.git(&["stash", "--quiet"]);
    assert_eq!(repo.read("a.ipynb"), ran(2));
    repo.git(&["stash", "pop", "--quiet"]);
    assert_eq!(repo.read("a.ipynb"), ran(3));
    repo.git(&["worktree", "add", "--quiet", "../linked", "main"]);
    assert_eq!(
        std::fs::read_to_string(repo.path().join("../linked/a.ipynb")).unwrap(),
        ran(1)
    );
    assert_eq!(repo.git(&["-C", "../linked", "status", "--porcelain"]), "");
    assert!(!repo.git(&["show", "HEAD:a.ipynb"]).contains("shown"));
    let undone = repo.run(&["git", "uninstall"]);
    assert!(undone.err.contains("kept outputs stay in"), "{}", undone.err);
}

/// Differences are those of what git holds, as text, secrets hidden, whatever the working tree shows besides.
#[test]
fn differences_are_read_as_text() {
    let repo = Repo::new();
    repo.install(&[]);
    let cell = |line: &str| notebook_text(&[code_with(Some(4), &format!("a = 1\n{line}"), json!([stdout("9\n")]))]);
    repo.write("a.ipynb", cell("b = 2"));
    repo.commit("one");
    repo.write("a.ipynb", cell("b = 3"));
    let diff = repo.git(&["diff"]);
    assert!(
        diff.ends_with("@@ -1,3 +1,3 @@\n ──── code\n a = 1\n-b = 2\n+b = 3\n"),
        "{diff}"
    );
    repo.write("a.ipynb", cell(&format!("token = \"{}\"", secret())));
    let diff = repo.git(&["diff"]);
    assert!(
        diff.contains("+token = \"ghp_****") && !diff.contains(&secret()),
        "{diff}"
    );
    // a file with conflicts has no cells; the text is shown all the same
    repo.write("b.ipynb", format!("<<<<<<< ours\n{}\u{1b}[2J", secret()));
    let text = repo.run(&["git", "textconv", "b.ipynb"]).out;
    assert!(
        text.contains("<<<<<<< ours\n") && !text.contains(&secret()) && !text.contains('\u{1b}'),
        "{text}"
    );
}

#[test]
fn whoever_does_not_speak_gits_protocol_is_told() {
    let repo = Repo::new();
    let ours = Path::new(env!("CARGO_BIN_EXE_mortarboard"));
    let hostile: [&[u8]; 6] = [
        b"",
        b"hello",
        b"0001",
        b"ffff",
        b"0016git-filter-client\n000eversion=1\n0000",
        b"0016git-filter-client\n000eversion=2\n00000015capability=clean\n0000\xff\xff",
    ];
    for input in hostile {
        repo.write("input", input);
        let input = std::fs::File::open(repo.path().join("input")).unwrap();
        let mut command = repo.command(ours.to_str().unwrap(), &[]);
        let ran = command.args(["git", "filter-process"]).stdin(input).output().unwrap();
        let err = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(2), "{err}");
        assert!(err.starts_with("error: ") && err.contains("hint: "), "{err}");
    }
}
