use super::{Format, Metadata};
use crate::context::EncryptionContext;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// Keys of a context that the client keeps for itself; the second is of old clients.
pub(super) const RESERVED_KEYS: [&str; 2] = ["aws:x-amz-cek-alg", "kms_cmk_id"];
pub(super) const V2_CIPHER: &str = "AES/GCM/NoPadding";
pub(super) const V3_CIPHER: &str = "115";
const TAG_BITS: &str = "128";

/// Names of the metadata of one format.
struct Names {
    key: &'static str,
    wrap: &'static str,
    cipher: &'static str,
    /// Context under KMS.
    context: &'static str,
    /// Description under other wraps.
    description: &'static str,
}

const V1_KEY: &str = "x-amz-key";
const V2: Names = Names {
    key: "x-amz-key-v2",
    wrap: "x-amz-wrap-alg",
    cipher: "x-amz-cek-alg",
    context: "x-amz-matdesc",
    description: "x-amz-matdesc",
};
const V2_IV: &str = "x-amz-iv";
const V2_TAG_LEN: &str = "x-amz-tag-len";
const V3: Names = Names {
    key: "x-amz-3",
    wrap: "x-amz-w",
    cipher: "x-amz-c",
    context: "x-amz-t",
    description: "x-amz-m",
};
const V3_COMMITMENT: &str = "x-amz-d";
const V3_MESSAGE_ID: &str = "x-amz-i";

/// All names that belong to the client.
pub(super) const NAMES: [&str; 15] = [
    V1_KEY,
    V2.key,
    V2.wrap,
    V2.cipher,
    V2.context,
    V2_IV,
    V2_TAG_LEN,
    V3.key,
    V3.wrap,
    V3.cipher,
    V3.context,
    V3.description,
    V3_COMMITMENT,
    V3_MESSAGE_ID,
    super::INSTRUCTION_MARK,
];

/// What V3 keeps on the object even if there is an instruction file.
pub(super) const ON_OBJECT: [&str; 3] = [V3.cipher, V3_COMMITMENT, V3_MESSAGE_ID];

/// The public part of an object, understood.
#[derive(Debug, PartialEq)]
pub(super) struct Envelope {
    pub(super) content: Content,
    pub(super) wrap: Wrap,
    pub(super) wrapped_key: Vec<u8>,
    pub(super) context: EncryptionContext,
}

#[derive(Debug, PartialEq)]
pub(super) enum Content {
    V2 {
        iv: [u8; 12],
    },
    V3 {
        message_id: [u8; 28],
        commitment: [u8; 28],
    },
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wrap {
    KmsContext,
    AesGcm,
}

impl Wrap {
    const ALL: [Wrap; 2] = [Wrap::KmsContext, Wrap::AesGcm];

    fn name(self, format: Format) -> &'static str {
        match (self, format) {
            (Wrap::KmsContext, Format::V2) => "kms+context",
            (Wrap::AesGcm, Format::V2) => "AES/GCM",
            (Wrap::KmsContext, Format::V3) => "12",
            (Wrap::AesGcm, Format::V3) => "02",
        }
    }
}

fn names(format: Format) -> &'static Names {
    match format {
        Format::V2 => &V2,
        Format::V3 => &V3,
    }
}

impl Envelope {
    pub(super) fn format(&self) -> Format {
        match self.content {
            Content::V2 { .. } => Format::V2,
            Content::V3 { .. } => Format::V3,
        }
    }

    pub(super) fn to_metadata(&self) -> Metadata {
        let format = self.format();
        let names = names(format);
        let mut metadata = Metadata::new();
        let mut put = |name: &str, value: String| metadata.insert(name.to_owned(), value);
        put(names.key, STANDARD.encode(&self.wrapped_key));
        put(names.wrap, self.wrap.name(format).to_owned());
        match &self.content {
            Content::V2 { iv } => {
                put(V2.cipher, V2_CIPHER.to_owned());
                put(V2_IV, STANDARD.encode(iv));
                put(V2_TAG_LEN, TAG_BITS.to_owned());
                put(V2.context, self.context.to_json());
            }
            Content::V3 {
                message_id,
                commitment,
            } => {
                put(V3.cipher, V3_CIPHER.to_owned());
                put(V3_MESSAGE_ID, STANDARD.encode(message_id));
                put(V3_COMMITMENT, STANDARD.encode(commitment));
                if !self.context.is_empty() {
                    put(self.context_name(), self.context.to_json());
                }
            }
        }
        metadata
    }

