//! `keystorm`: what S3 encryption will do to your system, before you pay for it.
//!
//! One file per command. Results go to standard output, progress and diagnostics to standard
//! error; [`exit::Failure`] and [`exit::Outcome`] say what every exit code means.
mod args;
mod calibrate;
mod check;
mod compare;
mod completions;
mod diff;
mod examples;
mod exit;
mod facts;
mod files;
mod format;
mod init;
mod man;
mod plan;
mod policy;
mod print;
mod report;
mod run;
mod scenario;
mod schema;
mod sweep;
mod work;

use args::{Command, Keystorm};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    exit::report_panics();
    let keystorm = Keystorm::parse();
    let color = keystorm.color;
    exit::code(match &keystorm.command {
        Command::Init(args) => init::init(args, color),
        Command::Run(args) => run::run(args, color),
        Command::Compare(args) => compare::compare(args, color),
        Command::Plan(args) => plan::plan(args, color),
        Command::Policy(args) => policy::policy(args, color),
        Command::Calibrate(args) => calibrate::calibrate(args, color),
        Command::Sweep(args) => sweep::sweep(args, color),
        Command::Check(args) => check::check(args, color),
        Command::Report(args) => report::report(args, color),
        Command::Diff(args) => diff::diff(args, color),
        Command::Facts(args) => facts::facts(args, color),
        Command::Schema(args) => schema::schema(args),
        Command::Examples(args) => examples::examples(args),
        Command::Completions(args) => completions::completions(args),
        Command::Man(args) => man::man(args),
    })
}
