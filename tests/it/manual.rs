//! Completions and manual pages.

use crate::harness::Sandbox;

#[test]
fn shells_complete_every_command() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let out = sandbox.run(&["completions", shell]).out;
        for word in ["check", "redact", "uninstall", "redact-only", "output-format"] {
            assert!(out.contains(word), "{shell}: {word}");
        }
        assert!(!out.contains("filter-process"), "{shell} completes what git runs");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let sandbox = Sandbox::new();
    for (args, title) in [
        (&["man"][..], "mortarboard"),
        (&["man", "check"], "mortarboard\\-check"),
        (&["man", "git", "install"], "mortarboard\\-git\\-install"),
    ] {
        let ran = sandbox.run(args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains(&format!(".SH NAME\n{title} ")), "{}", ran.out);
    }
    let ran = sandbox.run(&["man", "no-such"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no command `no-such`"), "{}", ran.err);
}
