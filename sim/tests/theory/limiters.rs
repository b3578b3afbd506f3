//! Limiters under Poisson arrivals, on the engine.
use super::agree;
use super::queue::{Draw, SECOND, poisson as arrivals};
use keystorm_sim::blocks::{FixedWindow, Orbit, TickBucket, TokenBucket};
use keystorm_sim::stats::BatchMeans;
use keystorm_sim::{Engine, Model, Pending, Rng, Span, Streams, TieBreak, Time, draw};

/// Takes a token at an instant, if there is one.
type Limiter = Box<dyn FnMut(Time) -> bool>;

fn bucket(rate_per_s: u64, burst: u64) -> Limiter {
    let mut bucket = TokenBucket::new(rate_per_s, burst);
    Box::new(move |now| bucket.ask(now))
}

fn ticks(per_tick: u64, period: Span, burst: u64) -> Limiter {
    let mut bucket = TickBucket::new(per_tick, period, burst);
    Box::new(move |now| bucket.ask(now))
}

fn window(quota: u64) -> Limiter {
    let mut window = FixedWindow::new(quota, SECOND);
    Box::new(move |now| window.ask(now))
}

/// Attempt `attempt` (1 or more) of a request; a first one brings the next request.
#[derive(Clone, Copy, Debug)]
struct Attempt(u32);

/// Poisson requests at a limiter; refused ones come back after an exponential back-off of mean
/// 200 ms.
struct Limited {
    rng: Rng,
    gap: Draw,
    limiter: Limiter,
    orbit: Orbit,
    requests: u64,
    requests_max: u64,
    /// Shares of attempts refused and of requests that failed.
    refused: BatchMeans,
    failed: BatchMeans,
}

impl Limited {
    /// Runs 39 batches of `batch` requests.
    fn run(limiter: Limiter, per_s: f64, attempts_max: u32, batch: u64) -> Self {
        let model = Self {
            rng: Streams::new(41, 0).key("limiter", 0).rng(),
            gap: arrivals(per_s),
            limiter,
            orbit: Orbit::new(attempts_max),
            requests: 0,
            requests_max: 39 * batch,
            refused: BatchMeans::new(20, batch),
            failed: BatchMeans::new(20, batch),
        };
        let mut pending = Pending::new(TieBreak::Schedule);
        pending.schedule(Time::ZERO, Attempt(1));
        let mut engine = Engine::new(model, pending);
        assert!(!engine.run_until(Time::NEVER), "ends by count");
        engine.model
    }
}

impl Model for Limited {
    type Event = Attempt;

    fn handle(&mut self, now: Time, Attempt(attempt): Attempt, pending: &mut Pending<Attempt>) {
        if attempt == 1 {
            let gap = (self.gap)(&mut self.rng);
            pending.schedule(now + gap, Attempt(1));
        } else {
            self.orbit.come_back();
        }
        let refused = !(self.limiter)(now);
        let next = refused.then(|| self.orbit.refuse(attempt)).flatten();
        let measured = now >= Time::from_secs(20);
        if measured {
            self.refused.push(f64::from(u8::from(refused)));
        }
        if let Some(attempt) = next {
            let back_off = draw::exponential(&mut self.rng, Span::from_millis(200));
            pending.schedule(now + back_off, Attempt(attempt));
        } else if measured {
            self.requests += 1;
            self.failed.push(f64::from(u8::from(refused)));
        }
    }

    fn is_over(&self) -> bool {
        self.requests == self.requests_max
    }
}

/// P(N = n) of a Poisson number with this mean, for n below `count`.
fn poisson(mean: f64, count: usize) -> Vec<f64> {
    let mut probabilities = vec![libm::exp(-mean)];
    for n in 1..count {
        probabilities.push(probabilities[n - 1] * mean / n as f64);
    }
    probabilities
}

/// Loss of M/D/1/K, from the embedded chain at departures. Crossings up and down balance, so that
/// every term is positive and nothing cancels.
fn md1k_loss(load: f64, room: usize) -> f64 {
    let arrivals = poisson(load, room + 60);
    let beyond = |m: usize| arrivals[m + 1..].iter().sum::<f64>();
    let mut left = vec![1.0];
    for j in 0..room - 1 {
        let up = left[0] * beyond(j) + (1..=j).map(|i| left[i] * beyond(j + 1 - i)).sum::<f64>();
        left.push(up / arrivals[0]);
    }
    let empty = 1.0 / left.iter().sum::<f64>();
    1.0 - 1.0 / (empty + load)
}

