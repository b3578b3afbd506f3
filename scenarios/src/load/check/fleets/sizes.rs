//! How large the objects are.
use super::{Check, PUT_MAX, wrong};
use crate::diagnostic::Diagnostic;
use crate::schema::{
    Fleet, LognormalSize, ObjectSize, ParetoSize, SizePoint, Stage, WriteOperation,
};
use crate::units::ByteSize;
use keystorm_models::workload::Operation;

pub(super) fn check(name: &str, fleet: &Fleet, check: &mut Check<'_>) {
    let by_itself = fleet.transfer_manager.is_none();
    let puts_of = |stage: &Stage| {
        by_itself && stage.writes > 0 && stage.write_operation == WriteOperation::Put
    };
    let puts = match fleet.stages() {
        [] => fleet.asks_for(Operation::Put) && by_itself,
        stages => stages
            .iter()
            .any(|it| it.write_size.is_none() && puts_of(it)),
    };
    any(&["fleets", name, "size"], &fleet.size, puts, check);
    for (index, stage) in fleet.stages().iter().enumerate() {
        let index = format!("[{index}]");
        let path = ["fleets", name, "arrivals", "job", "stages", &index];
        let puts = puts_of(stage);
        for (key, size, puts) in [
            ("read-size", &stage.read_size, false),
            ("write-size", &stage.write_size, puts),
        ] {
            if let Some(size) = size {
                any(&[&path[..], &[key]].concat(), size, puts, check);
            }
        }
    }
}

/// Any distribution, at `path`.
fn any(path: &[&str], size: &ObjectSize, puts: bool, check: &mut Check<'_>) {
    if let ObjectSize::Mixture(parts) = size {
        let path = [path, &["mixture"]].concat();
        if parts.iter().all(|part| part.weight == 0) {
            let message = "has no weight above 0; expected at least one";
            let help = "such as [{ weight = 85, size.fixed = \"16 KiB\" }]";
            wrong(check, &path, message, help);
        }
        for (index, part) in parts.iter().enumerate() {
            let index = format!("[{index}]");
            let path = [&path[..], &[index.as_str(), "size"]].concat();
            one(
                &path,
                &part.size.clone().into(),
                puts && part.weight > 0,
                check,
            );
        }
    } else {
        one(path, size, puts, check);
    }
}

/// One distribution, at `path`.
fn one(path: &[&str], size: &ObjectSize, puts: bool, check: &mut Check<'_>) {
    let (key, largest) = match size {
        ObjectSize::Fixed(size) => (vec!["fixed"], *size),
        ObjectSize::Lognormal(it) => {
            lognormal(&[path, &["lognormal"]].concat(), it, check);
            (vec!["lognormal", "max"], it.max)
        }
        ObjectSize::Pareto(it) => {
            pareto(&[path, &["pareto"]].concat(), it, check);
            (vec!["pareto", "max"], it.max)
        }
        ObjectSize::Quantiles(points) => {
            let path = [path, &["quantiles"]].concat();
            quantiles(&path, points, check);
            let last = points.last().map_or(ByteSize(0), |point| point.size);
            (vec!["quantiles"], last)
        }
        ObjectSize::Mixture(_) => return,
    };
    if puts && largest.0 > PUT_MAX {
        let limit = ByteSize(PUT_MAX);
        let says = if key == ["quantiles"] {
            "goes up to"
        } else {
            "is"
        };
        wrong(
            check,
            &[path, &key].concat(),
            &format!(
                "{says} \"{largest}\"; expected at most \"{limit}\", the most that one PUT takes"
            ),
            "larger objects take a multipart upload: transfer-manager = \"s3transfer\", or weights \
             for create-multipart-upload, upload-part and complete-multipart-upload in place \
             of put",
        );
    }
}

fn lognormal(path: &[&str], it: &LognormalSize, check: &mut Check<'_>) {
    let median = [path, &["median"]].concat();
    if it.median.0 == 0 {
        let message = "is \"0 B\"; expected at least \"1 B\"";
        let help = "half of all objects are smaller than the median";
        wrong(check, &median, message, help);
    }
    if it.max < it.median {
        let message = format!(
            "the largest size, \"{}\", is below the median, \"{}\"",
            it.max, it.median
        );
        let place = check.at(&[path, &["max"]].concat()).place();
        let median = check.at(&median).place();
        check.found.push(
            Diagnostic::new(place, message)
                .related(median, "the median")
                .help("raise max, or use size.fixed for objects of one size"),
        );
    }
}

fn pareto(path: &[&str], it: &ParetoSize, check: &mut Check<'_>) {
    let min = [path, &["min"]].concat();
    if it.min.0 == 0 {
        let message = "is \"0 B\"; expected at least \"1 B\"";
        wrong(
            check,
            &min,
            message,
            "sizes are in proportion to the smallest",
        );
    } else if it.max <= it.min {
        let message = format!(
            "the largest size, \"{}\", is not above the smallest, \"{}\"",
            it.max, it.min
        );
        let place = check.at(&[path, &["max"]].concat()).place();
        let min = check.at(&min).place();
        check.found.push(
            Diagnostic::new(place, message)
                .related(min, "the smallest")
                .help("raise max, or use size.fixed for objects of one size"),
        );
    }
}

fn quantiles(path: &[&str], points: &[SizePoint], check: &mut Check<'_>) {
    const HELP: &str = "such as [{ at = 0.0, size = \"1 KiB\" }, { at = 1.0, size = \"5 GiB\" }]";
    let ends = match points {
        [first, .., last] => first.at <= 0.0 && last.at >= 1.0,
        _ => false,
    };
    if !ends {
        let message =
            "does not run from 0 to 1; expected its first point at 0.0 and its last at 1.0";
        wrong(check, path, message, HELP);
    }
    let inside = |index: usize, key: &'static str| (format!("[{index}]"), key);
    if let Some(first) = points.first()
        && first.size.0 == 0
    {
        let (point, key) = inside(0, "size");
        let message = "is \"0 B\"; expected at least \"1 B\"";
        let help = "an empty object has no logarithm; \"1 B\" is as good";
        wrong(
            check,
            &[path, &[point.as_str(), key]].concat(),
            message,
            help,
        );
    }
    for (index, pair) in points.windows(2).enumerate() {
        if pair[1].at <= pair[0].at {
            let (point, key) = inside(index + 1, "at");
            let (found, before) = (pair[1].at, pair[0].at);
            let message = format!("is {found}; expected more than {before}, the one before it");
            let help = "put the points in the order of their quantiles";
            wrong(
                check,
                &[path, &[point.as_str(), key]].concat(),
                &message,
                help,
            );
        }
        if pair[1].size < pair[0].size {
            let (point, key) = inside(index + 1, "size");
            let (found, before) = (pair[1].size, pair[0].size);
            let message =
                format!("is \"{found}\"; expected at least \"{before}\", the one before it");
            let help = "a higher quantile is never a smaller object";
            wrong(
                check,
                &[path, &[point.as_str(), key]].concat(),
                &message,
                help,
            );
        }
    }
}
