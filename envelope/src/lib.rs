//! What S3 and its clients do with keys and bytes, for real.
//!
//! The rest of keystorm simulates; this crate encrypts. It holds the operations whose cost the
//! simulation takes from measurements:
//!
//! - [`DataKey`], [`MasterKey`] (the local stand-in for a KMS key), [`KeyWrapKey`] (AES-KW);
//! - [`Sealer`] and [`Opener`]: AES-256-GCM of whole objects in place;
//! - [`chunked`]: objects of any length through bounded memory;
//! - [`client`]: the formats V2 and V3 of the Amazon S3 Encryption Client;
//! - [`ssec`]: headers of SSE-C, and what is kept of its key; [`Checksum`]: S3's checksums.
//!
//! # Keys and nonces
//! Keys are erased on drop, never printed, and compared in constant time. Nobody passes a nonce in:
//! every type that seals owns a counter under a key of its own, derived from the data key and a
//! random 256-bit salt, or makes a fresh data key for every object. The one exception is a format
//! that prescribes random nonces, [`client::AesGcmKey`].
//!
//! # Failures
//! Whatever has to do with secrets fails as [`Error::Refused`], whether the key, the context, the
//! commitment or a byte is wrong. Limits of length are stated as constants and named in
//! [`Error::Limit`].
//!
//! # Limits of this crate
//! The ciphers are those of AWS-LC, through `aws-lc-rs`; that crate erases its own keys. Plaintext
//! buffers of callers are the callers' to erase. It is no substitute for KMS: a [`MasterKey`] lives
//! in the memory of the process.
//!
//! ```
//! use keystorm_envelope::{EncryptionContext, KeyService, MasterKey, Opener, Sealer};
//!
//! let master = MasterKey::generate()?;
//! let context = EncryptionContext::new().with("bucket", "reports");
//! let (key, wrapped) = master.generate_data_key(&context)?;
//!
//! let mut sealer = Sealer::new(&key, &context)?;
//! let mut object = b"quarterly figures".to_vec();
//! let seal = sealer.seal_in_place(b"2026/q3.csv", &mut object)?;
//!
//! let key = master.decrypt(&wrapped, &context)?;
//! let opener = Opener::new(&key, &context, &sealer.header())?;
//! opener.open_in_place(b"2026/q3.csv", seal, &mut object)?;
//! assert_eq!(object, b"quarterly figures");
//! # Ok::<(), keystorm_envelope::Error>(())
//! ```
#![forbid(unsafe_code)]

pub mod calibrate;
pub mod chunked;
pub mod client;
pub mod ssec;

mod checksum;
mod commit;
mod context;
mod ctr;
mod derive;
mod error;
mod gcm;
mod key;
mod master;
mod object;

#[cfg(test)]
mod vectors;

pub use checksum::{Checksum, Sum};
pub use commit::HEADER_LEN;
pub use context::EncryptionContext;
pub use error::Error;
pub use gcm::{GCM_LEN_MAX, TAG_LEN};
pub use key::{DataKey, KEY_LEN};
pub use master::{KEY_WRAP_LEN, KeyService, KeyWrapKey, MasterKey};
pub use object::{Opener, Seal, Sealer};
