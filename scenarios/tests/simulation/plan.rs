//! Plans against closed forms.
use crate::common::options;
use keystorm_record::plan::{Estimate, HighestLoad, Limit, LimitKind, Reached, SmallestQuota};
use keystorm_scenarios::expect::Condition;
use keystorm_scenarios::experiment::plan::{self, Asked, Base, Evaluator};
use keystorm_scenarios::{Overrides, Watch, load};

/// What is asked of all plans here.
pub(crate) const ASKED: Asked = Asked {
    replications_max: 40,
    load_max: 10.0,
    growth: None,
};

/// Does something with an evaluator of a scenario's text.
pub(crate) fn evaluated<T>(text: &str, act: impl FnOnce(&mut Evaluator<'_>) -> T) -> T {
    let overrides = Overrides::default();
    let study = load("plan.toml", text, &overrides);
    let study = study.unwrap_or_else(|mistakes| panic!("{}\n{text}", mistakes.render(false)));
    let base = Base {
        path: "plan.toml",
        text,
        overrides: &overrides,
        reader: &|_| Err("no files here".to_owned()),
        study: &study,
        variant: 0,
    };
    let (options, watch) = (options(), Watch::default());
    let mut evaluator = Evaluator::new(base, &options, &watch).expect("threads start");
    act(&mut evaluator)
}

fn conditions(texts: &[&str]) -> Vec<Condition> {
    texts.iter().map(|it| it.parse().expect(it)).collect()
}

/// The smallest quota for these conditions.
pub(crate) fn smallest_quota(text: &str, expected: &[&str]) -> SmallestQuota {
    let conditions = conditions(expected);
    evaluated(text, |it| plan::smallest_quota(it, &conditions, &ASKED)).expect("it runs")
}

/// The highest load for these conditions.
pub(crate) fn highest_load(text: &str, expected: &[&str]) -> HighestLoad {
    let conditions = conditions(expected);
    evaluated(text, |it| plan::highest_load(it, &conditions, &[], &ASKED)).expect("it runs")
}

/// The scenario's limits.
pub(crate) fn limits(text: &str) -> Vec<Limit> {
    evaluated(text, |it| {
        let today = it.evaluate(&[], 5).expect("it runs").clone();
        plan::limits(it, &today, &ASKED).expect("it runs")
    })
}

/// A program that calls KMS itself, without retries: each arrival is one call, at once.
fn program(seed: u64, seconds: u64, arrivals: &str, more: &str) -> String {
    format!(
        r#"schema = 1
name = "program"
seed = {seed}
run = {{ start = "2026-11-24T00:00:00Z", measure = "{seconds} s", replications = 5 }}
account.region = "eu-west-3"
bucket.encryption = "sse-s3"
clients.retry.custom = {{ attempts-max = 1, base = "1 s", cap = "1 s" }}
{more}
[fleets.only]
concurrency = 100_000
operations.decrypt = 1
size.fixed = "0 B"
arrivals.{arrivals}
"#
    )
}

/// P(N ≥ least) of a Poisson number N of this mean.
fn tail(mean: f64, least: u64) -> f64 {
    let (mut term, mut below) = (libm::exp(-mean), 0.0);
    for number in 0..least {
        below += term;
        term *= mean / (number + 1) as f64;
    }
    (1.0 - below).max(0.0)
}

/// Share of Poisson calls that a window of a second refuses beside other calls that are evenly
/// spaced.
///
/// By Mecke's formula the expected number of refused calls is ∫ λ P(N(u) + ⌊c u⌋ ≥ q) du over the
/// second, N(u) being a Poisson number of mean λ u: a call is refused if the calls before it use
/// the quota up. Without other load this is E[(N − q)+], as a sum confirms below.
fn refused_share(rate: f64, other: u64, quota: u64) -> f64 {
    const POINTS: usize = 24;
    if other == 0 {
        // E[(N − q)+] = λ P(N ≥ q) − q P(N ≥ q + 1).
        let excess = rate * tail(rate, quota) - quota as f64 * tail(rate, quota + 1);
        return excess / rate;
    }
    let step = 1.0 / other as f64;
    let mut sum = 0.0;
    for before in 0..other {
        for point in 0..POINTS {
            let at = (before as f64 + (point as f64 + 0.5) / POINTS as f64) * step;
            sum += tail(rate * at, quota.saturating_sub(before));
        }
    }
    sum * step / POINTS as f64
}

/// Numbers that depend on nothing but a seed.
///
/// # Source
/// `SplitMix64`: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014).
struct Numbers(u64);

impl Numbers {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Between two numbers, evenly by their logarithm.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        low * libm::pow(high / low, self.unit())
    }
}

// Goal: the closed form with other load is that without it where there is hardly any.
// Method: Mecke's integral at one call a second of other load, which comes at the second's very end
// in this count, against E[(N − q)+]/E[N].
#[test]
fn the_closed_form_is_right() {
    for (rate, quota) in [(20.0, 22), (80.0, 70), (150.0, 170)] {
        let (one, none) = (refused_share(rate, 1, quota), refused_share(rate, 0, quota));
        // The midpoint rule over one step of a second is coarse.
        assert!(
            (one / none - 1.0).abs() < 0.08,
            "{rate}, {quota}: {one}, {none}"
        );
    }
}

