//! Ctrl-C and termination: the first asks the run to stop, the second ends the program.
use crate::print;
use keystorm_scenarios::Watch;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Makes the first interrupt or termination cancel the run that is watched; what it finished stays
/// valid. `again` says what a second one does.
pub(crate) fn cancel_on_interrupt(watch: &Arc<Watch>, again: &'static str) {
    let watch = Arc::clone(watch);
    let handler = move || {
        if watch.cancelled.swap(true, Ordering::Relaxed) {
            #[expect(clippy::exit, reason = "who interrupts twice wants to be gone")]
            std::process::exit(130);
        }
        print::remark(&format!("stopping; interrupt again to {again}"));
    };
    // Without a handler an interrupt ends the program, as it would any other.
    let terminated = on_termination(handler.clone());
    let interrupted = ctrlc::set_handler(handler).map_err(|error| error.to_string());
    if let Err(error) = interrupted.and(terminated) {
        print::remark(&format!(
            "warning: an interrupt will keep nothing of this run: {error}"
        ));
    }
}

/// What `kill` and job schedulers send.
#[cfg(unix)]
fn on_termination(handler: impl Fn() + Send + 'static) -> Result<(), String> {
    let signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGTERM]);
    let mut signals = signals.map_err(|error| error.to_string())?;
    std::thread::spawn(move || signals.forever().for_each(|_| handler()));
    Ok(())
}

#[cfg(not(unix))]
fn on_termination(_: impl Fn() + Send + 'static) -> Result<(), String> {
    Ok(())
}
