//! What a run writes down beside its counts: nothing, or what AWS's logs would say.
use super::request::Request;
use crate::assemble::Assembly;
use crate::logs::{LogKind, LogSink, Logs};
use keystorm_models::audit::{
    AccessLog, Caller, CloudTrail, Context, KmsEntry, Object, Place, Requester, S3Entry,
};
use keystorm_models::kms::Call;
use keystorm_models::s3::Refusal;
use keystorm_models::workload::RequestId;
use keystorm_sim::{StreamKey, Streams, Time};
use std::fmt;
use std::io;

/// Is told what a log would have; a run without logs has one that does nothing and costs nothing.
pub(crate) trait Recorder: fmt::Debug {
    /// KMS was called for a request; `error` is its own answer, if that is no key.
    fn kms_call(
        &mut self,
        now: Time,
        request: &Request,
        call: Call,
        asked: AskedFor,
        error: Option<&'static Refusal>,
    );

    /// S3 got an attempt of a request, and answers it at `answered`.
    fn s3_attempt(&mut self, now: Time, request: &Request, answered: Time);

    /// Whether it cannot go on, so that the run need not either.
    fn has_failed(&self) -> bool;
}

/// Who calls KMS, for what.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum AskedFor {
    /// S3, for an object's key.
    Object,
    /// S3, for a Bucket Key.
    BucketKey,
    /// The client, for a key of its own.
    Client,
}

/// Records nothing.
#[derive(Debug)]
pub(crate) struct Silent;

impl Recorder for Silent {
    #[inline(always)]
    fn kms_call(
        &mut self,
        _: Time,
        _: &Request,
        _: Call,
        _: AskedFor,
        _: Option<&'static Refusal>,
    ) {
    }

    #[inline(always)]
    fn s3_attempt(&mut self, _: Time, _: &Request, _: Time) {}

    #[inline(always)]
    fn has_failed(&self) -> bool {
        false
    }
}

/// Bytes of entries that are handed over at a time, about.
const BLOCK: usize = 64 << 10;

/// Writes the logs of one replication, of its measured window: KMS calls by the instant of the
/// call, requests to S3 by the instant of the answer, as they are counted.
#[derive(Debug)]
pub(crate) struct Log {
    from: Time,
    horizon: Time,
    /// By fleet: what ids are drawn from.
    keys: Vec<StreamKey>,
    /// Whose KMS call was the last, and how many it has made.
    last: Option<(u16, RequestId, u8, Caller)>,
    calls: u64,
    audit: Option<Stream<CloudTrail>>,
    access: Option<Stream<AccessLog>>,
    error: Option<io::Error>,
}

/// A writer, what it has written, and where that goes.
struct Stream<W> {
    kind: LogKind,
    writer: W,
    buffer: Vec<u8>,
    sink: Box<dyn LogSink>,
}

impl Log {
    /// The logs of replication number `replication` of a variant, as far as they are wanted.
    pub(crate) fn open(
        assembly: &Assembly,
        replication: u32,
        place: &Place,
        logs: &dyn Logs,
        variant: &str,
    ) -> io::Result<Self> {
        let streams = Streams::new(assembly.seed, u64::from(replication));
        let key = |fleet: &crate::assemble::Fleet| streams.key(&format!("log/{}", fleet.name), 0);
        let audit = logs.open(LogKind::Audit, variant)?;
        let access = logs.open(LogKind::Access, variant)?;
        Ok(Self {
            from: assembly.warm_up,
            horizon: assembly.horizon,
            keys: assembly.fleets.iter().map(key).collect(),
            last: None,
            calls: 0,
            audit: audit.map(|it| Stream::new(LogKind::Audit, CloudTrail::new(place), it)),
            access: access.map(|it| Stream::new(LogKind::Access, AccessLog::new(place), it)),
            error: None,
        })
    }

    /// Hands over what is left, and says that the logs are complete.
    pub(crate) fn finish(self) -> io::Result<()> {
        if let Some(error) = self.error {
            return Err(error);
        }
        self.audit.map_or(Ok(()), Stream::finish)?;
        self.access.map_or(Ok(()), Stream::finish)
    }

