//! Latencies for the tools of `HdrHistogram`: its interval log, and percentiles as text.
use crate::clock::Clock;
use crate::text::printable;
use crate::view;
use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};
use keystorm_record::{Histogram, Int, Record};
use std::time::{Duration, SystemTime};

/// Nanoseconds, in which values are, of the milliseconds in which a log shows its largest one.
const NS_PER_MS: f64 = 1e6;

/// Latencies as an interval log of `HdrHistogram`, format 1.3, values in nanoseconds.
///
/// One interval, the measured window, for each variant and operation of which a request ended
/// well, pooled over fleets and replications. Its tag is `VARIANT:OPERATION`, where the variant is
/// written with ASCII letters, digits, `_`, `.` and `-`.
#[must_use]
pub fn interval_log(record: &Record) -> String {
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(Clock::of(record).unix_second());
    let mut log = Vec::new();
    let mut serializer = V2DeflateSerializer::new();
    let mut builder = IntervalLogWriterBuilder::new();
    builder
        .add_comment("[Histogram log format version 1.3]")
        .add_comment(&format!(
            "[keystorm {}: {}, latencies in ns, largest in ms]",
            record.tool.version,
            printable(&record.scenario.path).replace('\n', " ")
        ))
        .with_start_time(start)
        .with_base_time(start)
        .with_max_value_divisor(NS_PER_MS);
    let mut writer = builder
        .begin_log_with(&mut log, &mut serializer)
        .expect("memory takes any bytes");
    let span = |ns: Int| Duration::from_nanos(ns.0);
    let window = &record.window;
    let words = words(record.variants.iter().map(|variant| variant.name.as_str()));
    for (variant, word) in record.variants.iter().zip(words) {
        for operation in view::operations(record) {
            let latency = view::latency(variant, operation);
            if latency.count() == 0 {
                continue;
            }
            let tag = format!("{word}:{}", operation.id());
            let tag = Tag::new(&tag);
            writer
                .write_histogram(
                    latency.hdr(),
                    span(window.warm_up_ns),
                    span(window.measure_ns),
                    tag,
                )
                .expect("memory takes any bytes, and histograms have bounds that fit");
        }
    }
    String::from_utf8(log).expect("an interval log is text")
}

/// Percentiles between one half of the distribution's rest and the next, as `HdrHistogram`'s own
/// programs print them.
const TICKS: u32 = 5;

/// Latencies \[ms\] as `HdrHistogram`'s percentile distributions, which its plotters read: one
/// text for each interval of [`interval_log`], with the words of the variant and the operation.
#[must_use]
pub fn percentiles(record: &Record) -> Vec<([String; 2], String)> {
    let mut texts = Vec::new();
    let words = words(record.variants.iter().map(|variant| variant.name.as_str()));
    for (variant, word) in record.variants.iter().zip(words) {
        for operation in view::operations(record) {
            let latency = view::latency(variant, operation);
            if latency.count() > 0 {
                let names = [word.clone(), operation.id().to_owned()];
                texts.push((names, distribution(&latency)));
            }
        }
    }
    texts
}

/// A histogram in `HdrHistogram`'s text form.
fn distribution(latency: &Histogram) -> String {
    let hdr = latency.hdr();
    let head = ["Value", "Percentile", "TotalCount", "1/(1-Percentile)"];
    let [value, percentile, total, rest] = head;
    let mut lines = vec![
        format!("{value:>12} {percentile:>14} {total:>10} {rest:>14}"),
        String::new(),
    ];
    let mut count = 0;
    for step in hdr.iter_quantiles(TICKS) {
        count += step.count_since_last_iteration();
        let (value, share) = (step.value_iterated_to(), step.quantile_iterated_to());
        let ms = value as f64 / NS_PER_MS;
        // The last one has no rest.
        let rest = if share < 1.0 {
            format!(" {:14.2}", 1.0 / (1.0 - share))
        } else {
            String::new()
        };
        lines.push(format!("{ms:12.3} {share:14.12} {count:10}{rest}"));
    }
    let (mean, deviation) = (hdr.mean() / NS_PER_MS, hdr.stdev() / NS_PER_MS);
    lines.push(format!(
        "#[Mean    = {mean:12.3}, StdDeviation   = {deviation:12.3}]"
    ));
    let (max, total) = (hdr.max() as f64 / NS_PER_MS, hdr.len());
    lines.push(format!(
        "#[Max     = {max:12.3}, Total count    = {total:12}]"
    ));
    lines.join("\n") + "\n"
}

/// Names of variants as words that tags and file names can hold, each once.
fn words<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for name in names {
        let parts = name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
        let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
        let mut word = parts.join("-");
        while word.is_empty() || words.contains(&word) {
            word.push('-');
        }
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: the text says what the histogram holds, in the columns that plotters expect.
    // Method: values of 1 ms to 1 s; the first and last rows, the row of the median, the footer.
    #[test]
    fn percentiles_are_those_of_the_histogram() {
        let mut latency = Histogram::new();
        for ms in 1..=1_000_u64 {
            latency.record_n(ms * 1_000_000, 1);
        }
        let text = distribution(&latency);
        let rows: Vec<Vec<f64>> = text
            .lines()
            .skip(2)
            .take_while(|line| !line.starts_with('#'))
            .map(|line| {
                line.split_whitespace()
                    .map(|it| it.parse().unwrap())
                    .collect()
            })
            .collect();
        let near = |value: f64, wanted: f64| (value / wanted - 1.0).abs() < 1e-3;
        assert!(near(rows[0][0], 1.0) && rows[0][1] == 0.0, "{text}");
        let median = rows.iter().find(|row| (row[1] - 0.5).abs() < 1e-9).unwrap();
        assert!(
            near(median[0], 500.0) && median[2..] == [500.0, 2.0],
            "{text}"
        );
        let last = rows.last().unwrap();
        assert!(
            near(last[0], 1_000.0) && last[1..] == [1.0, 1_000.0],
            "{text}"
        );
        assert!(rows.is_sorted_by(|a, b| a[0] <= b[0] && a[1] <= b[1] && a[2] <= b[2]));
        assert!(text.starts_with("       Value     Percentile TotalCount 1/(1-Percentile)\n\n"));
        assert!(text.contains("Total count    =         1000]"), "{text}");
    }

    // Goal: every variant has a word of its own that a tag can hold, whatever its name.
    // Method: an ordinary name, two that become the same word, and two of which nothing is left.
    #[test]
    fn variants_have_words_of_their_own() {
        let names = ["SSE-KMS, Bucket Key", "a b", "a,b", "ü", "\n"];
        let found = words(names.into_iter());
        assert_eq!(found, ["SSE-KMS-Bucket-Key", "a-b", "a-b-", "-", "--"]);
    }
}
