//! Log entries per second and core: `CloudTrail` records of KMS calls and access log lines, written
//! to memory in blocks, as a run hands them over; and the same records gzipped.
//!
//! `cargo bench -p keystorm-benches --bench audit` prints `thrpt: … Melem/s`: an element is an
//! entry. It tells what the writers can do, not what a disk can.
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flate2::Compression;
use flate2::write::GzEncoder;
use keystorm_models::audit::{
    AccessLog, Caller, CloudTrail, Context, KmsEntry, Object, Place, Requester, S3Entry,
};
use keystorm_models::kms::Call;
use keystorm_models::s3::Refusal;
use keystorm_models::workload::Operation;
use keystorm_sim::{Span, Streams, Time};
use std::hint::black_box;
use std::io::{self, Write};

const ENTRIES: u64 = 100_000;
const BLOCK: usize = 64 << 10;

fn place() -> Place {
    Place {
        region: "eu-west-3".to_owned(),
        start: "2026-11-24T00:00:00Z".parse().expect("an instant"),
        https: true,
        key_of_other_account: false,
        roles: vec!["platform".to_owned(), "nightly-job".to_owned()],
    }
}

/// Calls of S3, ten thousand a second, one in twenty refused; ids from streams, as in a run.
fn calls() -> impl Iterator<Item = KmsEntry> {
    let key = Streams::new(1, 0).key("log", 0);
    (0..ENTRIES).map(move |number| {
        let id = key.child(number);
        KmsEntry {
            at: Time::from_nanos(number * 100_000),
            call: if number % 10 < 7 {
                Call::Decrypt
            } else {
                Call::GenerateDataKey
            },
            caller: Caller::S3,
            requester: requester(number),
            context: Context::Object(object(number)),
            error: (number % 20 == 0).then_some(&Refusal::KMS_THROTTLING),
            ids: [id.words(), id.child(0).words()],
        }
    })
}

fn answers() -> impl Iterator<Item = S3Entry> {
    let key = Streams::new(1, 0).key("log", 1);
    (0..ENTRIES).map(move |number| S3Entry {
        at: Time::from_nanos(number * 100_000),
        requester: requester(number),
        operation: if number % 10 < 7 {
            Operation::Get
        } else {
            Operation::Put
        },
        object: object(number),
        size: number * 37,
        refusal: number.is_multiple_of(20).then_some(&Refusal::KMS_SLOW_DOWN),
        total: Span::from_nanos(30_000_000 + number),
        turn_around: Span::from_millis(20),
        ids: key.child(number).words(),
    })
}

fn requester(number: u64) -> Requester {
    Requester {
        role: u16::from(number.is_multiple_of(3)),
        instance: (number % 40) as u32,
    }
}

fn object(number: u64) -> Object {
    Object {
        prefix: (number % 4) as u32,
        number: number.wrapping_mul(0x9e37_79b9_7f4a_7c15),
    }
}

/// Hands blocks of entries to `out`; returns their bytes.
fn write<E>(
    entries: impl Iterator<Item = E>,
    mut entry: impl FnMut(&mut Vec<u8>, &E),
    out: &mut impl Write,
) -> io::Result<u64> {
    let mut buffer = Vec::with_capacity(BLOCK + 4_096);
    let mut bytes = 0;
    for it in entries {
        entry(&mut buffer, &it);
        if buffer.len() >= BLOCK {
            out.write_all(&buffer)?;
            bytes += buffer.len() as u64;
            buffer.clear();
        }
    }
    out.write_all(&buffer)?;
    Ok(bytes + buffer.len() as u64)
}

fn audit(c: &mut Criterion) {
    let mut group = c.benchmark_group("audit");
    group.sample_size(10);
    group.throughput(Throughput::Elements(ENTRIES));
    group.bench_function("CloudTrail records", |b| {
        b.iter(|| {
            let mut trail = CloudTrail::new(&place());
            let record = |out: &mut Vec<u8>, it: &KmsEntry| trail.write(out, it);
            black_box(write(calls(), record, &mut io::sink()).expect("a sink takes all"))
        });
    });
    group.bench_function("CloudTrail records, gzipped", |b| {
        b.iter(|| {
            let mut trail = CloudTrail::new(&place());
            let mut out = GzEncoder::new(io::sink(), Compression::fast());
            let record = |out: &mut Vec<u8>, it: &KmsEntry| trail.write(out, it);
            let bytes = write(calls(), record, &mut out).expect("a sink takes all");
            out.finish().expect("a sink takes all");
            black_box(bytes)
        });
    });
    group.bench_function("access log lines", |b| {
        b.iter(|| {
            let mut log = AccessLog::new(&place());
            let line = |out: &mut Vec<u8>, it: &S3Entry| log.write(out, it);
            black_box(write(answers(), line, &mut io::sink()).expect("a sink takes all"))
        });
    });
    group.finish();
}

criterion_group!(benches, audit);
criterion_main!(benches);
