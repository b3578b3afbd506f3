//! What S3 makes of one request: the encryption that it writes or reads under, or its refusal.
mod customer_key;
mod headers;
mod kms_key;
mod request;

use super::Refusal;
use crate::kms::Call;
use customer_key::CustomerKey;

pub use crate::policy::S3Operation;
pub use customer_key::{CustomerKeyValues, KeyMark};
pub use headers::{CustomerKeyHeaders, DefaultEncryption, SseAlgorithm, SseHeaders};
pub use kms_key::{KeyRing, KeyState, KeyUsage, KmsKey};
pub use request::{Request, Signature, TlsVersion, Transport};

/// How an object or an upload is encrypted on the server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Applied {
    /// Keys that S3 owns.
    SseS3,
    /// A KMS key.
    SseKms {
        /// ARN of the key.
        key: String,
        /// Whether a Bucket Key stands between S3 and KMS.
        bucket_key: bool,
    },
    /// Two layers, one under a KMS key.
    DsseKms {
        /// ARN of the key.
        key: String,
    },
    /// A key of the client, of which S3 keeps a mark.
    SseC(KeyMark),
}

impl Applied {
    /// ARN of the KMS key, if there is one.
    #[must_use]
    pub fn kms_key(&self) -> Option<&str> {
        match self {
            Self::SseKms { key, .. } | Self::DsseKms { key } => Some(key),
            Self::SseS3 | Self::SseC(_) => None,
        }
    }
}

/// What a request meets.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The bucket that it is sent to.
    pub bucket: Bucket<'a>,
    /// Encryption of the object that is read, or of the upload that a part belongs to; `None` for
    /// an object of before January 2023 that was never encrypted, or if nothing is there yet.
    pub object: Option<&'a Applied>,
    /// Encryption of the source of a copy.
    pub source: Option<&'a Applied>,
    /// KMS keys and what the caller may do with them.
    pub keys: KeyRing<'a>,
    /// What the bucket policy says; see [`Request::for_policy`].
    pub policy: PolicyAnswer,
    /// Salt that S3 draws for the mark of an SSE-C key.
    pub salt: [u8; KeyMark::SALT_LEN],
}

/// What a bucket policy says to a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PolicyAnswer {
    /// Nothing against it.
    Passes,
    /// It is denied; the caller belongs to the owner's organisation and is told why.
    Denied,
    /// It is denied, or not allowed, to a caller of another organisation.
    DeniedToStranger,
}

/// A bucket's settings of encryption.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Bucket<'a> {
    /// Region, such as `eu-west-1`.
    pub region: &'a str,
    /// What is applied to an upload that asks for nothing.
    pub default: DefaultEncryption<'a>,
    /// Whether it blocks SSE-C for new objects (`BlockedEncryptionTypes`).
    pub blocks_sse_c: bool,
}

/// What S3 does for a request that it serves.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Served {
    /// Encryption of what is written.
    pub written: Option<Applied>,
    /// Encryption of what is read.
    pub read: Option<Applied>,
}

/// A refusal with the message that this request gets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refused {
    /// Row of the table.
    pub refusal: &'static Refusal,
    /// The message, names filled in. The answer to a HEAD request has no body, thus neither code
    /// nor message.
    pub message: Option<String>,
}

/// A refusal and the names for its message.
struct Complaint<'a>(
    &'static Refusal,
    Vec<(&'static str, std::borrow::Cow<'a, str>)>,
);

impl From<&'static Refusal> for Complaint<'_> {
    fn from(refusal: &'static Refusal) -> Self {
        Self(refusal, Vec::new())
    }
}

