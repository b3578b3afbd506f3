//! What a report costs: from the record of the shipped quickstart, five modes of two minutes each,
//! to its HTML page, and to the text of a terminal.
//!
//! `cargo bench -p keystorm-benches --bench report` prints `thrpt: … MiB/s` of the page. A page is
//! to take less than 150 ms.
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use keystorm_reports::{Terminal, html, terminal};
use keystorm_scenarios::{Options, Overrides, Setting, TieBreak, Watch, load, run};

const QUICKSTART: &str = include_str!("../../scenarios/library/quickstart.toml");

fn report(criterion: &mut Criterion) {
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
    let record = run(&study, &options, &Watch::default()).expect("the scenario runs");
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
