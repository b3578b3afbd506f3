use keystorm_sim::Rng;
use keystorm_sim::draw::{below, lognormal, unit, whole};

/// What an application asks of S3.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Operation {
    /// `GetObject`.
    Get,
    /// `PutObject`.
    Put,
}

/// Names a request within its fleet: what it draws hangs on this, not on what happened before it.
///
/// Open loop: second of its arrival and number in that second. Closed loop: worker and number of
/// the worker's request.
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
    /// Size of the object \[bytes\].
    pub size: u64,
    /// Index of the instance that gets it.
    pub instance: u32,
    /// Index of the prefix of its key.
    pub prefix: u32,
}

/// Distribution of object sizes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sizes {
    /// Always the same \[bytes\].
    Fixed(u64),
    /// Lognormal, cut off at a largest size.
    Lognormal {
        /// Median \[bytes\].
        median: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
        /// Larger draws become this \[bytes\].
        max: u64,
    },
}

/// What the requests of a fleet ask for.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Weight of GET; the rest up to `weights` is PUT.
    pub get_weight: u64,
    /// Sum of the weights, at least 1.
    pub weights: u64,
    /// Sizes of objects.
    pub sizes: Sizes,
    /// Instances of the fleet, drawn evenly.
    pub instances: u32,
    /// Prefixes of the bucket, drawn evenly.
    pub prefixes: u32,
}

impl Workload {
    /// Draws one request's attributes: four numbers of the stream, whatever the distributions are.
    #[inline]
    pub fn draw(&self, rng: &mut Rng) -> Ask {
        let get = below(rng, self.weights) < self.get_weight;
        let instance = index(rng, self.instances);
        let prefix = index(rng, self.prefixes);
        let size = self.sizes.draw(rng);
        Ask {
            operation: if get { Operation::Get } else { Operation::Put },
            size,
            instance,
            prefix,
        }
    }
}

/// Uniform on `0..n`.
#[expect(clippy::cast_possible_truncation, reason = "the draw is below a u32")]
#[inline]
fn index(rng: &mut Rng, n: u32) -> u32 {
    below(rng, u64::from(n)) as u32
}

impl Sizes {
    /// One size \[bytes\], from one number of the stream.
    #[inline]
    pub fn draw(&self, rng: &mut Rng) -> u64 {
        match *self {
            Self::Fixed(size) => {
                // Taken and left, so that another distribution shifts no draw that follows.
                let _unused = unit(rng);
                size
            }
            Self::Lognormal { median, sigma, max } => whole(lognormal(rng, median, sigma)).min(max),
        }
    }
}
