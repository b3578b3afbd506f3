use super::place::{ACCOUNT, BUCKET, Object, Place, Requester};
use super::text::{self, Clock};
use crate::s3::Refusal;
use crate::workload::{Body, Operation};
use keystorm_sim::{Span, Time};

/// Writes the lines of S3's server access log.
///
/// # Source
/// Amazon S3 User Guide, "Amazon S3 server access log format", read 2026-04-13.
#[derive(Clone, Debug)]
pub struct AccessLog {
    clock: Clock,
    beginning: Box<[u8]>,
    /// By role: the requester without the name of the session.
    requesters: Vec<Box<[u8]>>,
    /// What follows the host id.
    ending: Box<[u8]>,
}

/// A request that S3 answered.
#[derive(Clone, Copy, Debug)]
pub struct S3Entry {
    /// When S3 received it.
    pub at: Time,
    /// Who sent it.
    pub requester: Requester,
    /// What was asked for.
    pub operation: Operation,
    /// Of what.
    pub object: Object,
    /// What is moved over the connection: an object, a range or a part \[bytes\].
    pub size: u64,
    /// The error, if it is answered with one.
    pub refusal: Option<&'static Refusal>,
    /// From its arrival to the last byte of the answer.
    pub total: Span,
    /// Of that, S3's own time before the first byte of the answer.
    pub turn_around: Span,
    /// Random bits of the request's ids.
    pub ids: [u64; 2],
}

/// The canonical user of the account: made up.
const OWNER: &str = "11112222333344445555666677778888999900001111aaaabbbbccccddddeeee";
/// Tells everyone that nobody sent this request.
const AGENT: &str = "keystorm-simulation";

impl AccessLog {
    /// A writer for a run at `place`.
    #[must_use]
    pub fn new(place: &Place) -> Self {
        let bytes = |text: String| text.into_bytes().into_boxed_slice();
        let (partition, region) = (place.partition(), &place.region);
        let requester = |role: String| {
            bytes(format!(
                "arn:{partition}:sts::{ACCOUNT}:assumed-role/{role}/"
            ))
        };
        let (cipher, tls) = if place.https {
            ("TLS_AES_128_GCM_SHA256", "TLSv1.3")
        } else {
            ("-", "-")
        };
        let host = format!("{BUCKET}.s3.{region}.{}", place.domain());
        Self {
            clock: Clock::new(place.start),
            beginning: bytes(format!("{OWNER} {BUCKET} [")),
            requesters: place.role_names().map(requester).collect(),
            ending: bytes(format!(
                " SigV4 {cipher} AuthHeader {host} {tls} - - {region}\n"
            )),
        }
    }

    /// Appends the line of a request, with its end; of a copy that succeeds two, since S3 logs the
    /// read of its source, too.
    ///
    /// # Panics
    /// If the place has no such role.
    pub fn write(&mut self, out: &mut Vec<u8>, entry: &S3Entry) {
        self.clock.set(entry.at);
        let shape = Shape::of(entry.operation);
        self.line(out, entry, &shape, shape.name);
        if let (Some(name), None) = (shape.source, entry.refusal) {
            self.line(out, entry, &shape, name);
        }
    }

    fn line(&self, out: &mut Vec<u8>, entry: &S3Entry, shape: &Shape, name: &str) {
        out.extend_from_slice(&self.beginning);
        out.extend_from_slice(&self.clock.common);
        put(out, "] ");
        entry.requester.address(out);
        out.push(b' ');
        out.extend_from_slice(&self.requesters[usize::from(entry.requester.role)]);
        entry.requester.session(out);
        out.push(b' ');
        text::upper_hex::<16>(out, entry.ids[0]);
        out.push(b' ');
        put(out, name);
        out.push(b' ');
        if entry.operation == Operation::List {
            out.push(b'-');
        } else {
            entry.object.key(out);
        }
        put(out, " \"");
        put(out, shape.method);
        put(out, " /");
        if entry.operation == Operation::List {
            put(out, "?list-type=2&prefix=");
            entry.object.prefix(out);
        } else {
            entry.object.key(out);
        }
        put(out, shape.query);
        put(out, " HTTP/1.1\" ");
        let status = entry.refusal.map_or(shape.status, |it| it.status);
        text::decimal(out, u64::from(status));
        out.push(b' ');
        put(out, entry.refusal.map_or("-", |it| it.code));
        let body = entry.operation.body();
        let sent = shape.reads && entry.refusal.is_none();
        size(out, entry.size, sent);
        size(out, entry.size, matches!(body, Body::Object | Body::Part));
        for span in [entry.total, entry.turn_around] {
            out.push(b' ');
            text::decimal(out, span.nanos() / 1_000_000);
        }
        put(out, " \"-\" \"");
        put(out, AGENT);
        put(out, "\" - ");
        text::host_id(out, entry.ids[1]);
        out.extend_from_slice(&self.ending);
    }
}

/// How an operation looks in a line.
struct Shape {
    name: &'static str,
    /// Name of the line of a copy's source.
    source: Option<&'static str>,
    method: &'static str,
    /// What follows the key.
    query: &'static str,
    /// Status of a success.
    status: u16,
    /// The answer carries what was asked for.
    reads: bool,
}

