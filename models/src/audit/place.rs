//! Where an entry comes from: account, Region, bucket, roles, objects. All are examples.
use super::text;
use jiff::Timestamp;

/// The account in every entry: AWS's own example.
pub const ACCOUNT: &str = "111122223333";
/// The account that owns the key otherwise: AWS's own example.
pub(super) const OTHER_ACCOUNT: &str = "444455556666";
/// The bucket in every entry: AWS's own example.
pub const BUCKET: &str = "amzn-s3-demo-bucket";
/// The KMS key in every entry: AWS's own example.
pub(super) const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

/// What all entries of a run share.
#[derive(Clone, Debug)]
pub struct Place {
    /// AWS Region.
    pub region: String,
    /// Instant of t = 0.
    pub start: Timestamp,
    /// Whether clients use HTTPS.
    pub https: bool,
    /// Whether the KMS key belongs to another account than the one that calls.
    pub key_of_other_account: bool,
    /// Who calls: the roles, by the number that entries name them with.
    pub roles: Vec<String>,
}

/// Who made a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Requester {
    /// Number of the role in [`Place::roles`].
    pub role: u16,
    /// Number of the instance with that role.
    pub instance: u32,
}

/// What a request was about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Object {
    /// Number of the prefix.
    pub prefix: u32,
    /// Number of the object, below 2^56.
    pub number: u64,
}

impl Place {
    /// The part of an ARN after `arn:` that the Region decides.
    pub(super) fn partition(&self) -> &'static str {
        match self.region.split('-').next() {
            Some("cn") => "aws-cn",
            Some("us") if self.region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }

    /// The domain of the Region's endpoints.
    pub(super) fn domain(&self) -> &'static str {
        match self.partition() {
            "aws-cn" => "amazonaws.com.cn",
            _ => "amazonaws.com",
        }
    }

    /// Names of the roles, without what a role's name cannot hold.
    pub(super) fn role_names(&self) -> impl Iterator<Item = String> {
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || "+=,.@_-".contains(c) {
                c
            } else {
                '-'
            }
        };
        self.roles
            .iter()
            .map(move |role| role.chars().map(plain).collect())
    }
}

impl Requester {
    /// Appends the name of the role's session: the instance's id.
    pub(super) fn session(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"i-");
        text::hex::<17>(out, self.instance.into());
    }

    /// Appends an address of the documentation's range, RFC 5737.
    pub(super) fn address(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"192.0.2.");
        text::decimal(out, u64::from(self.instance % 254) + 1);
    }
}

impl Object {
    /// Appends the prefix of the object's key.
    pub(super) fn prefix(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"prefix-");
        text::decimal(out, self.prefix.into());
        out.push(b'/');
    }

    /// Appends the object's key, which needs no escaping anywhere.
    pub(super) fn key(self, out: &mut Vec<u8>) {
        self.prefix(out);
        text::hex::<14>(out, self.number);
    }
}
