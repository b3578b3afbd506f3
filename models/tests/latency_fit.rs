//! The committed latency tables are what the program gives, and as good as they say; the transfer
//! rate is that of the measurements.
#[path = "../examples/fit_latency.rs"]
mod fit_latency;

use fit_latency::{OPERATIONS, Operation as Fitted};
use keystorm_models::s3::StorageClass;
use keystorm_models::workload::Operation;
use keystorm_models::{Certainty, Sourced, tables};
use keystorm_sim::draw::Quantiles;
use std::path::Path;

fn committed(operation: Fitted) -> Sourced<&'static [(f64, u64)]> {
    let class = match operation.class {
        "S3 Standard" => StorageClass::Standard,
        "S3 Express One Zone" => StorageClass::ExpressOneZone,
        other => panic!("{other} has no table"),
    };
    match operation.name {
        "GET" => tables::s3_first_byte(Operation::Get, class),
        "PUT" => tables::s3_first_byte(Operation::Put, class),
        other => panic!("{other} has no table"),
    }
}

// Goal: the tables can be drawn from, are as fine as promised and carry their source.
// Method: properties of the committed tables alone.
#[test]
fn a_latency_table_is_a_distribution_with_a_source() {
    for operation in OPERATIONS {
        let Sourced {
            value: knots,
            source,
            date,
            certainty,
            note,
        } = committed(operation);
        assert!(
            (50..=100).contains(&knots.len()),
            "{} has {}",
            operation.name,
            knots.len()
        );
        assert!(knots.is_sorted_by(|left, right| left.0 < right.0 && left.1 < right.1));
        assert_eq!(Quantiles::new(knots).err(), None);
        for quantile in [0.5, 0.99, 0.9999, 0.999_99] {
            assert!(
                knots
                    .iter()
                    .any(|knot| knot.0.to_bits() == f64::to_bits(quantile))
            );
        }
        assert!(source.contains("hpides/skyrise@37fbfdcf"), "{source}");
        assert_eq!((&*date, certainty), ("2024-04-18", Certainty::Measured));
        assert!(!note.is_empty());
    }
}

// Goal: a PUT takes longer than a GET at every quantile that the samples can tell.
// Method: both tables at a grid of quantiles.
#[test]
fn a_put_takes_longer_than_a_get() {
    for class in [StorageClass::Standard, StorageClass::ExpressOneZone] {
        let of = |operation| Quantiles::new(tables::s3_first_byte(operation, class).value).unwrap();
        let (get, put) = (of(Operation::Get), of(Operation::Put));
        for permille in 1..999 {
            let quantile = f64::from(permille) / 1_000.0;
            assert!(
                get.at(quantile) < put.at(quantile),
                "{class:?} at {quantile}"
            );
        }
    }
}

// Goal: nobody has edited a table by hand, and its stated error is true.
// Method: fit again to the samples and compare the text; then compare times and mean with the
// samples' own, without the code of the fit.
#[test]
fn the_committed_tables_are_what_the_samples_give() {
    let Some(data) = std::env::var_os("KEYSTORM_DATA") else {
        println!("not run: refit of the latency tables (KEYSTORM_DATA is not set)");
        return;
    };
    for operation in OPERATIONS {
        let samples = fit_latency::samples(Path::new(&data), operation).unwrap();
        let lines = match operation.file {
            "s3-express-put-first-byte.csv" => 98,
            _ => 100 * operation.runs.len(),
        };
        assert_eq!(samples.len(), lines * 999);
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("data")
            .join(operation.file);
        let text = std::fs::read_to_string(&path).unwrap();
        let fit = fit_latency::fit(operation, &samples);
        assert_eq!(
            fit_latency::table(operation, &samples, &fit),
            text,
            "{}",
            operation.file
        );

        let table = Quantiles::new(committed(operation).value).unwrap();
        let last = (samples.len() - 1) as f64;
        let largest = samples
            .iter()
            .enumerate()
            .map(|(index, &sample)| (index as f64 / last, sample as f64))
            .filter(|(quantile, _)| operation.judged().contains(quantile))
            .map(|(quantile, sample)| (table.at(quantile).nanos() as f64 / sample - 1.0).abs())
            .fold(0.0, f64::max);
        assert!(largest < 0.005, "{}: {largest}", operation.name);
        assert!(
            (largest - fit.error_largest).abs() < 1e-6,
            "{}: {largest}",
            operation.name
        );
        let mean = samples.iter().map(|&sample| sample as f64).sum::<f64>() / (last + 1.0);
        let error_of_mean = table.mean_nanos() / mean - 1.0;
        assert!(
            error_of_mean.abs() < 0.003,
            "{}: {error_of_mean}",
            operation.name
        );
    }
}

// Goal: the transfer rate of a connection follows from the published times.
// Method: least squares of the median time to the last byte over the size, 15 rows of 4, 8 and
// 16 MiB; then the overestimate that the documentation states for 4 and 16 MiB.
#[test]
fn the_connection_rate_is_the_slope_of_the_measured_times() {
    let Some(data) = std::env::var_os("KEYSTORM_DATA") else {
        println!("not run: transfer rate of a connection (KEYSTORM_DATA is not set)");
        return;
    };
    let path = Path::new(&data).join("dvassallo-s3-benchmark/c5.4xlarge_latency_tables.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|cell| cell == name).unwrap();
    let (size, last, first) = (column("object_MB"), column("ttlb_p50"), column("ttfb_p50"));
    let rows: Vec<[f64; 3]> = reader
        .records()
        .map(|row| row.unwrap())
        .map(|row| [size, last, first].map(|column| row[column].parse().unwrap()))
        .collect();
    assert_eq!(rows.len(), 15);

    let mean = |column: usize| rows.iter().map(|row| row[column]).sum::<f64>() / 15.0;
    let (size_mean, last_mean) = (mean(0), mean(1));
    let covariance: f64 = rows
        .iter()
        .map(|row| (row[0] - size_mean) * (row[1] - last_mean))
        .sum();
    let variance: f64 = rows.iter().map(|row| (row[0] - size_mean).powi(2)).sum();
    let ms_per_mib = covariance / variance;
    assert!((last_mean - ms_per_mib * size_mean - 1.9).abs() < 0.05);
    let bytes_per_ms = f64::from(1 << 20) / ms_per_mib;
    let stated = tables::s3_connection_rate().value as f64 / 1e3;
    assert!(
        (stated / bytes_per_ms - 1.0).abs() < 0.002,
        "{ms_per_mib} ms per MiB"
    );

    for (mib, overestimate) in [(4.0, 1.19), (16.0, 1.05)] {
        let of_size = || {
            rows.iter()
                .filter(move |row| row[0].to_bits() == f64::to_bits(mib))
        };
        let measured: f64 = of_size().map(|row| row[1]).sum();
        let simple: f64 = of_size()
            .map(|row| row[2] + mib * f64::from(1 << 20) / stated)
            .sum();
        assert!(
            (simple / measured - overestimate).abs() < 0.01,
            "{mib}: {}",
            simple / measured
        );
    }
}
