use super::{ByteRate, ByteSize, Duration, Instant, Rate};
use keystorm_sim::Span;
use proptest::prelude::*;

fn nanos(text: &str) -> u64 {
    text.parse::<Duration>().unwrap().0.nanos()
}

// Goal: every spelling of a length of time that we document means what it says, exactly.
// Method: parse each and compare nanoseconds, among them decimals that a float would round.
#[test]
fn lengths_of_time_are_exact() {
    assert_eq!(nanos("250 ms"), 250_000_000);
    assert_eq!(nanos("250ms"), 250_000_000);
    assert_eq!(nanos(" 1.5 s "), 1_500_000_000);
    assert_eq!(nanos("2 min"), 120_000_000_000);
    assert_eq!(nanos("1 h"), 3_600_000_000_000);
    assert_eq!(nanos("7 us"), 7_000);
    assert_eq!(nanos("7 µs"), 7_000);
    assert_eq!(nanos("1_000_000 ns"), 1_000_000);
    assert_eq!(nanos("0.000_000_001 s"), 1);
    assert_eq!(nanos("0.0000000010000000000000000000000000000000000 s"), 1);
    assert_eq!(nanos("18446744073.709551615 s"), u64::MAX);
    assert_eq!(nanos("0.25 min"), 15_000_000_000);
}

// Goal: what cannot be kept exactly is refused, with the reason.
// Method: one value finer than the unit and one above the range, for each whole type.
#[test]
fn whole_quantities_are_never_rounded() {
    let time = |text: &str| text.parse::<Duration>().unwrap_err().help().to_owned();
    assert_eq!(
        time("0.1 ns"),
        "time is counted in whole nanoseconds; leave out what is finer"
    );
    assert_eq!(
        time("18446744073.709551616 s"),
        "the longest time is 584 years"
    );
    assert_eq!(
        time("99999999999999999999999999999999999999999 s"),
        "the longest time is 584 years"
    );
    let size = |text: &str| text.parse::<ByteSize>().unwrap_err().help().to_owned();
    assert_eq!(size("0.1 KiB"), "bytes are whole; leave out what is finer");
    assert_eq!(size("17179869184 GiB"), "the most is 2^64 - 1 bytes");
    assert_eq!("0.5 KiB".parse::<ByteSize>().unwrap(), ByteSize(512));
}

// Goal: rates are the nearest floats to what was written, whatever the spelling.
// Method: parse the documented spellings; 0.1k is exactly 100, which 0.1 × 1000 need not be.
#[test]
fn rates_read_as_written() {
    let rate = |text: &str| text.parse::<Rate>().unwrap().0.to_bits();
    assert_eq!(rate("2_000/s"), 2_000_f64.to_bits());
    assert_eq!(rate("2.5k/s"), 2_500_f64.to_bits());
    assert_eq!(rate("0.1k/s"), 100_f64.to_bits());
    assert_eq!(rate("0.2/s"), 0.2_f64.to_bits());
    assert_eq!(rate("600/min"), 10_f64.to_bits());
    assert_eq!(rate("1.2 M / h"), (1_200_000_f64 / 3_600.0).to_bits());
    assert_eq!(rate("0/s"), 0_f64.to_bits());
}

// Goal: sizes and byte rates know decimal from binary units.
// Method: parse one of each family, print them again.
#[test]
fn sizes_tell_1000_from_1024() {
    assert_eq!("64 KiB".parse::<ByteSize>().unwrap(), ByteSize(65_536));
    assert_eq!("64 kB".parse::<ByteSize>().unwrap(), ByteSize(64_000));
    assert_eq!("95 MB/s".parse::<ByteRate>().unwrap(), ByteRate(95_000_000));
    assert_eq!(ByteSize(65_536).to_string(), "64 KiB");
    assert_eq!(ByteSize(0).to_string(), "0 B");
    assert_eq!(ByteRate(2_000_000_000).to_string(), "2 GB/s");
}

