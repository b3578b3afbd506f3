//! A shared link: transfers share it equally, and none gets more than one connection can carry.
//!
//! Theory knows the mean time of a transfer for any distribution of sizes, and that only the mean
//! size matters: rare giants do not make the others slower than their bytes do.
//!
//! ```text
//! cargo run --release -p keystorm-sim --example processor_sharing
//! ```
use keystorm_sim::blocks::Sharing;
use keystorm_sim::stats::{BatchMeans, Interval};
use keystorm_sim::{Engine, Model, Pending, Rng, Span, Streams, TieBreak, Time, Timer, draw};
use std::io::{self, Write};

/// 10 Gbit/s, and 90 MB/s for each connection \[bytes/s\].
pub(crate) const LINK_PER_S: u64 = 1_250_000_000;
pub(crate) const CONNECTION_PER_S: u64 = 90_000_000;
/// Mean size of an object \[bytes\].
const SIZE: f64 = 8e6;
const WARM_UP: u64 = 20_000;

/// Sizes of objects, all with the same mean.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sizes {
    Equal,
    Exponential,
    /// 99 % are of 1 MB, the others of 701 MB.
    Giants,
}

impl Sizes {
    pub(crate) const ALL: [(Self, &'static str); 3] = [
        (Self::Equal, "equal"),
        (Self::Exponential, "exponential"),
        (Self::Giants, "giants"),
    ];

    fn draw(self, rng: &mut Rng) -> u64 {
        match self {
            Self::Equal => draw::whole(SIZE),
            Self::Exponential => draw::whole(SIZE * draw::exponential_unit(rng)),
            Self::Giants if draw::unit(rng) < 0.99 => 1_000_000,
            Self::Giants => 701_000_000,
        }
    }
}

#[derive(Clone, Copy)]
enum Event {
    Begins,
    Ends,
}

struct Link {
    gap: Span,
    gaps: Rng,
    sizes: Sizes,
    sizes_rng: Rng,
    /// A transfer is known by when it began.
    sharing: Sharing<Time>,
    /// The next end of a transfer: it moves whenever one begins or ends.
    end: Timer,
    transfers: u64,
    time: BatchMeans,
}

impl Model for Link {
    type Event = Event;

    fn handle(&mut self, now: Time, event: Event, pending: &mut Pending<Event>) {
        match event {
            Event::Begins => {
                let gap = draw::exponential(&mut self.gaps, self.gap);
                pending.schedule(now + gap, Event::Begins);
                let size = self.sizes.draw(&mut self.sizes_rng);
                self.sharing.add(now, size, now);
            }
            Event::Ends => {
                let began = self
                    .sharing
                    .take(now)
                    .expect("one is done when its end comes");
                self.transfers += 1;
                if self.transfers > WARM_UP {
                    self.time.push((now - began).as_secs_f64());
                }
            }
        }
        let end = self.sharing.first_end();
        if !pending.reschedule(self.end, end) {
            self.end = pending.schedule_timer(end, Event::Ends);
        }
    }

    fn is_over(&self) -> bool {
        self.time.means().len() == 39
    }
}

/// 99 % interval of the mean time of a transfer \[s\], on a link whose load is `load` (0..1), from
/// 39 batches of `batch` transfers.
pub(crate) fn study(sizes: Sizes, load: f64, batch: u64) -> Interval {
    let streams = Streams::new(1, 0);
    let gap = SIZE / (load * LINK_PER_S as f64);
    let mut pending = Pending::new(TieBreak::Schedule);
    pending.schedule(Time::ZERO, Event::Begins);
    let link = Link {
        gap: Span::from_nanos(draw::whole(gap * 1e9)),
        gaps: streams.key("gaps", 0).rng(),
        sizes,
        sizes_rng: streams.key("sizes", 0).rng(),
        sharing: Sharing::new(LINK_PER_S, CONNECTION_PER_S),
        end: pending.schedule_timer(Time::NEVER, Event::Ends),
        transfers: 0,
        time: BatchMeans::new(20, batch),
    };
    let mut engine = Engine::new(link, pending);
    engine.run_until(Time::NEVER);
    engine.model.time.interval(0.99).expect("many batches")
}

/// Mean time of a transfer \[s\]: the number n of transfers is a birth-death process with
/// p(n)/p(n - 1) = rate / service in state n, for any distribution of sizes (Cohen, "The Multiple
/// Phase Service Network with Generalized Processor Sharing", Acta Informatica 12, 1979); then
/// Little's law.
pub(crate) fn theory(load: f64) -> f64 {
    let begin_per_s = load * LINK_PER_S as f64 / SIZE;
    let (mut weight, mut all, mut present) = (1.0, 1.0, 0.0);
    for n in 1_u32..10_000 {
        let bytes_per_s = (f64::from(n) * CONNECTION_PER_S as f64).min(LINK_PER_S as f64);
        weight *= begin_per_s * SIZE / bytes_per_s;
        all += weight;
        present += f64::from(n) * weight;
    }
    present / all / begin_per_s
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let header = "load  sizes        mean time [ms]    theory [ms]";
    writeln!(out, "{header}\n{}", "-".repeat(header.len()))?;
    for load in [0.3, 0.6, 0.8, 0.9] {
        for (sizes, name) in Sizes::ALL {
            let found = study(sizes, load, 100_000);
            let (mean, half) = (1e3 * found.mean, 1e3 * found.half_width);
            let theory = 1e3 * theory(load);
            writeln!(
                out,
                "{load:>4}  {name:<12} {mean:>7.2} ± {half:<7.2} {theory:>7.2}"
            )?;
        }
    }
    Ok(())
}
