//! The same work over more time: jobs, crons and cold starts that begin more slowly, and a load
//! that comes and goes once.
use super::candidate::{Candidate, Today, set_of_fleet};
use super::clients::inline;
use crate::schema::{Arrivals, LoadProfile, ProfilePoint, Scenario};
use crate::units::{Duration, Rate};
use keystorm_record::plan::Effort;
use keystorm_sim::Span;

/// Longest start that is tried.
const SPREAD_MAX_S: u64 = 600;
/// How many times as long as today a start is tried, at least and at most.
const FACTORS: (f64, f64) = (1.25, 4.0);

const CAVEAT: &str = "The work is done later: ask whoever waits for it.";

pub(super) fn candidates(today: &Today<'_>) -> Vec<Candidate> {
    let scenario = today.scenario();
    let all = scenario.fleets.iter().filter_map(|(name, fleet)| {
        let (path, value, words): (&[&str], String, String) = match &fleet.arrivals {
            Arrivals::Job(job) => {
                let to = longer(job.start_spread, room(scenario) / 4)?;
                let path: &[&str] = &["arrivals", "job", "start-spread"];
                (path, to.to_string(), over(to, job.start_spread))
            }
            Arrivals::ColdStart(start) => {
                let to = longer(start.spread, room(scenario) / 4)?;
                let path: &[&str] = &["arrivals", "cold-start", "spread"];
                (path, to.to_string(), over(to, start.spread))
            }
            Arrivals::Cron(cron) => {
                let to = longer(cron.spread, cron.every.0.nanos() / 2)?;
                let path: &[&str] = &["arrivals", "cron", "spread"];
                (path, to.to_string(), over(to, cron.spread))
            }
            Arrivals::Profile(profile) => {
                let (points, from, to) = stretched(profile, room(scenario))?;
                let path: &[&str] = &["arrivals", "profile", "points"];
                (path, inline(&points), over(to, from))
            }
            _ => return None,
        };
        Some(Candidate::plain(
            format!("spread.{name}"),
            format!("Spread {name} {words}"),
            Effort::Setting,
            vec![set_of_fleet(name, path, quoted(value))],
            &[CAVEAT],
        ))
    });
    all.collect()
}

/// Simulated time in all \[ns\].
fn room(scenario: &Scenario) -> u64 {
    let run = &scenario.run;
    run.warm_up.0.nanos().saturating_add(run.measure.0.nanos())
}

fn over(to: Duration, from: Duration) -> String {
    format!("over {to}, not {from}")
}

/// A length of time stands in quotes, a list does not.
fn quoted(value: String) -> String {
    if value.starts_with('[') {
        value
    } else {
        format!("\"{value}\"")
    }
}

/// A longer start, in whole seconds: four times as long, of none a minute; at most `most`.
fn longer(now: Duration, most: u64) -> Option<Duration> {
    let second = Span::from_secs(1).nanos();
    let now = now.0.nanos();
    let wish = if now == 0 {
        60 * second
    } else {
        now.saturating_mul(4)
    };
    let to = wish.min(most).min(SPREAD_MAX_S * second) / second * second;
    let enough = now as f64 * FACTORS.0;
    (to > 0 && to as f64 >= enough).then(|| Duration(Span::from_nanos(to)))
}

/// A load that is nothing, then comes and goes once, over more time at lower rates: the same
/// requests. Its points, and how long it lasted and lasts.
///
/// The line between two points keeps its area when times are stretched by the factor by which
/// rates are divided.
fn stretched(profile: &LoadProfile, room: u64) -> Option<(Vec<ProfilePoint>, Duration, Duration)> {
    let (first, last) = (profile.points.first()?, profile.points.last()?);
    if first.rate.0 > 0.0 || last.rate.0 > 0.0 {
        return None;
    }
    let from = first.at.0.nanos();
    let length = last.at.0.nanos().checked_sub(from).filter(|&it| it > 0)?;
    let left = room.checked_sub(from)?;
    // In steps of a quarter, so that rates and times stay readable.
    let factor = (left as f64 / length as f64).min(FACTORS.1);
    let factor = (factor * 4.0).floor() / 4.0;
    if factor < FACTORS.0 {
        return None;
    }
    let milli = 1_000_000_u64;
    let scaled = |span: u64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most 31 days, not negative"
        )]
        let nanos = (span as f64 * factor) as u64;
        nanos / milli * milli
    };
    let point = |it: &ProfilePoint| ProfilePoint {
        at: Duration(Span::from_nanos(from + scaled(it.at.0.nanos() - from))),
        rate: Rate(readable(it.rate.0 / factor)),
    };
    let points: Vec<_> = profile.points.iter().map(point).collect();
    let span = |nanos| Duration(Span::from_nanos(nanos));
    Some((points, span(length), span(scaled(length))))
}

/// A rate in whole requests per second, unless it is so low that this would change the load.
fn readable(rate: f64) -> f64 {
    const WHOLE_FROM: f64 = 1_000.0;
    if rate < WHOLE_FROM {
        rate
    } else {
        rate.round()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(it: u64) -> Duration {
        Duration(Span::from_secs(it))
    }

    /// Requests of a profile: the area below its line.
    fn area(points: &[ProfilePoint]) -> f64 {
        let of = |pair: &[ProfilePoint]| {
            let width = (pair[1].at.0.nanos() - pair[0].at.0.nanos()) as f64 / 1e9;
            width * (pair[0].rate.0 + pair[1].rate.0) / 2.0
        };
        points.windows(2).map(of).sum()
    }

    // Goal: a load that is spread has as many requests, ends within the run, and is not touched if
    // it never ends or there is no room.
    // Method: the area below the line; a load that goes on; a run that ends with the load.
    #[test]
    fn a_load_that_is_spread_is_the_same_load() {
        let point = |at, rate| ProfilePoint {
            at: seconds(at),
            rate: Rate(rate),
        };
        let profile = |points| LoadProfile {
            points,
            spacing: crate::schema::Spacing::Random,
        };
        let once = profile(vec![
            point(45, 0.0),
            point(55, 5_000.0),
            point(80, 5_000.0),
            point(85, 0.0),
        ]);
        let room = seconds(120).0.nanos();
        let (points, from, to) = stretched(&once, room).expect("there is room");
        assert_eq!((from, to), (seconds(40), seconds(70)));
        assert_eq!(points[0].at, seconds(45));
        assert_eq!(points[3].at, seconds(115));
        assert!((area(&points) / area(&once.points) - 1.0).abs() < 0.001);
        assert_eq!(stretched(&once, seconds(90).0.nanos()), None);
        let lasting = profile(vec![point(45, 0.0), point(55, 5_000.0)]);
        assert_eq!(stretched(&lasting, room), None);
    }

    // Goal: a start is spread in whole seconds, by as much as there is room for.
    // Method: none, one of ten seconds, one with hardly any room.
    #[test]
    fn a_start_is_spread_as_far_as_there_is_room() {
        let room = seconds(300).0.nanos();
        assert_eq!(longer(seconds(0), room), Some(seconds(60)));
        assert_eq!(longer(seconds(10), room), Some(seconds(40)));
        assert_eq!(longer(seconds(10), seconds(11).0.nanos()), None);
        assert_eq!(longer(seconds(0), 5), None);
    }
}
