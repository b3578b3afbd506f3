//! What a fleet asks for, and when.
use super::{Closed, Job, Load, is_express, latency, moment};
use crate::schema::{self, Arrivals, ObjectSize, OnOffTimes, Scenario, Shape, Spacing};
use crate::units::UtcOffset;
use keystorm_models::workload::{
    Bursts, Dated, Hot, Keys, Mix, Mixes, Mixture, Operation, Pareto, Pattern, Popularity,
    RateProfile, SizeTable, Sizes, Stage, State, States, Stragglers, When, Workload, Zipf,
};
use keystorm_sim::draw::{Lognormal, whole};
use keystorm_sim::{NANOS_PER_S, Span, Time};

const DAY_S: u64 = 86_400;
const WEEK_S: u64 = 7 * DAY_S;
const NO_STRAGGLERS: Stragglers = Stragglers {
    share: 0.0,
    factor: 1.0,
};

/// When the requests of a fleet arrive.
pub(super) fn load(fleet: &schema::Fleet, scenario: &Scenario) -> Load {
    Load::Open(match &fleet.arrivals {
        Arrivals::Poisson(it) => Pattern::Poisson(RateProfile::constant(it.rate.0)),
        Arrivals::Profile(it) => {
            let point = |it: &schema::ProfilePoint| (Time::ZERO + it.at.0, it.rate.0);
            let profile = RateProfile::through(it.points.iter().map(point).collect());
            spaced(it.spacing, profile)
        }
        Arrivals::Deterministic(it) => Pattern::Even(RateProfile::constant(it.rate.0)),
        Arrivals::Mmpp(it) => {
            let state = |it: &schema::MmppState| State {
                rate: it.rate.0,
                mean_time: it.mean_time.0,
            };
            Pattern::Modulated(States::new(it.states.iter().map(state).collect()))
        }
        Arrivals::OnOff(it) => on_off(it),
        Arrivals::Daily(it) => {
            let points = it.points.iter().map(|it| (u64::from(it.at.0), it.rate.0));
            let profile = by_the_clock(points, it.shape, DAY_S, it.utc_offset, scenario);
            spaced(it.spacing, profile)
        }
        Arrivals::Weekly(it) => {
            let points = it.points.iter().map(|it| (u64::from(it.at.0), it.rate.0));
            let profile = by_the_clock(points, it.shape, WEEK_S, it.utc_offset, scenario);
            spaced(it.spacing, profile)
        }
        Arrivals::ColdStart(it) => {
            let at = moment(scenario, it.at).expect("checked: within the run");
            Pattern::Bursts(cold_start(it, at, fleet.instances))
        }
        Arrivals::Cron(it) => Pattern::Bursts(cron(it, scenario)),
        Arrivals::Closed(it) => {
            return Load::Closed(Closed {
                think_time: it.think_time.0,
                calls: it.calls,
            });
        }
        Arrivals::Job(it) => return Load::Job(job(it, scenario)),
    })
}

fn job(it: &schema::Job, scenario: &Scenario) -> Job {
    let stage = |it: &schema::Stage| Stage {
        tasks: it.tasks,
        reads: it.reads,
        read: it.read_operation.into(),
        read_sizes: it.read_size.as_ref().map(sizes),
        compute: latency(&it.compute),
        stragglers: it.stragglers.map_or(NO_STRAGGLERS, |it| Stragglers {
            share: it.share,
            factor: it.factor,
        }),
        writes: it.writes,
        write: it.write_operation.into(),
        write_sizes: it.write_size.as_ref().map(sizes),
    };
    Job {
        start: moment(scenario, it.start).expect("checked: within the run"),
        start_spread: it.start_spread.0,
        stages: it.stages.iter().map(stage).collect(),
        tries_max: it.task_attempts,
    }
}

fn spaced(spacing: Spacing, profile: RateProfile) -> Pattern {
    match spacing {
        Spacing::Random => Pattern::Poisson(profile),
        Spacing::Even => Pattern::Even(profile),
    }
}

fn on_off(it: &schema::OnOff) -> Pattern {
    let (on, off) = (it.on.0, it.off.0);
    if it.times == OnOffTimes::Exponential {
        let state = |rate, mean_time| State { rate, mean_time };
        let states = vec![state(it.rate.0, on), state(it.off_rate.0, off)];
        return Pattern::Modulated(States::new(states));
    }
    let (ends, period) = (Time::ZERO + on, on + off);
    let points = vec![
        (Time::ZERO, it.rate.0),
        (ends, it.rate.0),
        (ends, it.off_rate.0),
        (Time::ZERO + period, it.off_rate.0),
    ];
    let profile = RateProfile::repeating(points, period, Span::ZERO);
    spaced(it.spacing, profile)
}

/// A rate that repeats every `period_s`, from points (time since its beginning \[s\], rate).
fn by_the_clock(
    points: impl Iterator<Item = (u64, f64)>,
    shape: Shape,
    period_s: u64,
    offset: UtcOffset,
    scenario: &Scenario,
) -> RateProfile {
    let points: Vec<_> = points
        .map(|(at, rate)| (Time::from_secs(at), rate))
        .collect();
    let points = match shape {
        Shape::Lines => points,
        Shape::Steps => {
            let mut held = points[points.len() - 1].1;
            let mut steps = Vec::with_capacity(2 * points.len() + 1);
            for (at, rate) in points {
                if at == Time::ZERO {
                    steps.push((at, rate));
                } else {
                    steps.extend([(at, held), (at, rate)]);
                }
                held = rate;
            }
            steps.push((Time::from_secs(period_s), held));
            steps
        }
    };
    let period = Span::from_secs(period_s);
    RateProfile::repeating(points, period, since_beginning(period, offset, scenario))
}

