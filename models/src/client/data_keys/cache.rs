use super::lru::{KeyId, Lru};
use keystorm_sim::{Span, Time};

/// How a cache keeps keys.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CacheRules {
    /// Entries of one cache, those to encrypt and those to decrypt with together; 0 is no cache.
    pub capacity: u32,
    /// Age up to which an entry serves, from when its key arrived; zero is no cache.
    pub max_age: Span,
    /// Messages that one data key encrypts, the one that it was fetched for included.
    pub max_messages: u64,
    /// Bytes that one data key encrypts, likewise.
    pub max_bytes: u64,
    /// When entries expire.
    pub expiry: Expiry,
    /// What requests do that miss the same key at the same time.
    pub misses: Misses,
}

/// When the entries of a cache expire.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Expiry {
    /// Each at its own age.
    Each,
    /// All at once, at the age of the cache: it is made by the first request, and thrown away as a
    /// whole. So Parquet keeps its key encryption keys.
    Together,
}

/// What requests do that miss the same key at the same time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Misses {
    /// Each asks KMS, and stores what it gets: N parallel encryptions make N data keys, of which
    /// the last one stays.
    Separate,
    /// One asks, the others wait and then look again.
    Shared(SharedMisses),
}

/// How requests wait for each other's key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SharedMisses {
    /// Time after which a request is no longer waited for: the next one asks itself.
    pub patience: Span,
    /// Time before an entry expires from which on one request at a time asks for it anew, while the
    /// others go on using it.
    pub refresh_ahead: Span,
    /// Keys that are asked for at a time; who needs another one waits.
    pub asked_max: u32,
}

impl CacheRules {
    /// Most messages that may be allowed, and the default.
    pub const MAX_MESSAGES: u64 = 1 << 32;
    /// Most bytes that may be allowed, and the default.
    pub const MAX_BYTES: u64 = i64::MAX as u64;

    /// Whether anything is kept at all.
    #[must_use]
    pub fn keep(&self) -> bool {
        self.capacity > 0 && self.max_age > Span::ZERO
    }
}

/// What a request needs a key for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyWanted {
    /// To encrypt `bytes` bytes under encryption context (or branch key, or master key) number
    /// `context`.
    Encrypt {
        /// Its number.
        context: u32,
        /// Length of the message \[bytes\].
        bytes: u64,
    },
    /// To decrypt what is under encrypted key number `key`: a data key, a version of a branch key,
    /// a key encryption key. Neither messages nor bytes are limited.
    Decrypt {
        /// Its number.
        key: u32,
    },
}

impl KeyWanted {
    const fn id(self) -> KeyId {
        match self {
            Self::Encrypt { context, .. } => KeyId::encrypt(context),
            Self::Decrypt { key } => KeyId::decrypt(key),
        }
    }

    /// Messages and bytes that count against the limits of a key.
    const fn counts(self) -> (u64, u64) {
        match self {
            Self::Encrypt { bytes, .. } => (1, bytes),
            Self::Decrypt { .. } => (0, 0),
        }
    }
}

/// What a cache says to a request for a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lookup {
    /// The cache has it, and has counted the use.
    Use,
    /// It has not: the client asks KMS, and says how that ended ([`KeyCache::store`],
    /// [`KeyCache::failed`]).
    Miss,
    /// Another request has asked: this one looks again when a request of the cache has ended, or
    /// after the patience.
    Wait,
}

/// Keys in plaintext in a client's memory: data keys, branch keys or key encryption keys.
///
/// Its limits and their order are those of the AWS Encryption SDK's caching cryptographic materials
/// manager and of its local cache, as the Java implementation has them:
/// - A use is counted before limits are looked at; if it would exceed one, the entry goes, and the
///   request asks for a new key. The first use of a key is exempt, but counts.
/// - A message of `max_bytes` or more passes by the cache: it neither reads nor stores.
/// - An entry of exactly `max_age` still serves. Before each access up to ten older entries go, the
///   oldest first; beyond the capacity the one that was used longest ago goes.
/// - What was cached by an encryption serves no decryption.
///
/// Where other SDKs differ, Java's rules hold: Python evicts in the order in which keys were first
/// stored; Python and JavaScript count a message that is too long before they find that it is.
///
/// # Source
/// aws-encryption-sdk-java, `CachingCryptoMaterialsManager` and `LocalCryptoMaterialsCache`;
/// aws-encryption-sdk-python, `caches/local.py`; aws-encryption-sdk-javascript, `cache-material`,
/// and its issue 1665; aws-encryption-sdk-specification, "Storm Tracking Cryptographic Materials
/// Cache" ([`Misses::Shared`]); parquet-java, `TwoLevelCacheWithExpiration`
/// ([`Expiry::Together`]); all read 2026-11-26. Age is compared in nanoseconds here, in
/// milliseconds or seconds there.
#[derive(Clone, Debug)]
pub struct KeyCache {
    rules: CacheRules,
    entries: Lru<Entry>,
    /// Keys that are asked for and since when; only where misses are shared. As many as there are
    /// requests that have missed at most.
    asked: Vec<(KeyId, Time)>,
    /// When all entries expire together.
    until: Time,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    stored: Time,
    messages: u64,
    bytes: u64,
}

