use super::Check;
use crate::diagnostic::Diagnostic;
use crate::load::examples;
use crate::schema::{Arrivals, Closed, Fleet, Keys, ObjectSize, Profile};
use crate::units::ByteSize;
use crate::units::decimal::grouped;
use keystorm_models::policy::Requester;
use keystorm_sim::NANOS_PER_S;

/// Largest object of one `PutObject`, 5 GiB; larger ones need multipart uploads.
///
/// # Source
/// Amazon S3 User Guide, "Uploading objects" (a stored copy, read 2026-11-24; it says 5 GB).
const PUT_MAX: u64 = 5 << 30;
/// Most workers of a closed loop in one fleet: each is a thing in memory.
const WORKERS_MAX: u64 = 1_000_000;

/// Arrivals, operations and sizes of one fleet.
pub(super) fn check(name: &str, fleet: &Fleet, check: &mut Check<'_>) {
    match &fleet.arrivals {
        Arrivals::Poisson(poisson) if poisson.rate.0 <= 0.0 => {
            wrong(
                check,
                &["fleets", name, "arrivals", "poisson", "rate"],
                &format!(
                    "is \"{}\"; expected a positive rate such as \"2_000/s\"",
                    poisson.rate
                ),
                "a fleet that asks for nothing can be left out",
            );
        }
        Arrivals::Poisson(_) => {}
        Arrivals::Profile(profile) => points(name, profile, check),
        Arrivals::Closed(closed) => workers(name, fleet, closed, check),
    }
    let weights = fleet.operations.weights();
    if weights.iter().all(|&(_, weight)| weight == 0) {
        wrong(
            check,
            &["fleets", name, "operations"],
            "has no weight above 0; expected at least one",
            "such as operations = { get = 80, put = 20 }",
        );
    }
    sizes(name, fleet, check);
    pieces(name, fleet, check);
    keys(name, &fleet.keys, check);
    request(name, fleet, check);
}

fn keys(name: &str, keys: &Keys, check: &mut Check<'_>) {
    let Keys::Dated(it) = keys else { return };
    let nanos = it.period.0.nanos();
    if nanos == 0 || !nanos.is_multiple_of(NANOS_PER_S) {
        wrong(
            check,
            &["fleets", name, "keys", "dated", "period"],
            &format!(
                "is \"{}\"; expected whole seconds, such as \"1 h\"",
                it.period
            ),
            "keys with the date have a prefix for each day, others for each hour",
        );
    }
}

/// A mistake whose message begins with the path.
fn wrong(check: &mut Check<'_>, path: &[&str], message: &str, help: &str) {
    let keys: Vec<String> = path.iter().map(|&key| key.to_owned()).collect();
    check.wrong(path, format!("`{}` {message}", examples::path(&keys)), help);
}

fn points(name: &str, profile: &Profile, check: &mut Check<'_>) {
    let path = ["fleets", name, "arrivals", "profile", "points"];
    if profile.points.is_empty() {
        let help = "such as points = [{ at = \"0 s\", rate = \"100/s\" }]";
        return wrong(check, &path, "is empty; expected at least one point", help);
    }
    if profile.points.iter().all(|point| point.rate.0 <= 0.0) {
        wrong(
            check,
            &path,
            "never rises above 0/s; expected a point with a positive rate",
            "a fleet that asks for nothing can be left out",
        );
    }
    in_order(&path, profile, check);
}

/// Points of a profile, at `path`, come in the order of time.
pub(super) fn in_order(path: &[&str], profile: &Profile, check: &mut Check<'_>) {
    for (index, pair) in profile.points.windows(2).enumerate() {
        if pair[1].at < pair[0].at {
            let place = |check: &Check<'_>, index: usize| {
                let point = format!("[{index}]");
                check.at(&[path, &[point.as_str(), "at"]].concat()).place()
            };
            let found = Diagnostic::new(
                place(check, index + 1),
                format!(
                    "the profile goes back in time, from \"{}\" to \"{}\"",
                    pair[0].at, pair[1].at
                ),
            );
            let before = place(check, index);
            check.found.push(
                found
                    .related(before, "the point before it")
                    .help("put the points in the order of time; two at the same time are a step"),
            );
        }
    }
}

