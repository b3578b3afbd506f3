//! Writes the report of the tests' synthetic record, to look at: `cargo run -p keystorm-reports
//! --example fixture -- report.html`.
#[path = "../tests/it/fixture/mod.rs"]
mod fixture;

use keystorm_record::Record;
use std::fs;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .ok_or("expected the path of the HTML file to write")?;
    // Instead of the synthetic record, one that was simulated.
    let record = match arguments.next() {
        Some(path) => Record::from_json(&fs::read_to_string(path)?)?,
        None => fixture::record(),
    };
    fs::write(&path, keystorm_reports::html(&record))?;
    Ok(())
}
