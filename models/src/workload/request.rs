use super::{Body, Keys, Mixes, Operation, Sizes};
use keystorm_sim::draw::word;
use keystorm_sim::{Rng, Time};

/// Names a request within its fleet: what it draws hangs on this, not on what happened before it.
///
/// Open loop: second of its arrival and number in that second. Closed loop: worker and number of
/// the worker's request. Job: task; its stage, how often it was tried and the request's number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RequestId(u64);

impl RequestId {
    /// Bits for the attempt in a stream's index.
    const ATTEMPT_BITS: u32 = 8;

    /// The `number`-th request of second or worker `group` (below 2^24).
    #[must_use]
    #[inline]
    pub fn new(group: u64, number: u32) -> Self {
        debug_assert!(group < 1 << 24, "a run has fewer seconds and workers");
        Self(group << 32 | u64::from(number))
    }

    /// Index of the streams that belong to an attempt of this request.
    #[must_use]
    #[inline]
    pub fn attempt(self, attempt: u8) -> u64 {
        self.0 << Self::ATTEMPT_BITS | u64::from(attempt)
    }
}

/// One request's attributes, drawn when it arrives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ask {
    /// Operation.
    pub operation: Operation,
    /// What the request moves over the client's connection \[bytes\].
    pub size: u64,
    /// Index of the instance that gets it.
    pub instance: u32,
    /// Index of the prefix of its key.
    pub prefix: u32,
}

/// What the requests of a fleet ask for.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Operations, by time.
    pub mixes: Mixes,
    /// Sizes of objects.
    pub sizes: Sizes,
    /// Most that a ranged GET reads \[bytes\].
    pub range: u64,
    /// What an `UploadPart` carries \[bytes\].
    pub part: u64,
    /// Instances of the fleet, drawn evenly.
    pub instances: u32,
    /// Prefixes of the bucket.
    pub prefixes: u32,
    /// How the keys spread over them.
    pub keys: Keys,
}

impl Workload {
    /// Numbers of a stream that a request's attributes take, whatever the distributions are.
    pub const WORDS: usize = 2;

    /// Draws the attributes of a request that arrives at `at`.
    #[inline]
    pub fn draw(&self, rng: &mut Rng, at: Time) -> Ask {
        self.of_words(std::array::from_fn(|_| word(rng)), at)
    }

    /// The attributes that these numbers of a stream give a request that arrives at `at`.
    #[inline]
    #[must_use]
    pub fn of_words(&self, [which, size]: [u64; Self::WORDS], at: Time) -> Ask {
        let mix = self.mixes.at(at);
        let (operation, rest) = split(which, mix.total());
        self.ask_for(mix.operation(operation), [rest, size], at)
    }

    /// The attributes that these numbers give a request for `operation` at `at`.
    #[inline]
    #[must_use]
    pub fn ask_for(&self, operation: Operation, words: [u64; 2], at: Time) -> Ask {
        self.ask_of(&self.sizes, operation, words, at)
    }

    /// The same for objects of other sizes than the workload's.
    #[expect(clippy::cast_possible_truncation, reason = "below its u32")]
    #[inline]
    #[must_use]
    pub fn ask_of(
        &self,
        sizes: &Sizes,
        operation: Operation,
        [which, size]: [u64; 2],
        at: Time,
    ) -> Ask {
        let (instance, rest) = split(which, self.instances.into());
        Ask {
            operation,
            size: match operation.body() {
                Body::Object => sizes.of_word(size),
                Body::Range => sizes.of_word(size).min(self.range),
                Body::Part => self.part,
                Body::Nothing => 0,
            },
            instance: instance as u32,
            prefix: self.keys.prefix(rest, self.prefixes, at),
        }
    }
}

/// A number uniform on `0..n`, and what is left of `word`: uniform again, with n times fewer
/// values. All choices of a request together are far fewer than 2^64.
#[expect(clippy::cast_possible_truncation, reason = "the two halves")]
#[inline]
pub(super) fn split(word: u64, n: u64) -> (u64, u64) {
    let product = u128::from(word) * u128::from(n);
    ((product >> 64) as u64, product as u64)
}
