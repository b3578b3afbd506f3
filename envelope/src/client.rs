//! The formats of the Amazon S3 Encryption Client: V2, and V3 with key commitment.
//!
//! "V3" is a format; it is written by version 4 of the client. The body is ciphertext and tag, 16
//! bytes longer than the plaintext; the rest is metadata of the object, or of an instruction file
//! beside it (`<key>.instruction`).
//!
//! AES-GCM authenticates the whole object, so objects are sealed and opened whole, in memory, up to
//! [`CLIENT_LEN_MAX`]. A range can be decrypted without that, and without being authenticated.
//!
//! Data keys are wrapped by KMS with an encryption context (`kms+context`) or by an AES-256 key
//! (`AES/GCM`). RSA and the unauthenticated formats of old clients are refused with a reason.
//!
//! # Source
//! Formats as Apache-2.0 clients of AWS write them: amazon-s3-encryption-client-java (53dc99d2,
//! 2026-05-20) and the Python client 4.0.0, with which this module is checked both ways.
mod envelope;
mod instruction;
mod wrap;

use crate::context::EncryptionContext;
use crate::ctr;
use crate::derive::Derivation;
use crate::error::{Error, within};
use crate::gcm::{Gcm, TAG_LEN};
use crate::key::{DataKey, random, same};
use envelope::{Content, Envelope};
use std::collections::BTreeMap;
use std::fmt;

pub use envelope::MetadataError;
pub use wrap::{AesGcmKey, Wrapping};

/// Longest object in the client's formats \[bytes\]: 5 GiB, what S3 takes in a single PUT.
///
/// The formats allow 64 GiB less 32 bytes, but objects are sealed in memory here.
pub const CLIENT_LEN_MAX: u64 = 5 << 30;

/// Suffix of the key of an instruction file.
pub const INSTRUCTION_SUFFIX: &str = ".instruction";

/// User metadata that marks an instruction file, with an empty value.
pub const INSTRUCTION_MARK: &str = "x-amz-crypto-instr-file";

/// Identifier of the key-committing algorithm suite, 115, as it goes into keys and AAD.
const SUITE: [u8; 2] = 0x0073_u16.to_be_bytes();
/// The nonce of every V3 object; its key is its own.
const V3_NONCE: [u8; 12] = [1; 12];

/// User metadata by name, lower case, without `x-amz-meta-`.
pub type Metadata = BTreeMap<String, String>;

/// A format of the client's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// The data key is used directly; nothing commits to it.
    V2,
    /// Key and commitment are derived from the data key (algorithm suite 115).
    V3,
}

/// What is in S3: body and user metadata.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClientObject {
    /// Ciphertext, then tag.
    pub body: Vec<u8>,
    /// How to open it, without the plaintext key.
    pub metadata: Metadata,
}

/// Seals and opens objects as the Amazon S3 Encryption Client does.
#[derive(Debug)]
pub struct Client<'a> {
    wrapping: Wrapping<'a>,
    v2_accepted: bool,
}

impl<'a> Client<'a> {
    /// A client that opens committing objects only, like version 4 with its default policy.
    #[must_use]
    pub fn new(wrapping: Wrapping<'a>) -> Client<'a> {
        Client {
            wrapping,
            v2_accepted: false,
        }
    }

    /// Opens V2 objects, too: the policy `REQUIRE_ENCRYPT_ALLOW_DECRYPT`.
    #[must_use]
    pub fn accepting_v2(self) -> Client<'a> {
        Client {
            v2_accepted: true,
            ..self
        }
    }

    /// Seals `plain` under a fresh data key.
    ///
    /// # Errors
    /// [`ClientError::Metadata`] if the context is not plain ASCII or uses the reserved key;
    /// [`ClientError::Key`] above [`CLIENT_LEN_MAX`], or if the key service fails.
    pub fn seal(
        &self,
        format: Format,
        context: &EncryptionContext,
        mut plain: Vec<u8>,
    ) -> Result<ClientObject, ClientError> {
        within_client("bytes of plaintext", plain.len() as u64, CLIENT_LEN_MAX)?;
        envelope::check_context(context)?;
        let fresh = self.wrapping.generate(format, context)?;
        let (kind, tag) = match format {
            Format::V2 => {
                let iv = random()?;
                let tag = Gcm::new(fresh.key.expose())?.seal(iv, &[], &mut plain)?;
                (Content::V2 { iv }, tag)
            }
            Format::V3 => {
                let message_id = random()?;
                let (key, commitment) = derive_v3(&fresh.key, &message_id)?;
                let tag = Gcm::new(key.expose())?.seal(V3_NONCE, &SUITE, &mut plain)?;
                (
                    Content::V3 {
                        message_id,
                        commitment,
                    },
                    tag,
                )
            }
        };
        plain.extend(tag);
        let envelope = Envelope {
            content: kind,
            wrap: self.wrapping.kind(),
            wrapped_key: fresh.wrapped,
            context: fresh.context,
        };
        Ok(ClientObject {
            body: plain,
            metadata: envelope.to_metadata(),
        })
    }

