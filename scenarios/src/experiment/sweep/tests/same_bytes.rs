use super::super::super::{Vary, vary};
use super::*;
use crate::run::Options;
use keystorm_record::{Status, SweepPoint};
use std::sync::atomic::Ordering;

// Goal: the result is the same, byte for byte, whatever the sharding, the order and the jobs.
// Method: one shard; two, seven and forty, of which most have nothing to do, the last first; shards
// of two divisions together, with runs twice; merged by one and by two threads.
#[test]
fn any_sharding_gives_the_same_bytes() {
    let work = work();
    let whole = in_one_go(&work);
    for (shards, jobs) in [
        (&[1][..], 2),
        (&[2], 1),
        (&[7], 2),
        (&[40], 1),
        (&[2, 3], 2),
    ] {
        let folder = TempDir::new().unwrap();
        for count in shards {
            for index in (0..*count).rev() {
                simulate(
                    folder.path(),
                    &work,
                    shard(&format!("{index}/{count}")),
                    jobs,
                );
            }
        }
        assert!(merged(folder.path(), &work, jobs) == whole, "{shards:?}");
    }
    let read = Sweep::from_json(&whole).unwrap();
    assert!(read.to_json() == whole);
    assert_eq!((read.status, read.missing_runs.0), (Status::Complete, 0));
    let (with_points, head) = (
        read.head_json(),
        Sweep {
            points: Vec::new(),
            ..read
        }
        .head_json(),
    );
    assert!(whole.starts_with(&head) && head == with_points);
}

// Goal: figures, intervals, costs and histograms of a point are those that a record has of the same
// scenario, to the last digit.
// Method: a grid of two settings as a sweep, and as variants of one record.
#[test]
fn points_are_what_records_have() {
    let varies = ["kms.request-quota=10/s,25/s", "mode=sse-kms,sse-s3"];
    let work = prepared(input(TEXT, &varies)).unwrap();
    let sweep = Sweep::from_json(&in_one_go(&work)).unwrap();
    let grid: Vec<Vary> = varies.iter().map(|it| it.parse().unwrap()).collect();
    let reader = |_: &str| Err("no files here".to_owned());
    let study = vary("small.toml", TEXT, &Overrides::default(), &reader, &grid).unwrap();
    let options = Options {
        jobs: 2,
        tie_break: TieBreak::Schedule,
        every_end_an_event: false,
        parts: None,
        command: String::new(),
    };
    let record = crate::run(&study, &options, &Watch::default()).unwrap();
    assert_eq!(sweep.points.len(), record.variants.len());
    for (point, variant) in sweep.points.iter().zip(&record.variants) {
        assert_eq!(point.name, variant.name);
        assert_eq!(point.metrics.len(), variant.metrics.len());
        for (name, metric) in &variant.metrics {
            let it = point.metrics[name];
            assert_eq!(
                (it.mean, it.low, it.high),
                (metric.mean, metric.low, metric.high)
            );
            assert_eq!(sweep.metrics[name].unit, metric.unit);
        }
        let json = |value: &dyn erased::Json| value.json();
        assert_eq!(json(&point.costs), json(&variant.costs));
        assert_eq!(json(&point.expectations), json(&variant.expectations));
        assert_eq!(point.classes[0].latency, variant.classes[0].latency);
        assert_eq!(point.classes[0].time, variant.classes[0].time);
    }
    let values = |it: &SweepPoint| it.values.clone();
    let values: Vec<_> = sweep.points.iter().map(values).collect();
    assert_eq!(values, [[0, 0], [0, 1], [1, 0], [1, 1]]);
    assert!(sweep.points[0].mean("kms.throttled-share") > Some(0.1) && !sweep.points[0].holds());
    assert!(sweep.points[1].holds());
    assert_eq!(
        sweep
            .facts
            .iter()
            .filter(|it| it.id == "kms.request-quota")
            .count(),
        2
    );
}

/// Anything as JSON.
mod erased {
    pub(super) trait Json {
        fn json(&self) -> String;
    }

    impl<T: serde::Serialize> Json for T {
        fn json(&self) -> String {
            serde_json::to_string(self).unwrap()
        }
    }
}