    pub(super) fn of_metadata(metadata: &Metadata) -> Result<Envelope, MetadataError> {
        let format = format_of(metadata)?;
        let names = names(format);
        let wrap = wrap_of(metadata, format)?;
        let content = match format {
            Format::V2 => {
                expect(metadata, V2.cipher, V2_CIPHER)?;
                // Old clients left the length of the tag out.
                if metadata.contains_key(V2_TAG_LEN) {
                    expect(metadata, V2_TAG_LEN, TAG_BITS)?;
                }
                Content::V2 {
                    iv: bytes(metadata, V2_IV)?,
                }
            }
            Format::V3 => {
                expect(metadata, V3.cipher, V3_CIPHER)?;
                let message_id = bytes(metadata, V3_MESSAGE_ID)?;
                Content::V3 {
                    message_id,
                    commitment: bytes(metadata, V3_COMMITMENT)?,
                }
            }
        };
        let wrapped_key = decode(metadata, names.key)?;
        let mut envelope = Envelope {
            content,
            wrap,
            wrapped_key,
            context: EncryptionContext::new(),
        };
        let name = envelope.context_name();
        if let Some(json) = metadata.get(name) {
            envelope.context =
                EncryptionContext::from_json(json).map_err(|_| MetadataError::Malformed {
                    name,
                    expected: "a JSON object of text",
                })?;
        }
        Ok(envelope)
    }

    fn context_name(&self) -> &'static str {
        let names = names(self.format());
        match self.wrap {
            Wrap::KmsContext => names.context,
            Wrap::AesGcm => names.description,
        }
    }
}

/// Which format these are of, and that they are of no other one.
fn format_of(metadata: &Metadata) -> Result<Format, MetadataError> {
    let has = |name: &str| metadata.contains_key(name);
    match (has(V1_KEY), has(V2.key), has(V3.key)) {
        (false, true, false) if ON_OBJECT.iter().any(|name| has(name)) => Err(MetadataError::Mixed),
        (false, true, false) => Ok(Format::V2),
        (false, false, true) => Ok(Format::V3),
        (true, false, false) => Err(MetadataError::Unsupported {
            name: V1_KEY,
            value: "format V1".to_owned(),
            reason: "its content or its wrapped key is not authenticated; seal it anew with a \
                     current client",
        }),
        (false, false, false) => Err(MetadataError::NoKey),
        _ => Err(MetadataError::Mixed),
    }
}

fn wrap_of(metadata: &Metadata, format: Format) -> Result<Wrap, MetadataError> {
    let name = names(format).wrap;
    let value = get(metadata, name)?;
    let wrap = Wrap::ALL
        .into_iter()
        .find(|wrap| wrap.name(format) == value);
    wrap.ok_or_else(|| MetadataError::Unsupported {
        name,
        value: value.to_owned(),
        reason: why_not_unwrapped(value),
    })
}

/// Why a data key under this wrap is not unwrapped here.
fn why_not_unwrapped(wrap: &str) -> &'static str {
    match wrap {
        "RSA-OAEP-SHA1" | "22" => {
            "no RSA keys are held here: data keys are unwrapped by KMS with a context or by \
             AES-GCM only; open it with AWS's client"
        }
        "kms" | "AESWrap" => {
            "such a wrap does not say for which cipher the data key is; seal it anew with a \
             current client"
        }
        _ => "data keys are unwrapped by KMS with a context or by AES-GCM only",
    }
}

fn get<'a>(metadata: &'a Metadata, name: &'static str) -> Result<&'a str, MetadataError> {
    metadata
        .get(name)
        .map(String::as_str)
        .ok_or(MetadataError::Missing { name })
}