impl KeyCache {
    /// Expired entries that one access removes at most.
    const PRUNED_MAX: u32 = 10;

    /// An empty cache.
    #[must_use]
    pub const fn new(rules: CacheRules) -> Self {
        Self {
            rules,
            entries: Lru::new(rules.capacity),
            asked: Vec::new(),
            until: Time::ZERO,
        }
    }

    /// A request needs a key.
    pub fn look_up(&mut self, now: Time, wanted: KeyWanted) -> Lookup {
        if self.passes_by(wanted) {
            return Lookup::Miss;
        }
        self.expire(now);
        let id = wanted.id();
        let left = self.use_entry(now, wanted);
        match self.rules.misses {
            Misses::Separate => left.map_or(Lookup::Miss, |_| Lookup::Use),
            Misses::Shared(shared) => self.share(now, id, left, shared),
        }
    }

    /// The key that a request asked for has arrived.
    pub fn store(&mut self, now: Time, wanted: KeyWanted) {
        if self.passes_by(wanted) {
            return;
        }
        let id = wanted.id();
        self.asked.retain(|it| it.0 != id);
        self.entries.remove(id);
        self.expire(now);
        let (messages, bytes) = wanted.counts();
        let entry = Entry {
            stored: now,
            messages,
            bytes,
        };
        self.entries.put(id, entry);
    }

    /// The key that a request asked for will not arrive.
    pub fn failed(&mut self, wanted: KeyWanted) {
        if !self.passes_by(wanted) {
            let id = wanted.id();
            self.asked.retain(|it| it.0 != id);
        }
    }

    /// Forgets everything: another invocation begins, with a cache of its own.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.asked.clear();
        self.until = Time::ZERO;
    }

    /// Entries held, whether they still serve or not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn passes_by(&self, wanted: KeyWanted) -> bool {
        !self.rules.keep() || wanted.counts().1 >= self.rules.max_bytes
    }

    /// Counts a use of an entry; the time it has left, if it serves. If not, it goes.
    fn use_entry(&mut self, now: Time, wanted: KeyWanted) -> Option<Span> {
        let entry = self.entries.get(wanted.id())?;
        let (messages, bytes) = wanted.counts();
        entry.messages += messages;
        entry.bytes = entry.bytes.saturating_add(bytes);
        let ends = match self.rules.expiry {
            Expiry::Each => entry.stored + self.rules.max_age,
            Expiry::Together => self.until,
        };
        let serves = now <= ends
            && entry.messages <= self.rules.max_messages
            && entry.bytes <= self.rules.max_bytes;
        if !serves {
            self.entries.remove(wanted.id());
            return None;
        }
        Some(ends - now)
    }

    /// The answer where misses are shared, to a request whose entry has time `left`.
    fn share(&mut self, now: Time, id: KeyId, left: Option<Span>, shared: SharedMisses) -> Lookup {
        if left.is_some_and(|it| it >= shared.refresh_ahead) {
            return Lookup::Use;
        }
        let otherwise = if left.is_some() {
            Lookup::Use
        } else {
            Lookup::Wait
        };
        if let Some(asked) = self.asked.iter_mut().find(|it| it.0 == id) {
            if now.since(asked.1) < shared.patience {
                return otherwise;
            }
            asked.1 = now;
        } else {
            if self.asked.len() >= shared.asked_max as usize {
                return otherwise;
            }
            self.asked.push((id, now));
        }
        Lookup::Miss
    }

    /// Removes what has expired: all, or the oldest entries.
    fn expire(&mut self, now: Time) {
        if self.rules.expiry == Expiry::Together {
            if now > self.until || self.until == Time::ZERO {
                self.entries.clear();
                self.until = now + self.rules.max_age;
            }
            return;
        }
        for _ in 0..Self::PRUNED_MAX {
            match self.entries.oldest() {
                Some(entry) if now.since(entry.stored) > self.rules.max_age => {
                    self.entries.remove_oldest();
                }
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests;
