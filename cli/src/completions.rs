//! `keystorm completions`: what a shell needs to complete commands and flags.
use crate::args::Keystorm;
use crate::exit::{Failure, Outcome};
use crate::print;
use clap::CommandFactory;
use clap_complete::Shell;

/// Print a script that completes keystorm's commands and flags in a shell
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    /// The shell to print it for
    shell: Shell,
}

const AFTER: &str = "\
Examples:
  keystorm completions bash > ~/.local/share/bash-completion/completions/keystorm
  keystorm completions zsh > ~/.zfunc/_keystorm
  keystorm completions fish > ~/.config/fish/completions/keystorm.fish";

/// Prints the script.
pub(crate) fn completions(args: &Args) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut Keystorm::command(),
        "keystorm",
        &mut script,
    );
    print::result(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Fine)
}
