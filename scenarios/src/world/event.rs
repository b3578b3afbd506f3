/// What happens, and to which fleet or request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Event {
    /// A request of an open fleet arrives.
    Arrive { fleet: u16 },
    /// It is the turn of a worker of a closed fleet, who has thought, or of a job.
    Ask { fleet: u16, worker: u32 },
    /// A request goes on with its next step: an attempt begins, or it is done.
    Proceed { request: u32 },
    /// A request looks whether its client's rate limiter lets it through.
    Acquire { request: u32 },
    /// The client has prepared an attempt.
    Prepared { request: u32 },
    /// The round trips of a new connection are made, and a core has its handshake to do.
    Handshake { request: u32, resumed: bool },
    /// An attempt reaches S3, or KMS, over a connection that is now set up.
    Send { request: u32 },
    /// The answer to an attempt has arrived.
    Answer { request: u32 },
    /// Requests have waited long enough for a key that others of the same process asked for.
    WaitNoLonger { fleet: u16, ring: u32 },
    /// An end that was left with an instance is due, and a request may wait for it.
    Settle { fleet: u16, instance: u32 },
    /// An attempt may have waited too long for a connection.
    Waited { request: u32 },
    /// The bytes of an answer begin to come in over the instance's network.
    Receive { request: u32 },
    /// A transfer ends, or the capacity of an instance's network changes.
    Moved {
        fleet: u16,
        instance: u32,
        outbound: bool,
    },
}