fn expect(metadata: &Metadata, name: &'static str, only: &str) -> Result<(), MetadataError> {
    let value = get(metadata, name)?;
    if value == only {
        return Ok(());
    }
    Err(MetadataError::Unsupported {
        name,
        value: value.to_owned(),
        reason: "content is opened if it is AES-256-GCM with a tag of 128 bits only",
    })
}

fn decode(metadata: &Metadata, name: &'static str) -> Result<Vec<u8>, MetadataError> {
    let malformed = |_| MetadataError::Malformed {
        name,
        expected: "base64",
    };
    STANDARD.decode(get(metadata, name)?).map_err(malformed)
}

fn bytes<const LEN: usize>(
    metadata: &Metadata,
    name: &'static str,
) -> Result<[u8; LEN], MetadataError> {
    let expected = if LEN == 12 {
        "12 bytes in base64"
    } else {
        "28 bytes in base64"
    };
    let malformed = |_| MetadataError::Malformed { name, expected };
    decode(metadata, name)?.try_into().map_err(malformed)
}

/// What a caller may use as context.
pub(super) fn check_context(context: &EncryptionContext) -> Result<(), MetadataError> {
    if context
        .iter()
        .any(|(key, value)| !key.is_ascii() || !value.is_ascii())
    {
        return Err(MetadataError::ContextNotAscii);
    }
    match RESERVED_KEYS
        .into_iter()
        .find(|key| context.get(key).is_some())
    {
        Some(key) => Err(MetadataError::ContextReserved { key }),
        None => Ok(()),
    }
}

/// Why the public part of an object cannot be used. All are final for this object.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum MetadataError {
    /// No wrapped data key: not encrypted by the client, or in an instruction file.
    NoKey,
    /// A part is missing.
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// A part is not what it should be.
    Malformed {
        /// Its name.
        name: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// A part asks for something that is not done here.
    Unsupported {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: String,
        /// Why not.
        reason: &'static str,
    },
    /// Parts of several formats: no client writes that, an attacker might.
    Mixed,
    /// V2, where only committing objects are accepted.
    NotCommitting,
    /// The instruction file is not a JSON object of text.
    Instruction,
    /// The instruction file has a part that does not belong there.
    InstructionForeign {
        /// Its name.
        name: String,
    },
    /// The encryption context is not ASCII, which S3 would mangle in metadata.
    ContextNotAscii,
    /// The encryption context uses a key that belongs to the client.
    ContextReserved {
        /// The key.
        key: &'static str,
    },
}

impl fmt::Display for MetadataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MetadataError::NoKey => f.write_str(
                "no wrapped data key in the metadata; read the instruction file if there is one, \
                 else the object was not encrypted by the client",
            ),
            MetadataError::Missing { name } => write!(f, "`{name}` is missing in the metadata"),
            MetadataError::Malformed { name, expected } => {
                write!(f, "`{name}` is malformed; expected {expected}")
            }
            MetadataError::Unsupported {
                name,
                value,
                reason,
            } => {
                write!(f, "`{name}` is \"{}\": {reason}", value.escape_debug())
            }
            MetadataError::Mixed => f.write_str(
                "the metadata have parts of several formats, which no client writes; the object or \
                 its instruction file may have been tampered with",
            ),
            MetadataError::NotCommitting => f.write_str(
                "the object is of format V2, which does not commit to its key; accept V2 to open \
                 it",
            ),
            MetadataError::Instruction => {
                f.write_str("the instruction file is not a JSON object of text")
            }
            MetadataError::InstructionForeign { name } => write!(
                f,
                "the instruction file has `{}`, which does not belong there",
                name.escape_debug()
            ),
            MetadataError::ContextNotAscii => {
                f.write_str("the encryption context is not ASCII; S3 would mangle it in metadata")
            }
            MetadataError::ContextReserved { key } => {
                write!(
                    f,
                    "`{key}` in the encryption context belongs to the client; leave it out"
                )
            }
        }
    }
}

impl std::error::Error for MetadataError {}