/// Checks one request as S3 does: what comes of it, were no quota in its way.
///
/// Order: bucket policy, then scheme and blocked types of SSE-C, then the headers, then the object,
/// then KMS (signature, TLS, id of the key, its Region, whether it exists, permission, usage,
/// state). Recorded answers fix the order within the headers of SSE-C; that a policy comes first is
/// known from a test of ceph that AWS passes; the rest is assumed.
///
/// # Errors
/// [`Refused`], the first that applies.
pub fn check(request: &Request<'_>, situation: &Situation<'_>) -> Result<Served, Refused> {
    decide(request, situation).map_err(|Complaint(refusal, names)| {
        let names: Vec<_> = names
            .iter()
            .map(|(name, it)| (*name, it.as_ref()))
            .collect();
        let head = request.operation == S3Operation::HeadObject;
        Refused {
            refusal,
            message: (!head).then(|| refusal.message_with(&names)),
        }
    })
}

fn decide<'a>(request: &Request<'a>, situation: &Situation<'a>) -> Result<Served, Complaint<'a>> {
    match situation.policy {
        PolicyAnswer::Passes => {}
        PolicyAnswer::Denied => return Err(forbidden(&Refusal::POLICY_DENIED, request)),
        PolicyAnswer::DeniedToStranger => return Err((&Refusal::ACCESS_DENIED).into()),
    }
    let (operation, headers) = (request.operation, &request.headers);
    let sends_key = headers.customer.any() || headers.copy_source.any();
    if sends_key && request.transport == Transport::Http {
        return Err((&Refusal::SSE_C_OVER_HTTP).into());
    }
    if operation.writes() && headers.customer.any() && situation.bucket.blocks_sse_c {
        return Err(forbidden(&Refusal::SSE_C_BLOCKED, request));
    }
    match operation {
        S3Operation::PutObject | S3Operation::PostObject | S3Operation::CreateMultipartUpload => {
            let written = write(request, situation)?;
            Ok(served(Some(written), None))
        }
        S3Operation::CopyObject => {
            let wanted = headers.wanted(&situation.bucket, situation.salt)?;
            let read = read(request, &headers.copy_source, situation.source, situation)?;
            let written = settle(request, situation, wanted)?;
            Ok(served(Some(written), read))
        }
        S3Operation::GetObject | S3Operation::HeadObject => {
            headers.none_of_writes()?;
            let read = read(request, &headers.customer, situation.object, situation)?;
            Ok(served(None, read))
        }
        S3Operation::UploadPart => {
            let written = part(request, situation)?;
            Ok(served(written, None))
        }
        S3Operation::UploadPartCopy => {
            let read = read(request, &headers.copy_source, situation.source, situation)?;
            let written = part(request, situation)?;
            Ok(served(written, read))
        }
        S3Operation::CompleteMultipartUpload => {
            headers.none_of_writes()?;
            // The key is only needed for a checksum or a policy's sake; if it comes, it must fit.
            if headers.customer.any() {
                fits(headers.customer.key()?.as_ref(), situation.object)?;
            }
            use_key(request, situation, situation.object, Call::Decrypt)?;
            Ok(served(situation.object.cloned(), None))
        }
        S3Operation::AbortMultipartUpload
        | S3Operation::ListParts
        | S3Operation::DeleteObject
        | S3Operation::ListObjectsV2
        | S3Operation::HeadBucket => Ok(Served::default()),
    }
}

fn served(written: Option<Applied>, read: Option<Applied>) -> Served {
    Served { written, read }
}

/// A 403 that names caller, action and resource.
fn forbidden<'a>(refusal: &'static Refusal, request: &Request<'a>) -> Complaint<'a> {
    Complaint(
        refusal,
        vec![
            ("{caller}", request.caller.into()),
            ("{action}", request.operation.row().action.into()),
            ("{resource}", request.resource.into()),
        ],
    )
}

/// A new object or upload.
fn write<'a>(request: &Request<'a>, situation: &Situation<'a>) -> Result<Applied, Complaint<'a>> {
    let wanted = request.headers.wanted(&situation.bucket, situation.salt)?;
    settle(request, situation, wanted)
}

