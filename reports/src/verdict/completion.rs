//! When work that comes to an end is done.
use crate::number::duration;
use crate::view::{self, mean};
use keystorm_record::Variant;

/// The work's name and verbs in the number that it needs.
struct Work {
    name: &'static str,
    is: &'static str,
    fails: &'static str,
}

impl Work {
    fn of(variant: &Variant) -> Self {
        let jobs = variant.replications.first().map_or(0, |it| it.jobs.len());
        let (name, is, fails) = match jobs {
            0 => ("all work", "is", "fails"),
            1 => ("the job", "is", "fails"),
            _ => ("the jobs", "are", "fail"),
        };
        Self { name, is, fails }
    }
}

/// Replications in which all work was done.
fn done(variant: &Variant) -> usize {
    let metric = view::metric(variant, "completion");
    metric.map_or(0, |it| it.values.iter().flatten().count())
}

/// When a variant's work is done, or that it is not; `None` if its load has no end.
pub(super) fn clause(variant: &Variant) -> Option<String> {
    let (done, all) = (done(variant), variant.replications.len());
    let has_job = variant.replications.iter().any(|it| !it.jobs.is_empty());
    if done == 0 && !has_job && view::ending_fleets(variant).0 == 0 {
        return None;
    }
    let Work { name, is, fails } = Work::of(variant);
    let seconds = mean(variant, "completion").filter(|_| done == all);
    Some(match seconds {
        Some(seconds) => format!("{name} {is} done after {}", duration(seconds)),
        None if done > 0 => format!("{name} {is} done in {done} of {all} replications"),
        None if mean(variant, "job.failed-share") == Some(1.0) => format!("{name} {fails}"),
        None => format!("{name} {is} not done when the run ends"),
    })
}

/// When the work is done under another variant, if it is and that differs: a sentence with a space
/// before it.
pub(super) fn of_another(variant: &Variant, other: &Variant) -> Option<String> {
    let all = |it: &Variant| done(it) > 0 && done(it) == it.replications.len();
    let after = mean(other, "completion").filter(|_| all(other))?;
    let words = duration(after);
    let now = mean(variant, "completion").filter(|_| all(variant));
    if now.is_some_and(|now| duration(now) == words) {
        return None;
    }
    let Work { name, is, .. } = Work::of(other);
    Some(format!(
        " {} {is} then done after {words}.",
        crate::text::capital(name)
    ))
}