// Goal: a token bucket with burst B refuses as many Poisson requests as M/D/1/K with K = B loses.
// Method: Brun and Garcia, "Analytical Solution of Finite Capacity M/D/1 Queues",
// Journal of Applied Probability 37 (2000); their alternating sum for B = 3 checks the stable
// recursion.
#[test]
fn token_bucket_refuses_as_a_finite_queue_loses() {
    let rho: f64 = 0.9;
    let e = |n: f64| libm::exp(n * rho);
    let b2 = e(2.0) - rho * e(1.0); // b(2), its last term 0
    assert!((md1k_loss(rho, 3) - (1.0 - b2 / (1.0 + rho * b2))).abs() < 1e-12);
    for (rate, burst, wide) in [(95_u32, 5, 0.04), (100, 20, 0.1), (130, 10, 0.02)] {
        let model = Limited::run(bucket(100, burst), f64::from(rate), 1, 50_000);
        let theory = md1k_loss(f64::from(rate) / 100.0, usize::try_from(burst).unwrap());
        let what = format!("{rate}/s, burst {burst}");
        agree(&what, &model.refused, theory, wide);
    }
}

// Goal: a fixed window refuses E(N - Q)+ of the E(N) requests of a window.
// Method: N is Poisson; 95/s against 100 a second, about 2 %; 130/s.
#[test]
fn fixed_window_refuses_what_exceeds_its_quota() {
    for (rate, wide) in [(95_u32, 0.12), (130, 0.02)] {
        let model = Limited::run(window(100), f64::from(rate), 1, 50_000);
        let arrivals = poisson(f64::from(rate), 400);
        let over: f64 = (101_u32..400)
            .map(|n| f64::from(n - 100) * arrivals[n as usize])
            .sum();
        let what = format!("{rate}/s");
        agree(&what, &model.refused, over / f64::from(rate), wide);
    }
}

/// Share refused by a bucket of `burst` that gets `quota` tokens a tick, of a Poisson number of
/// requests with this mean between two ticks.
///
/// The chain from tick to tick, X' = min(burst, (X - A)+ + quota), by iteration; refused are
/// E(A - X)+ of E(A).
fn ticks_loss(quota: usize, burst: usize, mean: f64) -> f64 {
    let arrivals = poisson(mean, 250);
    let mut held = vec![0.0; burst + 1];
    held[burst] = 1.0;
    for _ in 0..5_000 {
        let mut next = vec![0.0; burst + 1];
        for (x, p) in held.iter().enumerate() {
            for (a, q) in arrivals.iter().enumerate() {
                next[burst.min(x.saturating_sub(a) + quota)] += p * q;
            }
        }
        held = next;
    }
    let excess = |x: usize| (x..250).map(move |a| (a, (a - x) as f64));
    let over: f64 = held
        .iter()
        .enumerate()
        .flat_map(|(x, p)| excess(x).map(move |(a, excess)| (a, p * excess)))
        .map(|(a, weight)| arrivals[a] * weight)
        .sum();
    over / mean
}

// Goal: a bucket filled in ticks refuses what its chain from tick to tick says.
// Method: 100 tokens/s as 20 every 0.2 s, burst 60, for 98 and 110 requests/s; 10 every 0.1 s
// with a burst of one tick. A bucket whose burst is its tick is a fixed window, and the
// chain knows it.
#[test]
fn ticks_refuse_what_their_chain_says() {
    let over: f64 = (101_usize..250)
        .map(|n| (n - 100) as f64 * poisson(95.0, 250)[n])
        .sum();
    assert!((ticks_loss(100, 100, 95.0) - over / 95.0).abs() < 1e-12);
    for (rate, per_tick, burst, wide) in [
        (98.0, 20_u32, 60_u32, 0.15),
        (110.0, 20, 60, 0.06),
        (98.0, 10, 10, 0.04),
    ] {
        let period = Span::from_millis(u64::from(per_tick) * 10);
        let limiter = ticks(per_tick.into(), period, burst.into());
        let model = Limited::run(limiter, rate, 1, 200_000);
        let theory = ticks_loss(
            per_tick as usize,
            burst as usize,
            rate * period.as_secs_f64(),
        );
        let what = format!("{rate}/s, {per_tick} a tick, burst {burst}");
        agree(&what, &model.refused, theory, wide);
    }
}

// Goal: a saturated limiter with retries refuses attempts and fails requests as theory says.
// Method: 12,000 requests/s, 10,000 granted, N attempts with back-offs that are long against the
// bucket's size (refusals are then independent): what is granted is the rate, so a request fails
// with chance 1 - 10/12 = p^N, p the refused share of the attempts. Our own derivation, and that of
// a limiter of any kind.
#[test]
fn saturated_limiter_with_some_attempts() {
    let failed = 1.0 - 10.0 / 12.0;
    for attempts in [1_u32, 3, 5] {
        let model = Limited::run(bucket(10_000, 100), 12_000.0, attempts, 50_000);
        let refused = libm::pow(failed, 1.0 / f64::from(attempts));
        let what = format!("{attempts} attempts");
        agree(&what, &model.refused, refused, 0.02);
        agree(&what, &model.failed, failed, 0.05);
        let in_orbit = model.orbit.present();
        let theory = if attempts == 1 {
            0.0
        } else {
            12_000.0
                * 0.2
                * (1..attempts)
                    .map(|n| libm::pow(refused, f64::from(n)))
                    .sum::<f64>()
        };
        assert!(
            (in_orbit as f64 - theory).abs() < 0.2 * theory + 1.0,
            "{what}: {in_orbit} in orbit, theory {theory}"
        );
    }
}
