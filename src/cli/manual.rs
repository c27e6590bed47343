//! `mortarboard completions` and `mortarboard man`: what shells and readers of manuals get, from the same definitions
//! as the help.

use clap::{Command, CommandFactory};

use super::Outcome;
use super::args::{Args, CompletionsArgs, ManArgs};
use super::talk::{UserError, print};

pub(super) fn completions(args: &CompletionsArgs) -> Result<Outcome, Vec<UserError>> {
    let mut program = Args::command();
    // commands have no arguments before
    program.build();
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut visible(&program), "mortarboard", &mut out);
    print(&String::from_utf8_lossy(&out))?;
    Ok(Outcome::Clean)
}

/// The same without what nobody types, and without the help that building adds and will add again. There is no way to
/// take a command out of one that is made.
fn visible(command: &Command) -> Command {
    let commands = command.get_subcommands();
    let shown = commands.filter(|inner| !inner.is_hide_set() && inner.get_name() != "help");
    let arguments = command.get_arguments();
    Command::new(command.get_name().to_owned())
        .about(command.get_about().cloned().unwrap_or_default())
        .args(arguments.filter(|argument| !["help", "version"].contains(&argument.get_id().as_str())))
        .subcommands(shown.map(visible))
}

pub(super) fn man(args: &ManArgs) -> Result<Outcome, Vec<UserError>> {
    let mut program = Args::command();
    // gives commands of commands their full names
    program.build();
    let command = args.command.iter().try_fold(program, |within, name| find(within, name));
    let command = command.map_err(|name| {
        vec![UserError::new(
            format!("there is no command `{name}`"),
            "`mortarboard --help` lists them",
        )]
    })?;
    let mut out = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut out)
        .map_err(|error| vec![UserError::new(error.to_string(), "this is a fault of ours: report it")])?;
    print(&String::from_utf8_lossy(&out))?;
    Ok(Outcome::Clean)
}

fn find(within: Command, name: &str) -> Result<Command, &str> {
    within.find_subcommand(name).cloned().ok_or(name)
}
