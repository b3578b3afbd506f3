use crate::{Latency, tables};
use keystorm_sim::{Rng, Span};

/// The proxy of an external key store, which KMS asks for every call, twice if need be.
#[derive(Clone, Debug)]
pub struct Proxy {
    latency: Latency,
    timeout: Span,
}

impl Proxy {
    /// A proxy that takes `latency` over an answer, the way to it and back included.
    #[must_use]
    pub fn new(latency: Latency) -> Self {
        Self {
            latency,
            timeout: tables::key_store_proxy_timeout().value,
        }
    }

    /// Time until KMS has the proxy's answer; `Err` if it gives up, after that time.
    ///
    /// # Errors
    /// Both attempts took longer than KMS waits.
    pub fn answer(&self, rng: &mut Rng) -> Result<Span, Span> {
        let mut waited = Span::ZERO;
        for _ in 0..2 {
            let takes = self.latency.draw(rng);
            if takes <= self.timeout {
                return Ok(waited + takes);
            }
            waited += self.timeout;
        }
        Err(waited)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keystorm_sim::Streams;
    use keystorm_sim::draw::Quantiles;

    // Goal: a slow proxy is asked twice, 250 ms each.
    // Method: answers after 40 ms or 400 ms, evenly: a half, a quarter, a quarter.
    #[test]
    fn a_slow_proxy_is_asked_twice() {
        const N: usize = 20_000;
        let points = [
            (0.0, 40_000_000),
            (0.5, 40_000_001),
            (0.500_000_1, 400_000_000),
            (1.0, 400_000_000),
        ];
        let proxy = Proxy::new(Latency::Quantiles(Quantiles::new(&points).unwrap()));
        let mut rng = Streams::new(1, 0).key("proxy", 0).rng();
        let answers: Vec<_> = (0..N).map(|_| proxy.answer(&mut rng)).collect();
        let share = |of: fn(&Result<Span, Span>) -> bool| {
            answers.iter().filter(|it| of(it)).count() as f64 / N as f64
        };
        let within = |at: u64, ms: u64| (ms..=ms + 1).contains(&(at / 1_000_000));
        assert!(answers.iter().all(|it| match it {
            Ok(takes) => within(takes.nanos(), 40) || within(takes.nanos(), 290),
            Err(takes) => *takes == Span::from_millis(500),
        }));
        // Standard errors are below 0.36 %; 4.4 of them are allowed.
        assert!(
            (share(|it| it.is_ok_and(|takes| takes < Span::from_millis(50))) - 0.5).abs() < 0.016
        );
        assert!((share(Result::is_err) - 0.25).abs() < 0.016);
    }
}