// Goal: an instant is UTC whatever offset it was written with; a date alone is not an instant.
// Method: parse an offset, print UTC; leave out the zone, then the time of day.
#[test]
fn instants_are_kept_in_utc() {
    let instant: Instant = "2026-11-24T02:58:00+01:00".parse().unwrap();
    assert_eq!(instant.to_string(), "2026-11-24T01:58:00Z");
    let help = |text: &str| text.parse::<Instant>().unwrap_err().help().to_owned();
    assert_eq!(
        help("2026-11-24T01:58:00"),
        "say the time zone: \"2026-11-24T01:58:00Z\" is UTC"
    );
    assert_eq!(
        help("2026-11-24"),
        "say the time of day: \"2026-11-24T00:00:00Z\" is its midnight"
    );
}

// Goal: the mistakes that people make get the text that repairs them.
// Method: a table of misspellings and the words that the help must contain.
#[test]
fn help_says_what_to_write_instead() {
    let help = |kind: &str, text: &str| super::mistake(kind, text).unwrap().help().to_owned();
    let cases = [
        ("keystorm-duration", "250", "\"250 ms\" or \"250 s\""),
        ("keystorm-duration", "5 m", "\"5 min\" for minutes"),
        ("keystorm-duration", "5 sec", "write \"5 s\""),
        ("keystorm-duration", "2 days", "\"24 h\""),
        ("keystorm-duration", "fast", "write a number and its unit"),
        ("keystorm-duration", "-5 s", "write a number and its unit"),
        ("keystorm-rate", "5000", "\"5000/s\"; rates are per second"),
        ("keystorm-rate", "5k", "\"5k/s\""),
        ("keystorm-rate", "5 rps", "\"5/s\""),
        ("keystorm-rate", "5K/s", "\"5k/s\""),
        ("keystorm-rate", "5/sec", "write /s instead of /sec"),
        ("keystorm-rate", "5 req/s", "leave out `req`"),
        ("keystorm-rate", "2000000M/s", "highest rate"),
        (
            "keystorm-bytes",
            "5 KB",
            "\"5 kB\" (1000s) or \"5 KiB\" (1024s)",
        ),
        ("keystorm-bytes", "5M", "\"5 MB\" (1000s)"),
        ("keystorm-bytes", "5", "say the unit"),
        ("keystorm-bytes", "5 tib", "\"5 TiB\""),
        (
            "keystorm-bytes",
            "5 T",
            "\"5 TB\" (1000s) or \"5 TiB\" (1024s)",
        ),
        ("keystorm-bytes-per-second", "10 Gbit/s", "divide by 8"),
        ("keystorm-bytes-per-second", "10 MB", "\"10 MB/s\""),
        (
            "keystorm-bytes-per-second",
            "10 mb/s",
            "\"10 MB/s\" (1000s)",
        ),
    ];
    for (kind, text, words) in cases {
        let help = help(kind, text);
        assert!(help.contains(words), "{text}: {help}");
    }
}

proptest! {
    // Goal: a resolved scenario written out reads back as the same scenario.
    // Method: any value of each type, printed and parsed.
    #[test]
    fn printed_quantities_read_back(
        n: u64, bits in 0_u64..=1e12_f64.to_bits(), s in 0..4_000_000_000_i64,
    ) {
        let time = Duration(Span::from_nanos(n));
        prop_assert_eq!(time.to_string().parse::<Duration>().unwrap(), time);
        prop_assert_eq!(ByteSize(n).to_string().parse::<ByteSize>().unwrap(), ByteSize(n));
        prop_assert_eq!(ByteRate(n).to_string().parse::<ByteRate>().unwrap(), ByteRate(n));
        let rate = Rate(f64::from_bits(bits));
        prop_assert_eq!(rate.to_string().parse::<Rate>().unwrap(), rate);
        let instant = Instant(jiff::Timestamp::from_second(s).unwrap());
        prop_assert_eq!(instant.to_string().parse::<Instant>().unwrap(), instant);
    }

    // Goal: no text makes a quantity's parser panic.
    // Method: texts out of the characters that matter, and any text.
    #[test]
    fn any_text_is_parsed_or_refused(text in "[0-9_.kMKiBsmhin/ µ-]{0,24}|\\PC*") {
        for format in
            ["keystorm-duration", "date-time", "keystorm-rate", "keystorm-bytes",
             "keystorm-bytes-per-second", "keystorm-time-of-day", "keystorm-time-of-week",
             "keystorm-utc-offset"]
        {
            let _ = super::mistake(format, &text);
        }
    }
}