/// The encryption of a new object, its KMS key found and asked for a data key.
fn settle<'a>(
    request: &Request<'a>,
    situation: &Situation<'a>,
    wanted: headers::Wanted<'a>,
) -> Result<Applied, Complaint<'a>> {
    let (id, bucket_key, dual) = match wanted {
        headers::Wanted::SseS3 => return Ok(Applied::SseS3),
        headers::Wanted::SseC(mark) => return Ok(Applied::SseC(mark)),
        headers::Wanted::SseKms { key, bucket_key } => (key, bucket_key, false),
        headers::Wanted::DsseKms { key } => (key, false, true),
    };
    secured(request)?;
    let keys = &situation.keys;
    let key = keys.usable(id, situation.bucket.region, request, Call::GenerateDataKey)?;
    let key = key.arn.to_owned();
    Ok(if dual {
        Applied::DsseKms { key }
    } else {
        Applied::SseKms { key, bucket_key }
    })
}

/// An object that is read, with the SSE-C headers meant for it.
fn read<'a>(
    request: &Request<'a>,
    headers: &CustomerKeyHeaders<'a>,
    object: Option<&'a Applied>,
    situation: &Situation<'a>,
) -> Result<Option<Applied>, Complaint<'a>> {
    // The length of a key is not looked at where it only has to match.
    let key = headers.key()?;
    match (object, key) {
        (Some(Applied::SseC(mark)), Some(key)) if !mark.is_of(&key) => {
            return Err((&Refusal::SSE_C_WRONG_KEY).into());
        }
        (Some(Applied::SseC(_)), None) => return Err((&Refusal::SSE_C_KEY_NEEDED).into()),
        (Some(Applied::SseC(_)), Some(_)) | (_, None) => {}
        (_, Some(_)) => return Err((&Refusal::SSE_C_NOT_APPLICABLE).into()),
    }
    if request.operation != S3Operation::HeadObject {
        use_key(request, situation, object, Call::Decrypt)?;
    }
    Ok(object.cloned())
}

/// A part of an upload.
fn part<'a>(
    request: &Request<'a>,
    situation: &Situation<'a>,
) -> Result<Option<Applied>, Complaint<'a>> {
    request.headers.none_of_writes()?;
    let key = request.headers.customer.key()?;
    if let Some(key) = &key {
        key.has_its_length()?;
    }
    fits(key.as_ref(), situation.object)?;
    use_key(request, situation, situation.object, Call::Decrypt)?;
    Ok(situation.object.cloned())
}

/// Whether a part's SSE-C key is that of its upload.
fn fits(key: Option<&CustomerKey>, upload: Option<&Applied>) -> Result<(), &'static Refusal> {
    match (upload, key) {
        (Some(Applied::SseC(mark)), Some(key)) if !mark.is_of(key) => Err(&Refusal::SSE_C_PART_KEY),
        (Some(Applied::SseC(_)), Some(_)) => Ok(()),
        (Some(Applied::SseC(_)), None) | (_, Some(_)) => Err(&Refusal::SSE_C_PART),
        (_, None) => Ok(()),
    }
}

/// Asks for the KMS key that something is encrypted under, if it is.
fn use_key<'a>(
    request: &Request<'a>,
    situation: &Situation<'a>,
    applied: Option<&'a Applied>,
    call: Call,
) -> Result<(), Complaint<'a>> {
    let Some(key) = applied.and_then(Applied::kms_key) else {
        return Ok(());
    };
    secured(request)?;
    let region = situation.bucket.region;
    situation.keys.usable(Some(key), region, request, call)?;
    Ok(())
}

/// What S3 demands of every request that uses a KMS key.
fn secured(request: &Request<'_>) -> Result<(), &'static Refusal> {
    if request.signature != Signature::V4 {
        return Err(&Refusal::SSE_KMS_SIGNATURE);
    }
    if request.transport == Transport::Http {
        return Err(&Refusal::SSE_KMS_OVER_HTTP);
    }
    Ok(())
}
