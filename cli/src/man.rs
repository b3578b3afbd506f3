//! `keystorm man`: manual pages from the same texts as `--help`.
use crate::args::Keystorm;
use crate::exit::{Failure, Outcome};
use crate::{files, print};
use clap::CommandFactory;
use std::path::PathBuf;

/// Print a manual page, or write all of them
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    /// The command to print the page of; keystorm's own page if left out
    command: Option<String>,

    /// Write the pages of keystorm and of every command into a folder, replacing older ones
    #[arg(
        long,
        value_name = "DIR",
        value_hint = clap::ValueHint::DirPath,
        conflicts_with = "command"
    )]
    all: Option<PathBuf>,
}

const AFTER: &str = "\
Examples:
  keystorm man | man -l -
  keystorm man run > ~/.local/share/man/man1/keystorm-run.1
  keystorm man --all ~/.local/share/man/man1";

/// Prints the page of keystorm or of one of its commands.
pub(crate) fn man(args: &Args) -> Result<Outcome, Failure> {
    let mut keystorm = Keystorm::command();
    keystorm.build();
    if let Some(folder) = &args.all {
        let pages = all(&keystorm);
        let files = pages
            .iter()
            .map(|(name, page)| (name.as_str(), page.as_str()));
        files::write(folder, files)?;
        print::result(&format!(
            "{} pages are in {}\n",
            pages.len(),
            folder.display()
        ))?;
        return Ok(Outcome::Fine);
    }
    let command = match &args.command {
        None => &keystorm,
        Some(name) => {
            let found = keystorm.find_subcommand(name);
            found.ok_or_else(|| unknown(name, &keystorm))?
        }
    };
    print::result(&page(command, args.command.as_deref()))?;
    Ok(Outcome::Fine)
}

/// The pages with their files' names.
fn all(keystorm: &clap::Command) -> Vec<(String, String)> {
    let mut pages = vec![("keystorm.1".to_owned(), page(keystorm, None))];
    // `keystorm help run` prints what `keystorm run --help` does: no page of its own.
    for command in keystorm
        .get_subcommands()
        .filter(|it| it.get_name() != "help")
    {
        let name = command.get_name();
        pages.push((format!("keystorm-{name}.1"), page(command, Some(name))));
    }
    pages
}

/// The page of keystorm itself, or of the command with that name.
fn page(command: &clap::Command, name: Option<&str>) -> String {
    let page = clap_mangen::Man::new(command.clone());
    let page = match name {
        None => page,
        // Pages are called `keystorm-run`, while the command knows itself as `keystorm run`.
        Some(name) => page
            .title(format!("keystorm-{name}"))
            .source(concat!("keystorm ", env!("CARGO_PKG_VERSION"))),
    };
    let mut text = Vec::new();
    page.render(&mut text)
        .expect("writing to memory cannot fail");
    String::from_utf8_lossy(&text).into_owned()
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