// Goal: on 50 random scenarios whose smallest quota is known, the 95 % interval contains it in at
// least 43 (of 50 intervals at exactly 95 %, fewer than 43 would do so once in 80).
// Method: Poisson calls of a random rate beside other load of a random rate against a per-second
// window, without retries; a random share of them may be refused; the smallest whole quota by the
// closed form. The seeds are fixed. The mean number of simulations is told.
#[test]
fn intervals_contain_the_true_quota() {
    const SCENARIOS: u64 = 50;
    let mut numbers = Numbers(8);
    let (mut hits, mut simulations, mut width, mut told) = (0, 0, 0.0, String::new());
    for seed in 0..SCENARIOS {
        let rate = numbers.between(20.0, 250.0).round();
        let other = if seed % 3 == 0 {
            0
        } else {
            5 * (1 + seed % 11)
        };
        let share = numbers.between(0.002, 0.05);
        let truth = (other.max(1)..10_000)
            .find(|&quota| refused_share(rate, other, quota) < share)
            .expect("some quota is enough");
        let arrivals = format!("poisson.rate = \"{rate}/s\"");
        let more = format!("kms.other-load = \"{other}/s\"");
        let text = program(100 + seed, 40, &arrivals, &more);
        let condition = conditions(&[&format!("kms.throttled-share < {share}")]);
        let (found, used) = evaluated(&text, |it| {
            let found = plan::smallest_quota(it, &condition, &ASKED).expect("it runs");
            (found, it.simulations())
        });
        let SmallestQuota::At { quota, ask_for, .. } = found else {
            panic!("{found:?}");
        };
        let (low, high) = ends(&quota);
        assert!(low <= quota.value && quota.value <= high && high.fract() == 0.0);
        assert!((ask_for.0 as f64 - high).abs() < 0.5);
        let hit = (low..=high).contains(&(truth as f64));
        hits += u64::from(hit);
        simulations += used;
        width += (high - low) / quota.value / SCENARIOS as f64;
        let line =
            format!("{rate}/s and {other}/s, {share:.4}: {truth} in {low}..{high} {hit}, {used}\n");
        told.push_str(&line);
    }
    println!(
        "{hits} of {SCENARIOS} intervals contain the truth; {} simulations and a width of {:.2} % \
         on average",
        simulations / SCENARIOS,
        100.0 * width
    );
    assert!(hits >= 43, "{hits} of {SCENARIOS}\n{told}");
}

fn ends(of: &Estimate) -> (f64, f64) {
    (of.low.expect("an end"), of.high.expect("an end"))
}

/// The multiple at which a limit is reached.
fn reached(limits: &[Limit], kind: LimitKind) -> Estimate {
    let limit = limits.iter().find(|it| it.kind == kind);
    match limit
        .unwrap_or_else(|| panic!("no {kind:?} in {limits:?}"))
        .reached
    {
        Reached::At(at) => at,
        other => panic!("{kind:?}: {other:?}"),
    }
}

// Goal: of a load without chance, a ramp with a plateau, the KMS quota is reached at (quota − other
// load) / peak, and what the peak second uses is peak / quota.
// Method: three quotas, below and above the peak, with and without other load; evenly spaced
// arrivals. One call more or less in a second is the only difference.
#[test]
fn ramps_reach_the_quota_where_fluids_do() {
    const PEAK: f64 = 500.0;
    let ramp = "profile = { spacing = \"even\", points = [{ at = \"0 s\", rate = \"0/s\" }, \
                { at = \"10 s\", rate = \"500/s\" }, { at = \"14 s\", rate = \"500/s\" }, \
                { at = \"16 s\", rate = \"0/s\" }] }";
    for (quota, other) in [(350.0, 0.0), (700.0, 200.0), (1_400.0, 0.0)] {
        let more = format!("kms = {{ request-quota = \"{quota}/s\", other-load = \"{other}/s\" }}");
        let limits = limits(&program(1, 20, ramp, &more));
        let at = reached(&limits, LimitKind::KmsQuota);
        let truth = (quota - other) / PEAK;
        assert!((at.value / truth - 1.0).abs() < 0.005, "{at:?} for {truth}");
        let peak = limits[0].peak_second.value * quota;
        assert!((peak - PEAK - other).abs() <= 2.0, "{peak}");
        assert!((limits[0].headroom + limits[0].peak_second.value - 1.0).abs() < 1e-12);
    }
}

// Goal: behind a saturated limiter the smallest quota follows from the retry-amplification formula:
// if calls may be refused with p and each request is tried N times, q = λ (1 − p^N).
// Method: N of 1, 2 and 3, p of 0.3 and 0.5, calls that come back in another second; the value may
// be off by the 1.5 % that the formula itself is held to.
#[test]
fn the_smallest_quota_knows_of_retries() {
    const RATE: f64 = 150.0;
    for (attempts, refused) in [(1, 0.3), (2, 0.5), (3, 0.5)] {
        let text = format!(
            r#"schema = 1
name = "saturated"
seed = 41
run = {{ start = "2026-11-24T00:00:00Z", warm-up = "30 s", measure = "60 s" }}
account.region = "eu-west-3"
bucket.encryption = "sse-kms"
clients.retry.custom = {{ attempts-max = {attempts}, base = "4 s", cap = "4 s", jitter = "equal" }}
[fleets.only]
concurrency = 100_000
arrivals.poisson = {{ rate = "{RATE}/s" }}
operations = {{ get = 1 }}
size.fixed = "1 B"
"#
        );
        let found = smallest_quota(&text, &[&format!("kms.throttled-share < {refused}")]);
        let SmallestQuota::At { quota, .. } = found else {
            panic!("{found:?}");
        };
        let truth = RATE * (1.0 - f64::powi(refused, attempts));
        assert!(
            (quota.value / truth - 1.0).abs() < 0.015,
            "{attempts} attempts, {refused}: {quota:?} for {truth}"
        );
    }
}
