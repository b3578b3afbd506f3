use super::*;

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1";
const SSE_KEY: &str = "s3:x-amz-server-side-encryption";
const KMS_KEY: &str = "s3:x-amz-server-side-encryption-aws-kms-key-id";

fn request(operation: S3Operation, headers: &[(&str, &str)]) -> S3Request {
    let requester = "arn:aws:iam::111122223333:user/team/ann".parse().unwrap();
    let mut request = S3Request::new(operation, "bucket", "a/b", requester);
    let headers = headers.iter();
    request.headers = headers
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect();
    request
}

fn value<'c>(context: &'c RequestContext, key: &str) -> Option<&'c str> {
    context.values(key).map(|values| {
        assert_eq!(values.len(), 1, "{key}");
        values[0].as_str()
    })
}

// Goal: every operation asks for the action that AWS documents, on bucket or object.
// Method: the table, written a second time for the operations that encryption is about.
#[test]
fn operations_need_their_actions() {
    for (row, index) in S3Operation::ROWS.iter().zip(0..) {
        assert_eq!(row.operation as usize, index);
        assert_eq!(row.name.parse(), Ok(row.operation));
    }
    for (operation, action, resource) in [
        (
            S3Operation::PutObject,
            "s3:PutObject",
            "arn:aws:s3:::bucket/a/b",
        ),
        (
            S3Operation::CopyObject,
            "s3:PutObject",
            "arn:aws:s3:::bucket/a/b",
        ),
        (
            S3Operation::CreateMultipartUpload,
            "s3:PutObject",
            "arn:aws:s3:::bucket/a/b",
        ),
        (
            S3Operation::UploadPart,
            "s3:PutObject",
            "arn:aws:s3:::bucket/a/b",
        ),
        (
            S3Operation::UploadPartCopy,
            "s3:PutObject",
            "arn:aws:s3:::bucket/a/b",
        ),
        (
            S3Operation::CompleteMultipartUpload,
            "s3:PutObject",
            "arn:aws:s3:::bucket/a/b",
        ),
        (
            S3Operation::GetObject,
            "s3:GetObject",
            "arn:aws:s3:::bucket/a/b",
        ),
        (
            S3Operation::HeadObject,
            "s3:GetObject",
            "arn:aws:s3:::bucket/a/b",
        ),
        (
            S3Operation::DeleteObject,
            "s3:DeleteObject",
            "arn:aws:s3:::bucket/a/b",
        ),
        (
            S3Operation::ListObjectsV2,
            "s3:ListBucket",
            "arn:aws:s3:::bucket",
        ),
    ] {
        let context = request(operation, &[]).context();
        assert_eq!(context.action, action, "{operation:?}");
        assert_eq!(context.resource, resource, "{operation:?}");
    }
    assert!(
        "Put"
            .parse::<S3Operation>()
            .unwrap_err()
            .contains("PutObject")
    );
}

// Goal: the encryption header is shown as it was sent, and never filled in from the default.
// Method: a PUT with and without it to a bucket whose default is SSE-KMS, with both switches.
#[test]
fn policy_sees_headers_and_the_key_in_effect() {
    let mut plain = request(S3Operation::PutObject, &[]);
    plain.default_kms_key = Some(KEY.into());
    assert_eq!(value(&plain.context(), SSE_KEY), None);
    assert_eq!(value(&plain.context(), KMS_KEY), Some(KEY));
    plain.kms_key_seen = KmsKeySeen::Header;
    assert_eq!(value(&plain.context(), KMS_KEY), None);

    let headers = [
        ("X-Amz-Server-Side-Encryption", "aws:kms"),
        (SSE_KMS_KEY, "other"),
    ];
    let mut own = request(S3Operation::PutObject, &headers);
    own.default_kms_key = Some(KEY.into());
    assert_eq!(value(&own.context(), SSE_KEY), Some("aws:kms"));
    assert_eq!(value(&own.context(), KMS_KEY), Some("other"));

    for sent in [(SSE, "AES256"), (SSE, "aws:kms"), (SSE_C, "AES256")] {
        let mut other = request(S3Operation::PutObject, &[sent]);
        other.default_kms_key = Some(KEY.into());
        assert_eq!(value(&other.context(), KMS_KEY), None, "{sent:?}");
    }
}