impl Shape {
    fn of(operation: Operation) -> Self {
        const PART: &str = "?partNumber=1&uploadId=EXAMPLE";
        const UPLOAD: &str = "?uploadId=EXAMPLE";
        let (name, method, query, status) = match operation {
            Operation::Get => ("REST.GET.OBJECT", "GET", "", 200),
            Operation::RangedGet => ("REST.GET.OBJECT", "GET", "", 206),
            // Replication writes as a client does.
            Operation::Put | Operation::Replicate => ("REST.PUT.OBJECT", "PUT", "", 200),
            Operation::Head => ("REST.HEAD.OBJECT", "HEAD", "", 200),
            Operation::Delete => ("REST.DELETE.OBJECT", "DELETE", "", 204),
            Operation::List => ("REST.GET.BUCKET", "GET", "", 200),
            Operation::Copy => ("REST.COPY.OBJECT", "PUT", "", 200),
            Operation::CreateMultipartUpload => ("REST.POST.UPLOADS", "POST", "?uploads", 200),
            Operation::UploadPart => ("REST.PUT.PART", "PUT", PART, 200),
            Operation::UploadPartCopy => ("REST.COPY.PART", "PUT", PART, 200),
            Operation::CompleteMultipartUpload => ("REST.POST.UPLOAD", "POST", UPLOAD, 200),
            Operation::AbortMultipartUpload => ("REST.DELETE.UPLOAD", "DELETE", UPLOAD, 204),
            Operation::GenerateDataKey | Operation::Decrypt | Operation::Encrypt => {
                unreachable!("S3 does not see them")
            }
        };
        Self {
            name,
            source: match operation {
                Operation::Copy => Some("REST.COPY.OBJECT_GET"),
                Operation::UploadPartCopy => Some("REST.COPY.PART_GET"),
                _ => None,
            },
            method,
            query,
            status,
            reads: matches!(operation, Operation::Get | Operation::RangedGet),
        }
    }
}

/// A number of bytes, if there is one.
fn size(out: &mut Vec<u8>, bytes: u64, known: bool) {
    out.push(b' ');
    if known {
        text::decimal(out, bytes);
    } else {
        out.push(b'-');
    }
}

fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(https: bool, operation: Operation, refusal: Option<&'static Refusal>) -> String {
        let place = Place {
            region: "eu-west-3".to_owned(),
            start: "2026-01-31T23:59:59Z".parse().unwrap(),
            https,
            key_of_other_account: false,
            roles: vec!["web".to_owned()],
        };
        let entry = S3Entry {
            at: Time::from_millis(400),
            requester: Requester {
                role: 0,
                instance: 2,
            },
            operation,
            object: Object {
                prefix: 0,
                number: 10,
            },
            size: 4_096,
            refusal,
            total: Span::from_nanos(41_999_999),
            turn_around: Span::from_millis(30),
            ids: [0xfedc, 5],
        };
        let mut out = Vec::new();
        AccessLog::new(&place).write(&mut out, &entry);
        String::from_utf8(out).unwrap()
    }

    // Goal: fields stand in the order of AWS's page.
    // Method: a whole line but for the host id.
    #[test]
    fn fields_stand_in_their_order() {
        let line = line(true, Operation::Get, None);
        let (before, after) = line.split_once(" - ").unwrap();
        let (middle, rest) = after.split_once("\" - ").unwrap();
        assert_eq!(
            before,
            format!(
                "{OWNER} amzn-s3-demo-bucket [31/Jan/2026:23:59:59 +0000] 192.0.2.3 \
                 arn:aws:sts::111122223333:assumed-role/web/i-00000000000000002 \
                 000000000000FEDC REST.GET.OBJECT prefix-0/0000000000000a \
                 \"GET /prefix-0/0000000000000a HTTP/1.1\" 200"
            )
        );
        assert_eq!(middle, "4096 4096 41 30 \"-\" \"keystorm-simulation");
        assert_eq!(
            &rest[76..],
            " SigV4 TLS_AES_128_GCM_SHA256 AuthHeader \
             amzn-s3-demo-bucket.s3.eu-west-3.amazonaws.com TLSv1.3 - - eu-west-3\n"
        );
    }

    // Goal: errors, uploads and plain HTTP are told.
    // Method: a throttled PUT over HTTP.
    #[test]
    fn what_goes_wrong_is_told() {
        let line = line(false, Operation::Put, Some(&Refusal::KMS_SLOW_DOWN));
        assert!(line.contains(" REST.PUT.OBJECT "));
        assert!(line.contains("HTTP/1.1\" 503 SlowDown - 4096 41 30 "));
        assert!(line.contains(" SigV4 - AuthHeader "));
    }
    // Goal: every operation has a line of its own kind, and a copy two.
    // Method: all operations; names, methods and what is left out.
    #[test]
    fn every_operation_has_its_line() {
        for operation in Operation::ALL {
            if operation.kms_call().is_some() {
                continue;
            }
            let text = line(true, operation, None);
            let lines: Vec<_> = text.lines().collect();
            let copies = matches!(operation, Operation::Copy | Operation::UploadPartCopy);
            assert_eq!(lines.len(), 1 + usize::from(copies), "{operation:?}");
            let name = Shape::of(operation).name;
            assert!(lines[0].contains(&format!(" {name} ")), "{}", lines[0]);
            if copies {
                assert!(lines[1].contains(&format!(" {name}_GET ")), "{}", lines[1]);
            }
        }
        let list = line(true, Operation::List, None);
        let part = " REST.GET.BUCKET - \"GET /?list-type=2&prefix=prefix-0/ HTTP/1.1\" 200 - - - ";
        assert!(list.contains(part), "{list}");
        let refused = line(true, Operation::Copy, Some(&Refusal::PREFIX_SLOW_DOWN));
        assert_eq!(refused.lines().count(), 1);
    }
}
