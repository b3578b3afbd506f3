//! Queues with one or more servers and one queue: A/S/c/K.
use super::agree;
use super::queue::{Queue, Service, poisson};
use keystorm_sim::blocks::{Mmpp, Phase};

/// Erlang B with offered load `a`: Erlang (1917); recursion in Cooper, Introduction to Queueing
/// Theory, 2nd ed. (1981).
fn erlang_b(servers: u32, a: f64) -> f64 {
    (1..=servers).fold(1.0, |b, k| a * b / (f64::from(k) + a * b))
}

/// Erlang C, the share that waits: of `servers` with offered load `a`.
pub(crate) fn erlang_c(servers: u32, a: f64) -> f64 {
    let b = erlang_b(servers, a);
    b / (1.0 - a / f64::from(servers) * (1.0 - b))
}

/// Where a falling `tail` crosses 1 %.
fn p99(tail: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 1_000.0);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if tail(middle) > 0.01 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

// Goal: M/M/1 is right in means and tails.
// Method: load 0.8. Wait load/(1 - load), sojourn 1/(1 - load); P(wait > t) = load
// e^(-(1 - load)t), P(sojourn > t) = e^(-(1 - load)t): beyond the p99 of theory lies 1 %.
// Kleinrock, Queueing Systems I (1975).
#[test]
fn one_exponential_server() {
    let load = 0.8;
    let mut queue = Queue::new(poisson(load), Service::Exponential, 1, usize::MAX);
    queue.wait_p99 = libm::log(load / 0.01) / (1.0 - load);
    queue.sojourn_p99 = libm::log(1.0 / 0.01) / (1.0 - load);
    let queue = queue.run();
    agree("wait", &queue.wait, load / (1.0 - load), 0.04);
    agree("sojourn", &queue.sojourn, 1.0 / (1.0 - load), 0.04);
    agree("wait beyond p99", &queue.late, 0.01, 0.25);
    agree("sojourn beyond p99", &queue.long, 0.01, 0.25);
}

// Goal: M/M/8 is right in means and tails.
// Method: load 0.8. Wait C/(8(1 - load)) with Erlang's C; P(wait > t) = C e^(-u t) with
// u = 8(1 - load); a sojourn is a service and, with chance C, a wait of mean 1/u: P(sojourn > t) =
// (1 - C) e^-t + C (u e^-t - e^(-u t))/(u - 1). Kleinrock (1975).
#[test]
fn eight_exponential_servers() {
    let load = 0.8;
    let (c, u) = (erlang_c(8, 8.0 * load), 8.0 * (1.0 - load));
    let e = |x: f64| libm::exp(-x);
    let mut queue = Queue::new(poisson(8.0 * load), Service::Exponential, 8, usize::MAX);
    queue.wait_p99 = p99(|t| c * e(u * t));
    queue.sojourn_p99 = p99(|t| (1.0 - c) * e(t) + c * (u * e(t) - e(u * t)) / (u - 1.0));
    let queue = queue.run();
    agree("wait", &queue.wait, c / u, 0.07);
    agree("sojourn", &queue.sojourn, 1.0 + c / u, 0.02);
    agree("wait beyond p99", &queue.late, 0.01, 0.25);
    agree("sojourn beyond p99", &queue.long, 0.01, 0.1);
}

// Goal: M/M/3/10 loses what theory says, and the others wait as long.
// Method: load 0.95. p(n) ~ a^n/n! up to 3, then times a/3 each; loss p(10); sojourn by Little's
// law, E(n) over the rate of those who come in. Kleinrock (1975).
#[test]
fn three_servers_with_room_for_ten() {
    let (a, mut weight, mut sum, mut present) = (0.95 * 3.0, 1.0, 1.0, 0.0);
    for n in 1_u32..=10 {
        weight *= a / f64::from(n.min(3));
        sum += weight;
        present += f64::from(n) * weight;
    }
    let loss = weight / sum;
    let queue = Queue::new(poisson(a), Service::Exponential, 3, 10).run();
    agree("loss", &queue.lost, loss, 0.03);
    let sojourn = present / sum / (a * (1.0 - loss));
    agree("sojourn", &queue.sojourn, sojourn, 0.02);
}