// Goal: parts show what their upload was begun with, or nothing; SSE-C is always shown.
// Method: every step of an upload, with both switches.
#[test]
fn parts_inherit_or_show_nothing() {
    let kms = [(SSE, "aws:kms"), (SSE_KMS_KEY, KEY)];
    for operation in [
        S3Operation::UploadPart,
        S3Operation::CompleteMultipartUpload,
    ] {
        let mut part = request(operation, &kms);
        assert_eq!(value(&part.context(), SSE_KEY), Some("aws:kms"));
        assert_eq!(value(&part.context(), KMS_KEY), Some(KEY));
        part.parts_seen = PartsSeen::Without;
        part.default_kms_key = Some(KEY.into());
        assert_eq!(value(&part.context(), SSE_KEY), None);
        part.headers.clear();
        assert_eq!(value(&part.context(), KMS_KEY), None);
        part.headers = vec![(SSE_C.into(), "AES256".into())];
        let key = "s3:x-amz-server-side-encryption-customer-algorithm";
        assert_eq!(value(&part.context(), key), Some("AES256"));
    }
    let mut first = request(S3Operation::CreateMultipartUpload, &kms);
    first.parts_seen = PartsSeen::Without;
    assert_eq!(value(&first.context(), SSE_KEY), Some("aws:kms"));
    let creates = |operation| {
        let context = request(operation, &[]).context();
        value(&context, "s3:ObjectCreationOperation").map(str::to_owned)
    };
    assert_eq!(creates(S3Operation::UploadPart).as_deref(), Some("false"));
    assert_eq!(
        creates(S3Operation::CompleteMultipartUpload).as_deref(),
        Some("true")
    );
    assert_eq!(creates(S3Operation::GetObject), None);
}

// Goal: the connection is shown, except of services.
// Method: HTTPS, HTTP and a service; keys that must and must not be there.
#[test]
fn connection_is_shown_except_of_services() {
    let mut request = request(
        S3Operation::GetObject,
        &[(SSE, "AES256"), ("Range", "bytes=0-1")],
    );
    request.source_ip = Some("203.0.113.7".parse().unwrap());
    request.tls_version = Some("1.2".into());
    let context = request.context();
    assert_eq!(value(&context, "aws:SecureTransport"), Some("true"));
    assert_eq!(value(&context, "s3:TlsVersion"), Some("1.2"));
    assert_eq!(value(&context, "aws:SourceIp"), Some("203.0.113.7"));
    assert_eq!(value(&context, "aws:username"), Some("ann"));
    assert_eq!(value(&context, "aws:PrincipalIsAWSService"), Some("false"));
    assert_eq!(value(&context, SSE_KEY), None, "no key of s3:GetObject");
    assert_eq!(request.headers_unseen().collect::<Vec<_>>(), [SSE, "Range"]);

    request.tls_version = None;
    assert_eq!(
        value(&request.context(), "aws:SecureTransport"),
        Some("false")
    );
    assert_eq!(value(&request.context(), "s3:TlsVersion"), None);

    request.requester = "logging.s3.amazonaws.com".parse().unwrap();
    let context = request.context();
    for key in [
        "aws:SecureTransport",
        "s3:TlsVersion",
        "aws:SourceIp",
        "aws:PrincipalArn",
    ] {
        assert_eq!(value(&context, key), None, "{key}");
    }
    assert_eq!(value(&context, "aws:PrincipalIsAWSService"), Some("true"));
}

// Goal: a copy is also a read of its source.
// Method: the header with and without leading slash and version.
#[test]
fn copies_read_their_source() {
    for source in ["/from/x/y?versionId=1", "from/x/y"] {
        let copy = request(S3Operation::CopyObject, &[("x-amz-copy-source", source)]);
        let read = copy.source_context().unwrap();
        assert_eq!(read.action, "s3:GetObject");
        assert_eq!(read.resource, "arn:aws:s3:::from/x/y");
    }
    assert!(
        request(S3Operation::PutObject, &[])
            .source_context()
            .is_none()
    );
}
