//! Latencies for the tools of `HdrHistogram`: its interval log.
use crate::clock::Clock;
use crate::text::printable;
use crate::view;
use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};
use keystorm_record::{Int, Record};
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
                    &latency.0,
                    span(window.warm_up_ns),
                    span(window.measure_ns),
                    tag,
                )
                .expect("memory takes any bytes, and histograms have bounds that fit");
        }
    }
    String::from_utf8(log).expect("an interval log is text")
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
    use super::words;

    // Goal: every variant has a word of its own that a tag can hold, whatever its name.
    // Method: an ordinary name, two that become the same word, and two of which nothing is left.
    #[test]
    fn variants_have_words_of_their_own() {
        let names = ["SSE-KMS, Bucket Key", "a b", "a,b", "ü", "\n"];
        let found = words(names.into_iter());
        assert_eq!(found, ["SSE-KMS-Bucket-Key", "a-b", "a-b-", "-", "--"]);
    }
}