    fn key(&self, request: &Request) -> StreamKey {
        self.keys[usize::from(request.fleet)]
    }

    fn object(&self, request: &Request) -> Object {
        let [word, _] = self.key(request).child(request.id.attempt(0)).words();
        Object {
            prefix: request.ask.prefix,
            number: word,
        }
    }

    /// How many KMS calls the same caller has made for the same attempt.
    fn number(&mut self, request: &Request, caller: Caller) -> u64 {
        let whose = Some((request.fleet, request.id, request.attempt, caller));
        self.calls = if self.last == whose {
            self.calls + 1
        } else {
            0
        };
        self.last = whose;
        self.calls
    }

    fn keep(&mut self, result: io::Result<()>) {
        if let (Err(error), None) = (result, &self.error) {
            self.error = Some(error);
        }
    }
}

fn requester(request: &Request) -> Requester {
    Requester {
        role: request.fleet,
        instance: request.ask.instance,
    }
}

impl Recorder for Log {
    fn kms_call(
        &mut self,
        now: Time,
        request: &Request,
        call: Call,
        asked: AskedFor,
        error: Option<&'static Refusal>,
    ) {
        if self.audit.is_none() || now < self.from {
            return;
        }
        let (by, caller, context) = match asked {
            AskedFor::BucketKey => (0, Caller::S3, Context::Bucket),
            AskedFor::Object => (0, Caller::S3, Context::Object(self.object(request))),
            AskedFor::Client => (1, Caller::Client, Context::Cipher),
        };
        let number = self.number(request, caller);
        let id = request.stream(self.key(request)).child(1 + 2 * number + by);
        let entry = KmsEntry {
            at: now,
            call,
            caller,
            requester: requester(request),
            context,
            error,
            ids: [id.words(), id.child(0).words()],
        };
        if let Some(audit) = &mut self.audit {
            let result = audit.add(|writer, out| writer.write(out, &entry));
            self.keep(result);
        }
    }

    fn s3_attempt(&mut self, now: Time, request: &Request, answered: Time) {
        let measured = self.from <= answered && answered < self.horizon;
        if self.access.is_none() || !measured {
            return;
        }
        let total = answered - now;
        let after_first_byte = if request.refusal.is_none() {
            request.service.transfer
        } else {
            keystorm_sim::Span::ZERO
        };
        let id = request.stream(self.key(request)).child(0);
        let entry = S3Entry {
            at: now,
            requester: requester(request),
            operation: request.ask.operation,
            object: self.object(request),
            size: request.ask.size,
            refusal: request.refusal,
            total,
            turn_around: answered.since(now + after_first_byte),
            ids: id.words(),
        };
        if let Some(access) = &mut self.access {
            let result = access.add(|writer, out| writer.write(out, &entry));
            self.keep(result);
        }
    }

    fn has_failed(&self) -> bool {
        self.error.is_some()
    }
}

impl<W> Stream<W> {
    fn new(kind: LogKind, writer: W, sink: Box<dyn LogSink>) -> Self {
        Self {
            kind,
            writer,
            // Room for the entry that fills it.
            buffer: Vec::with_capacity(BLOCK + 4_096),
            sink,
        }
    }

    fn add(&mut self, write: impl FnOnce(&mut W, &mut Vec<u8>)) -> io::Result<()> {
        if !self.buffer.is_empty() {
            self.buffer.extend_from_slice(self.kind.separator());
        }
        write(&mut self.writer, &mut self.buffer);
        if self.buffer.len() < BLOCK {
            return Ok(());
        }
        self.hand_over()
    }

    fn hand_over(&mut self) -> io::Result<()> {
        let result = self.sink.take(&self.buffer);
        self.buffer.clear();
        result
    }

    fn finish(mut self) -> io::Result<()> {
        if !self.buffer.is_empty() {
            self.hand_over()?;
        }
        self.sink.finish()
    }
}

impl<W: fmt::Debug> fmt::Debug for Stream<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("kind", &self.kind)
            .field("writer", &self.writer)
            .finish_non_exhaustive()
    }
}
