//! What a report costs: from the record of the shipped quickstart, five modes of two minutes each,
//! to its HTML page, and to the text of a terminal.
//!
//! `cargo bench -p keystorm-benches --bench report` prints `thrpt: … MiB/s` of the page. A page is
//! to take less than 150 ms.
//!
//! A record of a thousand variants, from its JSON to the page, is to take less than 3 s and
//! 300 MiB: the bench prints the most memory that the process ever had (on Linux).
#![expect(clippy::print_stdout, reason = "a bench tells what it found")]
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use keystorm_record::Record;
use keystorm_reports::{Terminal, html, terminal};
use keystorm_scenarios::{Options, Overrides, Setting, TieBreak, Watch, load, run};

const QUICKSTART: &str = include_str!("../../scenarios/library/quickstart.toml");

/// The quickstart's record.
fn quickstart() -> Record {
    let overrides = Overrides {
        settings: vec![Setting {
            path: "run.replications".into(),
            value: "2".into(),
        }],
        ..Overrides::default()
    };
    let study = load("quickstart.toml", QUICKSTART, &overrides).expect("the scenario is right");
    let options = Options {
        jobs: 1,
        tie_break: TieBreak::Schedule,
        every_end_an_event: false,
        parts: None,
        command: String::new(),
    };
    run(&study, &options, &Watch::default()).expect("the scenario runs")
}

/// JSON of the record of a thousand variants: those of the quickstart, again and again.
fn thousand(record: &Record) -> String {
    let mut frame = record.clone();
    let variants = std::mem::take(&mut frame.variants);
    let of_variant = |number: usize| {
        let mut variant = variants[number % variants.len()].clone();
        variant.name = format!("{} {number}", variant.name);
        serde_json::to_string(&variant).expect("it is plain data")
    };
    let all: Vec<String> = (0..1_000).map(of_variant).collect();
    // Facts have variants, too; the record's come last.
    let empty = "\"variants\":[]";
    let frame = serde_json::to_string(&frame).expect("it is plain data");
    let (before, after) = frame.rsplit_once(empty).expect("a record has variants");
    format!("{before}\"variants\":[{}]{after}", all.join(","))
}

/// The most memory that this process ever had \[MiB\], where the system tells.
fn memory_max() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib >> 10)
}

fn report(criterion: &mut Criterion) {
    let record = quickstart();
    let before = memory_max();
    let json = thousand(&record);
    let page = || html(&Record::from_json(&json).expect("it is a record"));
    assert!(page().len() < 4 << 20, "a page of a thousand variants");
    if let (Some(before), Some(after)) = (before, memory_max()) {
        println!("memory at most: {after} MiB, {before} MiB of them before a thousand variants");
    }
    let mut group = criterion.benchmark_group("report of 1,000 variants");
    group.sample_size(10);
    group.bench_function("JSON to HTML", |bencher| bencher.iter(page));
    group.finish();
    drop(json);
    let mut group = criterion.benchmark_group("report");
    let page = html(&record);
    assert!(page.len() < 600 << 10, "{} bytes", page.len());
    group.throughput(Throughput::Bytes(page.len() as u64));
    group.bench_function("quickstart, HTML", |bencher| bencher.iter(|| html(&record)));
    let style = Terminal {
        width: 100,
        color: false,
    };
    group.throughput(Throughput::Elements(1));
    group.bench_function("quickstart, terminal", |bencher| {
        bencher.iter(|| terminal(&record, style));
    });
    group.finish();
}

criterion_group!(benches, report);
criterion_main!(benches);
