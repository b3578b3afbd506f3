//! How far a run is, on standard error. The only code that knows how long anything really takes.
use crate::args::When;
use crate::print;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use keystorm_scenarios::Watch;
use std::io::IsTerminal;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How progress is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shown {
    Nothing,
    /// A bar that is drawn over and over, for a terminal.
    Bar,
    /// A line per tenth, for a log.
    Lines,
}

impl Shown {
    pub(crate) fn choose(when: When, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        match when.applies(terminal && !quiet) {
            false => Self::Nothing,
            true if terminal => Self::Bar,
            true => Self::Lines,
        }
    }
}

/// Does the work while showing how far it is; returns what the work returns.
pub(crate) fn beside<T>(shown: Shown, watch: &Watch, work: impl FnOnce() -> T) -> T {
    if shown == Shown::Nothing {
        return work();
    }
    let (done, wait) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut display = Display::new(shown);
            while wait.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Timeout) {
                display.update(watch);
            }
            display.end();
        });
        let result = work();
        drop(done);
        result
    })
}

struct Display {
    shown: Shown,
    /// Drawn once it is known how much there is to do.
    bar: Option<ProgressBar>,
    /// Tenths of the run that lines were written for.
    tenths: u64,
    begun: Instant,
}

impl Display {
    fn new(shown: Shown) -> Self {
        Self {
            shown,
            bar: None,
            tenths: 0,
            begun: Instant::now(),
        }
    }

    fn update(&mut self, watch: &Watch) {
        let total = watch.total_ns.load(Ordering::Relaxed);
        let done = watch.done_ns.load(Ordering::Relaxed).min(total);
        if total == 0 {
            return;
        }
        let time = self.begun.elapsed();
        let requests = rated(watch.requests.load(Ordering::Relaxed), time);
        let runs = runs(watch);
        // What was done before this process began tells nothing of its speed.
        let resumed = watch.resumed_ns.load(Ordering::Relaxed).min(done);
        let left = left(done - resumed, total - resumed, time);
        if self.shown == Shown::Bar {
            let bar = self.bar.get_or_insert_with(|| bar(total));
            bar.set_message(format!("{runs}{requests}, {left}"));
            bar.set_position(done);
            return;
        }
        let tenths = u64::try_from(u128::from(done) * 10 / u128::from(total)).expect("at most 10");
        if tenths > self.tenths {
            self.tenths = tenths;
            let percent = tenths * 10;
            print::remark(&format!("{percent} % simulated, {runs}{requests}, {left}"));
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Requests, and how many of them a second.
fn rated(requests: u64, time: Duration) -> String {
    let rate = u128::from(requests) * 1_000 / time.as_millis().max(1);
    let rate = HumanCount(u64::try_from(rate).unwrap_or(u64::MAX));
    format!("{} requests, {rate}/s", HumanCount(requests))
}

/// Runs of a sweep, if it is one.
fn runs(watch: &Watch) -> String {
    match watch.runs_total.load(Ordering::Relaxed) {
        0 => String::new(),
        total => {
            let done = HumanCount(watch.runs_done.load(Ordering::Relaxed));
            format!("{done} of {} runs, ", HumanCount(total))
        }
    }
}

/// How long the rest takes if it goes on like this.
fn left(done: u64, total: u64, time: Duration) -> String {
    let share = (total - done) as f64 / done.max(1) as f64;
    match time.as_secs_f64() * share {
        // Nothing is known before anything is done.
        _ if done == 0 && total > 0 => "? left".to_owned(),
        seconds if seconds < 120.0 => format!("{seconds:.0} s left"),
        seconds if seconds < 7_200.0 => format!("{:.0} min left", seconds / 60.0),
        seconds => format!("{:.0} h left", seconds / 3_600.0),
    }
}

fn bar(total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}");
    ProgressBar::new(total).with_style(style.expect("the template is written correctly"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: who watches sees how fast it goes and how long it takes yet.
    // Method: a quarter done in two seconds; less; nothing done in no time.
    #[test]
    fn progress_has_a_rate_and_what_is_left() {
        let two = Duration::from_secs(2);
        assert_eq!(rated(5_000_000, two), "5,000,000 requests, 2,500,000/s");
        assert_eq!(left(25, 100, two), "6 s left");
        assert_eq!(rated(0, Duration::ZERO), "0 requests, 0/s");
        assert_eq!(left(0, 100, Duration::ZERO), "? left");
        assert_eq!(left(1, 100, two), "3 min left");
        assert_eq!(left(1, 10_001, two), "6 h left");
    }
}
