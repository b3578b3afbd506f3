//! Runs one work on the engine and prints a line: `engine WORK SIZES...`.
#![expect(clippy::print_stdout, reason = "its line is its purpose")]
use keystorm_benches::works::{WORKS, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let work = arguments.next().unwrap_or_default();
    let sizes: Vec<u64> = arguments.filter_map(|size| size.parse().ok()).collect();
    let Some(outcome) = run(&work, &sizes) else {
        println!("expected one of");
        for (name, sizes) in WORKS {
            println!("  {name} {sizes}");
        }
        return ExitCode::FAILURE;
    };
    println!("{}", outcome.line("keystorm", &work, &sizes));
    ExitCode::SUCCESS
}