/// Time from the beginning of a period to t = 0. Periods are counted from Monday 00:00 on.
fn since_beginning(period: Span, offset: UtcOffset, scenario: &Scenario) -> Span {
    // 1970 began on a Thursday.
    const FIRST_MONDAY_S: i128 = 4 * DAY_S as i128;
    let clock_s = i128::from(scenario.run.start.0.as_second()) + i128::from(offset.0);
    let since = (clock_s - FIRST_MONDAY_S) * i128::from(NANOS_PER_S);
    let place = since.rem_euclid(i128::from(period.nanos()));
    Span::from_nanos(u64::try_from(place).expect("below the period"))
}

/// The burst of a cold start that begins at `at`.
fn cold_start(it: &schema::ColdStart, at: Time, instances: u32) -> Bursts {
    let gap = |rate: f64| Span::from_nanos(whole(NANOS_PER_S as f64 / rate));
    Bursts {
        when: When::Once(at),
        starts: instances,
        spread: it.spread.0,
        even: it.spacing == Spacing::Even,
        requests: it.requests,
        gap: it.rate.map_or(Span::ZERO, |rate| gap(rate.0)),
        own_instances: true,
    }
}

/// The bursts of a job that starts by the clock.
pub(crate) fn cron(it: &schema::Cron, scenario: &Scenario) -> Bursts {
    let period = it.every.0;
    let since = since_beginning(period, it.utc_offset, scenario).nanos();
    let phase = (since + period.nanos() - it.offset.0.nanos() % period.nanos()) % period.nanos();
    Bursts {
        when: When::Every {
            period,
            phase: Span::from_nanos(phase),
        },
        starts: it.requests,
        spread: it.spread.0,
        even: it.spacing == Spacing::Even,
        requests: 1,
        gap: Span::ZERO,
        own_instances: false,
    }
}

/// What the requests of a fleet ask for.
pub(super) fn workload(fleet: &schema::Fleet, scenario: &Scenario) -> Workload {
    let express = is_express(scenario);
    Workload {
        mixes: mixes(fleet, scenario),
        sizes: sizes(&fleet.size),
        range: fleet.range_size.0,
        part: fleet.part_size.0,
        instances: fleet.instances,
        prefixes: if express { 1 } else { scenario.bucket.prefixes },
        keys: if express {
            Keys::Uniform
        } else {
            keys(&fleet.keys, scenario)
        },
    }
}

fn mixes(fleet: &schema::Fleet, scenario: &Scenario) -> Mixes {
    let mix = |operations: &schema::Operations| {
        let weights = operations.weights();
        Mix::new(weights.map(|(operation, weight)| (operation, u64::from(weight))))
    };
    if let stages @ [_, ..] = fleet.stages() {
        let requests = |operation: Operation| {
            let all = stages.iter().flat_map(schema::Stage::requests);
            all.filter(|it| it.0 == operation).map(|it| it.1).sum()
        };
        let weights = Operation::ALL.map(|operation| (operation, requests(operation)));
        return Mixes::new(Mix::new(weights));
    }
    let mut mixes = Mixes::new(mix(&fleet.operations));
    for phase in &fleet.phases {
        let at = moment(scenario, phase.at).expect("checked: within the run");
        mixes.change(at, mix(&phase.operations));
    }
    mixes
}

fn sizes(size: &ObjectSize) -> Sizes {
    match size {
        ObjectSize::Fixed(size) => Sizes::Fixed(size.0),
        ObjectSize::Lognormal(it) => Sizes::Lognormal {
            bytes: Lognormal::new(it.median.0 as f64, it.sigma),
            max: it.max.0,
        },
        ObjectSize::Pareto(it) => {
            Sizes::Pareto(Box::new(Pareto::new(it.min.0, it.max.0, it.alpha)))
        }
        ObjectSize::Quantiles(points) => {
            let points: Vec<_> = points.iter().map(|it| (it.at, it.size.0)).collect();
            Sizes::Table(SizeTable::new(&points))
        }
        ObjectSize::Mixture(parts) => {
            let part =
                |it: &schema::MixturePart| (u64::from(it.weight), sizes(&it.size.clone().into()));
            Sizes::Mixture(Mixture::new(parts.iter().map(part)))
        }
    }
}

fn keys(keys: &schema::Keys, scenario: &Scenario) -> Keys {
    let prefixes = scenario.bucket.prefixes;
    match keys {
        schema::Keys::Uniform => Keys::Uniform,
        schema::Keys::Zipf(exponent) => Keys::Zipf(Zipf::new(prefixes, *exponent)),
        schema::Keys::Dated(it) => {
            let start = scenario.run.start.0.as_second();
            let start = u64::try_from(start).expect("checked: after 1970");
            Keys::Dated(Dated::new(it.period.0, start, it.share))
        }
        schema::Keys::Hot(it) => {
            let hot = u32::try_from(whole(it.prefixes * f64::from(prefixes)));
            let hot = hot.unwrap_or(prefixes).clamp(1, prefixes);
            Keys::Hot(Hot::new(hot, prefixes, it.requests))
        }
    }
}

/// How much each requester of a fleet asks.
pub(super) fn popularity(fleet: &schema::Fleet) -> Popularity {
    match fleet.requester_popularity {
        schema::Popularity::Uniform => Popularity::Even,
        schema::Popularity::Zipf(exponent) => {
            Popularity::Zipf(Zipf::new(fleet.requesters * fleet.tenants, exponent))
        }
    }
}
