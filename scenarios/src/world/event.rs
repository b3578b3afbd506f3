/// What happens, and to which fleet or request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Event {
    /// A request of an open fleet arrives.
    Arrive { fleet: u16 },
    /// A worker of a closed fleet has thought and asks.
    Ask { fleet: u16, worker: u32 },
    /// A request goes on with its next step: an attempt begins, or it is done.
    Proceed { request: u32 },
    /// An attempt reaches S3 over a connection that is now set up.
    Send { request: u32 },
    /// The answer to an attempt has arrived.
    Answer { request: u32 },
    /// An end that was left with an instance is due, and a request may wait for it.
    Settle { fleet: u16, instance: u32 },
}

/// An event as one integer: written and read at once, where an enum's parts would be written one by
/// one and read together, which stalls.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Packed(u64);

impl Event {
    #[inline]
    pub(crate) fn pack(self) -> Packed {
        let (kind, fleet, number) = match self {
            Self::Proceed { request } => (0, 0, request),
            Self::Send { request } => (1, 0, request),
            Self::Answer { request } => (2, 0, request),
            Self::Arrive { fleet } => (3, fleet, 0),
            Self::Ask { fleet, worker } => (4, fleet, worker),
            Self::Settle { fleet, instance } => (5, fleet, instance),
        };
        Packed(kind << 48 | u64::from(fleet) << 32 | u64::from(number))
    }
}

impl Packed {
    #[expect(clippy::cast_possible_truncation, reason = "its parts, one by one")]
    #[inline]
    pub(crate) fn unpack(self) -> Event {
        let (fleet, number) = ((self.0 >> 32) as u16, self.0 as u32);
        match self.0 >> 48 {
            0 => Event::Proceed { request: number },
            1 => Event::Send { request: number },
            2 => Event::Answer { request: number },
            3 => Event::Arrive { fleet },
            4 => Event::Ask {
                fleet,
                worker: number,
            },
            _ => Event::Settle {
                fleet,
                instance: number,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: an event is the same after packing.
    // Method: one of each kind, with the largest numbers.
    #[test]
    fn packing_loses_nothing() {
        let (fleet, number) = (u16::MAX, u32::MAX);
        for event in [
            Event::Arrive { fleet },
            Event::Ask {
                fleet,
                worker: number,
            },
            Event::Proceed { request: number },
            Event::Send { request: number },
            Event::Answer { request: number },
            Event::Settle {
                fleet,
                instance: number,
            },
        ] {
            assert_eq!(event.pack().unpack(), event);
        }
    }
}