// Goal: without a queue, only the mean of service matters.
// Method: Erlang B for 5 servers and load 0.9, with constant, exponential and mixed service.
// Insensitivity: Sevastyanov, Theory of Probability and Its Applications 2 (1957).
#[test]
fn loss_does_not_depend_on_the_shape_of_service() {
    for service in [Service::Constant, Service::Exponential, Service::Mixed] {
        let queue = Queue::new(poisson(4.5), service, 5, 5).run();
        agree(&format!("{service:?}"), &queue.lost, erlang_b(5, 4.5), 0.02);
    }
}

// Goal: waits follow from the second moment of service.
// Method: Pollaczek-Khinchine, wait = arrival rate x E(S^2) / (2(1 - load)), for constant (M/D/1)
// and mixed service. Kleinrock (1975).
#[test]
fn one_server_with_general_service() {
    for (load, service, wide) in [(0.8, Service::Constant, 0.03), (0.5, Service::Mixed, 0.04)] {
        let queue = Queue::new(poisson(load), service, 1, usize::MAX).run();
        let wait = load * service.second_moment() / (2.0 * (1.0 - load));
        agree(&format!("{service:?}"), &queue.wait, wait, wide);
    }
}

type Matrix = [[f64; 2]; 2];

fn product(a: Matrix, b: Matrix) -> Matrix {
    let cell = |i: usize, j: usize| a[i][0] * b[0][j] + a[i][1] * b[1][j];
    [[cell(0, 0), cell(0, 1)], [cell(1, 0), cell(1, 1)]]
}

fn inverse([[a, b], [c, d]]: Matrix) -> Matrix {
    let det = a * d - b * c;
    [[d / det, -b / det], [-c / det, a / det]]
}

/// Mean number present in MMPP/M/1 with two phases and mean service 1: a quasi-birth-death process
/// with p(n + 1) = p(n) R. R solves A0 + R A1 + R^2 A2 = 0, found by iterating from 0; then
/// p(0) = phases (I - R), since all p(n) sum to the phases' shares.
///
/// Neuts, Matrix-Geometric Solutions in Stochastic Models (1981).
fn mmpp_m_1(per_s: [f64; 2], switch: [f64; 2]) -> f64 {
    let shares = [switch[1], switch[0]].map(|rate| rate / (switch[0] + switch[1]));
    // Up: arrivals. Down: services at 1/s. A1: everything leaves its state.
    let out = |i: usize| -(per_s[i] + switch[i] + 1.0);
    let stay = inverse([[out(0), switch[0]], [switch[1], out(1)]]);
    let mut r: Matrix = [[0.0; 2]; 2];
    for _ in 0..100_000 {
        let squared = product(r, r);
        let mut up = squared;
        for i in 0..2 {
            up[i][i] += per_s[i];
        }
        r = product(up.map(|row| row.map(|x| -x)), stay);
    }
    // Sum over n of n p(n) = shares (I - R) R (I - R)^-2 = shares R (I - R)^-1.
    let rest = inverse([[1.0 - r[0][0], -r[0][1]], [-r[1][0], 1.0 - r[1][1]]]);
    let all = product(r, rest);
    (0..2).map(|i| shares[i] * (all[i][0] + all[i][1])).sum()
}

// Goal: bursts lengthen waits as theory says.
// Method: MMPP/M/1, bursts of 1.5/s for 10 s after calms of 0.3/s for 20 s: load 0.7, above
// capacity in bursts. Sojourn by Little's law from the matrix-geometric solution, which
// without bursts must be M/M/1's.
#[test]
fn bursts_at_one_exponential_server() {
    assert!((mmpp_m_1([0.7, 0.7], [0.05, 0.1]) - 0.7 / 0.3).abs() < 1e-9);
    let phases = vec![
        Phase {
            per_s: 0.3,
            switches_per_s: vec![0.0, 0.05],
        },
        Phase {
            per_s: 1.5,
            switches_per_s: vec![0.1, 0.0],
        },
    ];
    let mut source = Mmpp::new(phases);
    let gap = Box::new(move |rng: &mut _| source.gap(rng));
    let queue = Queue::new(gap, Service::Exponential, 1, usize::MAX).run();
    let sojourn = mmpp_m_1([0.3, 1.5], [0.05, 0.1]) / 0.7;
    assert!(sojourn > 1.5 / 0.3, "bursts must matter: {sojourn}");
    agree("sojourn", &queue.sojourn, sojourn, 0.05);
}