fn workers(name: &str, fleet: &Fleet, closed: &Closed, check: &mut Check<'_>) {
    let stops_at_once = closed.think_time.0.nanos() == 0 && closed.calls.is_some();
    if closed.think_time.0.nanos() < 1_000 && !stops_at_once {
        wrong(
            check,
            &["fleets", name, "arrivals", "closed", "think-time"],
            &format!("is \"{}\"; expected at least \"1 us\"", closed.think_time),
            "\"1 us\" is as good as no pause; with a number of `calls`, \"0 s\" is one as well",
        );
    }
    let workers = u64::from(fleet.instances) * u64::from(fleet.concurrency);
    if workers > WORKERS_MAX {
        wrong(
            check,
            &["fleets", name, "concurrency"],
            &format!(
                "times `instances` is {} workers; a closed loop can have at most {}",
                grouped(workers),
                grouped(WORKERS_MAX)
            ),
            "use fewer instances or less concurrency, or open arrivals such as \
             arrivals.poisson = { rate = \"2_000/s\" }",
        );
    }
}

fn sizes(name: &str, fleet: &Fleet, check: &mut Check<'_>) {
    let (key, largest) = match &fleet.size {
        ObjectSize::Fixed(size) => (vec!["fleets", name, "size", "fixed"], *size),
        ObjectSize::Lognormal(sizes) => {
            let path = ["fleets", name, "size", "lognormal", "median"];
            if sizes.median.0 == 0 {
                let message = "is \"0 B\"; expected at least \"1 B\"";
                wrong(
                    check,
                    &path,
                    message,
                    "half of all objects are smaller than the median",
                );
            }
            if sizes.max < sizes.median {
                let place = check
                    .at(&["fleets", name, "size", "lognormal", "max"])
                    .place();
                let median = check.at(&path).place();
                check.found.push(
                    Diagnostic::new(
                        place,
                        format!(
                            "the largest size, \"{}\", is below the median, \"{}\"",
                            sizes.max, sizes.median
                        ),
                    )
                    .related(median, "the median")
                    .help("raise max, or use size.fixed for objects of one size"),
                );
            }
            (vec!["fleets", name, "size", "lognormal", "max"], sizes.max)
        }
    };
    if fleet.operations.put > 0 && largest.0 > PUT_MAX {
        let limit = ByteSize(PUT_MAX);
        wrong(
            check,
            &key,
            &format!("is \"{largest}\"; expected at most \"{limit}\", the most that one PUT takes"),
            "larger objects take a multipart upload: weights for create-multipart-upload, \
             upload-part and complete-multipart-upload in place of put",
        );
    }
}

/// Sizes of ranges and parts.
fn pieces(name: &str, fleet: &Fleet, check: &mut Check<'_>) {
    for (key, size, max) in [
        ("range-size", fleet.range_size, ByteSize(u64::MAX)),
        ("part-size", fleet.part_size, ByteSize(PUT_MAX)),
    ] {
        if size.0 == 0 || size > max {
            let expected = if size.0 == 0 {
                "at least \"1 B\"".to_owned()
            } else {
                format!("at most \"{max}\", the most that one part takes")
            };
            wrong(
                check,
                &["fleets", name, key],
                &format!("is \"{size}\"; expected {expected}"),
                "the SDKs' transfer managers take \"8 MiB\"",
            );
        }
    }
}

/// Names that requests give.
fn request(name: &str, fleet: &Fleet, check: &mut Check<'_>) {
    let request = &fleet.request;
    if let Some(caller) = &request.principal
        && let Err(error) = caller.parse::<Requester>()
    {
        check.wrong(
            &["fleets", name, "request", "principal"],
            error.to_string(),
            "such as principal = \"arn:aws:iam::111122223333:role/app\"",
        );
    }
    if request.kms_key.as_ref().is_some_and(String::is_empty) {
        wrong(
            check,
            &["fleets", name, "request", "kms-key"],
            "is empty; expected an id, an ARN or an alias",
            "the key of this scenario is kms-key = \"alias/app\"",
        );
    }
}
