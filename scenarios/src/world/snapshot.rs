use super::log::Recorder;
use super::request::Request;
use super::{Event, World};
use keystorm_models::client::InstanceState;
use keystorm_sim::{Pending, Time};

/// All of a world's state that its future hangs on, at a whole second: two worlds of the same
/// replication with equal snapshots have the same future.
///
/// Left out is what is the same in both or begins anew at a whole second: the streams of arrivals,
/// the counters of KMS and of prefixes.
#[derive(Debug, PartialEq)]
pub(crate) struct Snapshot {
    /// In order: with the request that each is about, whose number means nothing.
    pending: Vec<(Time, Event, Option<Request>)>,
    instances: Vec<InstanceState>,
}

impl<R: Recorder> World<'_, R> {
    /// The state at `now`, a whole second before which everything has been handled; `None` if it
    /// holds more than a snapshot does.
    pub(crate) fn snapshot(&mut self, now: Time, pending: &Pending<Event>) -> Option<Snapshot> {
        let client = &self.assembly.client;
        if self.bucket_keys.is_some()
            || self.assembly.s3.split_rule.is_some()
            || client.pool.is_some()
            || client.kms_pool.is_some()
            || client.links.is_some()
        {
            return None;
        }
        let mut pending = pending.clone();
        let pending = std::iter::from_fn(|| pending.pop())
            .map(|(at, event)| {
                let (event, request) = self.described(event);
                (at, event, request)
            })
            .collect();
        let instances = self.fleets.iter_mut().flat_map(|it| &mut it.instances);
        Some(Snapshot {
            pending,
            instances: instances.map(|it| it.state(now)).collect::<Option<_>>()?,
        })
    }

    /// An event with the request that it is about in place of its number.
    fn described(&self, event: Event) -> (Event, Option<Request>) {
        let named = |request| self.requests.get(request).copied();
        match event {
            Event::Proceed { request } => (Event::Proceed { request: 0 }, named(request)),
            Event::Acquire { request } => (Event::Acquire { request: 0 }, named(request)),
            Event::Prepared { request } => (Event::Prepared { request: 0 }, named(request)),
            Event::Handshake { request, resumed } => (
                Event::Handshake {
                    request: 0,
                    resumed,
                },
                named(request),
            ),
            Event::Send { request } => (Event::Send { request: 0 }, named(request)),
            Event::Answer { request } => (Event::Answer { request: 0 }, named(request)),
            Event::Waited { .. } | Event::Receive { .. } | Event::Moved { .. } => {
                unreachable!("no snapshot is taken where these happen")
            }
            Event::Arrive { .. }
            | Event::Ask { .. }
            | Event::WaitNoLonger { .. }
            | Event::Settle { .. } => (event, None),
        }
    }
}