// Goal: who interrupts keeps what had finished, is told how much that is, and gets the bytes of one
// go in the end.
// Method: cancel after two of six runs, from another thread; then go on.
#[test]
fn interrupted_sweeps_go_on_where_they_were() {
    let work = work();
    let folder = TempDir::new().unwrap();
    let watch = Watch::default();
    let first = journal(folder.path(), &work, Shard::WHOLE).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while watch.runs_done.load(Ordering::Relaxed) < 2 {
                std::thread::yield_now();
            }
            watch.cancelled.store(true, Ordering::Relaxed);
        });
        let _ = run(&work, &first, 1, &watch).unwrap();
    });
    drop(first);
    let second = journal(folder.path(), &work, Shard::WHOLE).unwrap();
    let done = second.done();
    assert!(done >= 2, "{done} runs are kept");
    let watch = Watch::default();
    assert!(run(&work, &second, 2, &watch).unwrap());
    assert_eq!(watch.runs_done.into_inner(), 6);
    let resumed = watch.resumed_ns.into_inner();
    assert_eq!(resumed, done * 2_000_000_000);
    assert_eq!(watch.done_ns.into_inner(), watch.total_ns.into_inner());
    second.complete().unwrap();
    assert!(merged(folder.path(), &work, 2) == in_one_go(&work));
}

// Goal: a partial result has what there is, says what is missing, and names the shards to do again.
// Method: two of three shards; the third under way with one of its two runs.
#[test]
fn partial_results_say_what_is_missing() {
    let work = work();
    let folder = TempDir::new().unwrap();
    for index in ["0/3", "2/3"] {
        simulate(folder.path(), &work, shard(index), 1);
    }
    let other = TempDir::new().unwrap();
    simulate(other.path(), &work, shard("1/3"), 1);
    let text = std::fs::read_to_string(other.path().join("shard-1-of-3.ndjson")).unwrap();
    let two: String = text.split_inclusive('\n').take(2).collect();
    std::fs::write(folder.path().join("shard-1-of-3.journal"), two).unwrap();
    let missing = |under_way| {
        let rows = Rows::open(folder.path(), &work, under_way).unwrap();
        rows.missing(&work).unwrap()
    };
    let (without, with) = (missing(false), missing(true));
    assert_eq!(
        (without.runs, without.shards, &without.indices[..]),
        (2, 3, &[1][..])
    );
    assert_eq!(without.first, [1, 4]);
    assert_eq!((with.runs, with.first.as_slice()), (1, &[4][..]));
    let sweep = Sweep::from_json(&merged(folder.path(), &work, 1)).unwrap();
    assert_eq!(
        (sweep.status, sweep.missing_runs.0),
        (Status::Interrupted, 1)
    );
    assert_eq!(sweep.warnings[0].code, "partial");
    let replications: Vec<_> = sweep.points.iter().map(|it| it.replications).collect();
    assert_eq!(replications, [2, 2, 1]);
    simulate(folder.path(), &work, shard("1/3"), 1);
    assert!(merged(folder.path(), &work, 1) == in_one_go(&work));
}

// Goal: shards have about the same work where points have not, and every run is in one of them.
// Method: rates of which the third has nine tenths of all requests, ten replications, four shards.
#[test]
fn unequal_work_is_divided_evenly() {
    let rates = "fleets.web.arrivals.poisson.rate=10/s,20/s,900/s,70/s";
    let text = TEXT.replace("replications = 2", "replications = 10");
    let work = prepared(input(&text, &[rates])).unwrap();
    let expected: Vec<u64> = work.plan().requests.iter().map(|it| it.0).collect();
    assert_eq!(expected, [22, 42, 1_802, 142]);
    let all: Vec<u64> = (0..40).map(|place| work.run_at(place)).collect();
    assert!((0..40).all(|place| work.place_of(all[place]) == Some(place as u64)));
    assert_eq!(work.place_of(40), None);
    assert_eq!(
        all[..10],
        std::array::from_fn::<u64, 10, _>(|it| 20 + it as u64)
    );
    let of_shard = |index| {
        let places = shard(&format!("{index}/4")).places(40);
        let points = places.map(|place| work.split(work.run_at(place)).0);
        points
            .map(|it| expected[usize::try_from(it).unwrap()])
            .sum::<u64>()
    };
    let loads: Vec<u64> = (0..4).map(of_shard).collect();
    let (least, most) = (loads.iter().min().unwrap(), loads.iter().max().unwrap());
    // Of ten large runs two shards have three.
    assert!(most - least <= 1_802, "{loads:?}");
}
