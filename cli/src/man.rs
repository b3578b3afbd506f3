//! `keystorm man`: manual pages from the same texts as `--help`.
use crate::args::Keystorm;
use crate::exit::{Failure, Outcome};
use crate::print;
use clap::CommandFactory;

/// Print a manual page
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    /// The command to print the page of; keystorm's own page if left out
    command: Option<String>,
}

const AFTER: &str = "\
Examples:
  keystorm man | man -l -
  keystorm man run > ~/.local/share/man/man1/keystorm-run.1";

/// Prints the page of keystorm or of one of its commands.
pub(crate) fn man(args: &Args) -> Result<Outcome, Failure> {
    let mut keystorm = Keystorm::command();
    keystorm.build();
    let page = match &args.command {
        None => clap_mangen::Man::new(keystorm),
        Some(name) => {
            let command = keystorm
                .find_subcommand(name)
                .ok_or_else(|| unknown(name, &keystorm))?;
            // Pages are called `keystorm-run`, while the command knows itself as `keystorm run`.
            clap_mangen::Man::new(command.clone())
                .title(format!("keystorm-{name}"))
                .source(concat!("keystorm ", env!("CARGO_PKG_VERSION")))
        }
    };
    let mut text = Vec::new();
    page.render(&mut text)
        .expect("writing to memory cannot fail");
    print::result(&String::from_utf8_lossy(&text))?;
    Ok(Outcome::Fine)
}

fn unknown(name: &str, keystorm: &clap::Command) -> Failure {
    let names: Vec<_> = keystorm
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    Failure::Input(format!(
        "there is no command `{name}`; expected one of {}",
        names.join(", ")
    ))
}
