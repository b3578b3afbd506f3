//! Ctrl-C and termination: the first asks the run to stop, the second ends the program.
use crate::print;
use keystorm_scenarios::Watch;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Makes the first interrupt cancel the run that is watched; what it finished stays valid.
pub(crate) fn cancel_on_interrupt(watch: &Arc<Watch>) {
    let watch = Arc::clone(watch);
    let handler = move || {
        if watch.cancelled.swap(true, Ordering::Relaxed) {
            #[expect(clippy::exit, reason = "who interrupts twice wants to be gone")]
            std::process::exit(130);
        }
        print::remark("stopping; interrupt again to stop at once and write nothing");
    };
    // Without a handler an interrupt ends the program, as it would any other.
    if let Err(error) = ctrlc::set_handler(handler) {
        print::remark(&format!(
            "warning: an interrupt will keep nothing of this run: {error}"
        ));
    }
}
