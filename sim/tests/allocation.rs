//! Nothing is allocated per event: in a binary of its own, since it counts all allocations.
#![expect(
    unsafe_code,
    reason = "an allocator is unsafe to write; this one only counts"
)]
use keystorm_sim::{Pending, Rng, Span, Streams, TieBreak, Time, draw};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

struct Counting;

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promises are the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are the system's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Takes and schedules `events` events, every eighth with a time-out that is cancelled.
fn hold(pending: &mut Pending<u32>, rng: &mut Rng, events: u32) {
    for number in 0..events {
        let (now, event) = pending.pop().expect("events are pending");
        let after = draw::exponential(rng, Span::from_secs(1));
        pending.schedule(now + after, event);
        if number % 8 == 0 {
            let timer = pending.schedule_timer(now + Span::from_secs(3), event);
            assert!(pending.cancel(timer));
        }
    }
}

// Goal: once the queue has grown, events cost no allocation, timers included.
// Method: the hold model at three sizes; a long warm-up, then a million events without a single
// call of the allocator. The warm-up itself must be seen to allocate.
#[test]
fn events_allocate_nothing_after_warm_up() {
    for size in [10, 1_000, 30_000] {
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        let mut rng = Streams::new(1, 0).key("allocation", size).rng();
        let mut pending = Pending::new(TieBreak::Schedule);
        for _ in 0..size {
            let at = Time::ZERO + draw::exponential(&mut rng, Span::from_secs(1));
            pending.schedule(at, 0);
        }
        hold(&mut pending, &mut rng, 1_000_000);
        let warm = ALLOCATIONS.load(Ordering::Relaxed);
        assert!(warm > before, "the allocator is not counted");
        hold(&mut pending, &mut rng, 1_000_000);
        assert_eq!(ALLOCATIONS.load(Ordering::Relaxed), warm, "{size} pending");
    }
}