    /// Opens an object that was sealed under `context`.
    ///
    /// # Errors
    /// [`ClientError::Metadata`] if the metadata are not of a format that is opened here, with the
    /// reason; [`ClientError::Key`] with [`Error::Refused`] unless key, context, metadata and body
    /// belong together. The commitment is compared before anything is decrypted.
    pub fn open(
        &self,
        context: &EncryptionContext,
        object: ClientObject,
    ) -> Result<Vec<u8>, ClientError> {
        let ClientObject { mut body, metadata } = object;
        let len_max = CLIENT_LEN_MAX + TAG_LEN as u64;
        within_client("bytes of ciphertext", body.len() as u64, len_max)?;
        let cipher = self.cipher(context, &metadata)?;
        Gcm::new(cipher.key.expose())?.open_vec(cipher.nonce, cipher.aad, &mut body)?;
        Ok(body)
    }

    /// Decrypts a range of an object in place: `bytes` stand at `offset` of the object, which is
    /// `object_len` long, tag included. Nothing is authenticated but the key (V3).
    ///
    /// # Errors
    /// As [`Client::open`]; [`Error::Limit`] if the range reaches into the tag.
    pub fn open_range(
        &self,
        context: &EncryptionContext,
        metadata: &Metadata,
        object_len: u64,
        offset: u64,
        bytes: &mut [u8],
    ) -> Result<(), ClientError> {
        let plain_len = object_len
            .checked_sub(TAG_LEN as u64)
            .ok_or(Error::Refused)?;
        let end = offset.saturating_add(bytes.len() as u64);
        let remedy = "the last 16 bytes of the object are its tag";
        within("end of the range in bytes", end, plain_len, remedy)?;
        let cipher = self.cipher(context, metadata)?;
        ctr::decrypt_at(cipher.key.expose(), cipher.nonce, offset, bytes)?;
        Ok(())
    }

    /// Reads the metadata, unwraps the data key and checks the commitment.
    fn cipher(
        &self,
        context: &EncryptionContext,
        metadata: &Metadata,
    ) -> Result<Cipher, ClientError> {
        let envelope = Envelope::of_metadata(metadata)?;
        if envelope.format() == Format::V2 && !self.v2_accepted {
            return Err(MetadataError::NotCommitting.into());
        }
        let data_key = self.wrapping.unwrap(&envelope, context)?;
        Ok(match envelope.content {
            Content::V2 { iv } => Cipher {
                key: data_key,
                nonce: iv,
                aad: &[],
            },
            Content::V3 {
                message_id,
                commitment,
            } => {
                let (key, derived) = derive_v3(&data_key, &message_id)?;
                if !same(&derived, &commitment) {
                    return Err(Error::Refused.into());
                }
                Cipher {
                    key,
                    nonce: V3_NONCE,
                    aad: &SUITE,
                }
            }
        })
    }
}

struct Cipher {
    key: DataKey,
    nonce: [u8; 12],
    aad: &'static [u8],
}

/// Key and commitment of a V3 object.
fn derive_v3(data_key: &DataKey, message_id: &[u8; 28]) -> Result<(DataKey, [u8; 28]), Error> {
    let derivation = Derivation::new(data_key.expose(), message_id)?;
    let key = derivation.key(&[&SUITE, b"DERIVEKEY"])?;
    let mut commitment = [0; 28];
    derivation.fill(&[&SUITE, b"COMMITKEY"], &mut commitment)?;
    Ok((key, commitment))
}

fn within_client(what: &'static str, value: u64, max: u64) -> Result<(), Error> {
    within(
        what,
        value,
        max,
        "the client's formats are sealed in memory; use the chunked format",
    )
}

/// Why an object was not sealed or opened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ClientError {
    /// The public part cannot be used. Final for this object.
    Metadata(MetadataError),
    /// Key or bytes; see there.
    Key(Error),
}

impl From<MetadataError> for ClientError {
    fn from(error: MetadataError) -> ClientError {
        ClientError::Metadata(error)
    }
}

impl From<Error> for ClientError {
    fn from(error: Error) -> ClientError {
        ClientError::Key(error)
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClientError::Metadata(error) => error.fmt(f),
            ClientError::Key(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ClientError {}
