//! KMS: the request quota of an account in a Region, custom key stores, faults.
mod faults;
mod key_store;
mod limiter;
mod other_load;
mod proxy;
mod quota;
mod steps;

pub use faults::{Error, Fault, Faults};
pub use key_store::KeyStore;
pub use limiter::{LimiterKind, Limits, Refused};
pub use other_load::OtherLoad;
pub use proxy::Proxy;
pub use quota::RequestQuota;
pub use steps::QuotaSteps;

/// A call of KMS's API.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Call {
    /// A new data key, for an object that is written.
    GenerateDataKey,
    /// A data key (or Bucket Key) of an object that is read.
    Decrypt,
    /// A little data, encrypted by KMS itself. S3 never calls it.
    Encrypt,
}

impl Call {
    /// How many there are.
    pub const COUNT: usize = 3;

    /// Its name in KMS's API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GenerateDataKey => "GenerateDataKey",
            Self::Decrypt => "Decrypt",
            Self::Encrypt => "Encrypt",
        }
    }
}
