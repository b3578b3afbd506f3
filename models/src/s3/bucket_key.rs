use keystorm_sim::draw::{below, uniform_span, unit};
use keystorm_sim::{Rng, Span, Time};

/// Which Bucket Key a request needs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyUse {
    /// The one that new objects get: of a write, and of all that belongs to an upload.
    Write,
    /// The one under which the object was written that is read.
    Read,
}

/// How S3 keeps Bucket Keys.
#[derive(Clone, Copy, Debug)]
pub struct BucketKeyRules {
    /// Time that a key with which objects are read is kept after KMS has decrypted it.
    pub lifetime: Span,
    /// Time that new objects get the same key, from the call that made it.
    pub write_lifetime: Span,
    /// Independent caches of each requester, at least 1.
    pub caches: u32,
    /// Distinct keys under which the objects that are read were written, at least 1.
    pub keys_read: u32,
}

/// The Bucket Keys that S3 keeps in plaintext, for a limited time.
///
/// A requester's request needs one Bucket Key: a write the one that new objects get, a read the one
/// under which the object was written. S3 keeps several independent caches; the first request in
/// one of them after a key has expired calls KMS, the others do not.
///
/// Lifetimes, number of caches and number of keys that are read are parameters. Requests that need
/// the same key while S3 asks for it neither wait nor ask again (not published: assumed).
///
/// # Source
/// Amazon S3 User Guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys", read 2026-04-13
/// (time-limited; fetched at least once per requester; no number given); re:Post
/// `QU5RNQiZksQ9GWMxBYbRcNAw`, about 2023 (a read decrypts the key its object was written under).
#[derive(Clone, Debug)]
pub struct BucketKeys {
    rules: BucketKeyRules,
    /// When each key expires: by requester, cache, and key (0 for writing, then those read).
    expires: Vec<Time>,
}

impl BucketKeys {
    /// Caches of all `requesters`, with nothing in them.
    #[must_use]
    pub fn new(requesters: u32, rules: BucketKeyRules) -> Self {
        let per_requester = rules.caches as usize * (rules.keys_read as usize + 1);
        Self {
            rules,
            expires: vec![Time::ZERO; requesters as usize * per_requester],
        }
    }

    /// Keys of one cache: the one for writing, and those that are read.
    fn keys(&self) -> usize {
        self.rules.keys_read as usize + 1
    }

    /// Fills a requester's caches as if it had asked for long, at these rates \[1/s\].
    ///
    /// With requests at rate r for one key and a lifetime T, the key is at hand the share
    /// rT / (1 + rT) of the time, and what is left of its life is uniform on \[0, T).
    pub fn warm_up(&mut self, requester: u32, read_rate: f64, write_rate: f64, rng: &mut Rng) {
        let keys = self.keys();
        let rules = self.rules;
        let per_requester = rules.caches as usize * keys;
        let from = requester as usize * per_requester;
        let caches = f64::from(rules.caches);
        for (place, expires) in self.expires[from..from + per_requester]
            .iter_mut()
            .enumerate()
        {
            let (rate, lifetime) = if place.is_multiple_of(keys) {
                (write_rate / caches, rules.write_lifetime)
            } else {
                let rate = read_rate / (caches * f64::from(rules.keys_read));
                (rate, rules.lifetime)
            };
            let uses = rate * lifetime.as_secs_f64();
            let at_hand = unit(rng) * (1.0 + uses) < uses;
            let left = uniform_span(rng, lifetime);
            if at_hand {
                *expires = Time::ZERO + left;
            }
        }
    }

    /// The place of the key that a request needs: draws the cache it meets and the key of its
    /// object, two numbers of the stream.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "an index of a vector in memory"
    )]
    #[inline]
    pub fn place(&self, requester: u32, key_use: KeyUse, rng: &mut Rng) -> usize {
        let cache = below(rng, u64::from(self.rules.caches)) as usize;
        let read = 1 + below(rng, u64::from(self.rules.keys_read)) as usize;
        let key = match key_use {
            KeyUse::Write => 0,
            KeyUse::Read => read,
        };
        (requester as usize * self.rules.caches as usize + cache) * self.keys() + key
    }

    /// Whether the key at `place` is at hand.
    #[inline]
    #[must_use]
    pub fn holds(&self, place: usize, now: Time) -> bool {
        now < self.expires[place]
    }

    /// KMS has given the key at `place`.
    #[inline]
    pub fn store(&mut self, place: usize, now: Time) {
        let lifetime = if place.is_multiple_of(self.keys()) {
            self.rules.write_lifetime
        } else {
            self.rules.lifetime
        };
        self.expires[place] = now + lifetime;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keystorm_sim::Streams;

    fn rules(caches: u32, keys_read: u32, lifetime: Span) -> BucketKeyRules {
        BucketKeyRules {
            lifetime,
            write_lifetime: lifetime,
            caches,
            keys_read,
        }
    }

    // Goal: a key is at hand for its lifetime, in its own cache, for its own requester.
    // Method: store one key and look at it and at its neighbours.
    #[test]
    fn a_key_is_kept_for_its_lifetime_in_its_own_place() {
        let mut keys = BucketKeys::new(2, rules(3, 4, Span::from_secs(10)));
        let mut rng = Streams::new(1, 0).key("bucket-keys", 0).rng();
        let place = keys.place(1, KeyUse::Write, &mut rng);
        assert!(!keys.holds(place, Time::ZERO));
        keys.store(place, Time::from_secs(1));
        assert!(keys.holds(place, Time::from_secs(10)));
        assert!(!keys.holds(place, Time::from_secs(11)));
        let others = (0..30).filter(|&other| other != place);
        assert!(
            others
                .into_iter()
                .all(|other| !keys.holds(other, Time::from_secs(5)))
        );
    }

    // Goal: the key for new objects lives its own time, those for reading theirs.
    // Method: store one of each and look just before and at the end of each life.
    #[test]
    fn a_key_for_writing_has_a_life_of_its_own() {
        let mut keys = BucketKeys::new(
            2,
            BucketKeyRules {
                write_lifetime: Span::from_secs(3),
                ..rules(3, 4, Span::from_secs(10))
            },
        );
        let mut rng = Streams::new(3, 0).key("bucket-keys", 0).rng();
        for (key_use, lifetime) in [(KeyUse::Write, 3), (KeyUse::Read, 10)] {
            let place = keys.place(1, key_use, &mut rng);
            keys.store(place, Time::ZERO);
            assert!(keys.holds(place, Time::from_secs(lifetime - 1)));
            assert!(!keys.holds(place, Time::from_secs(lifetime)));
        }
    }

    // Goal: the miss share agrees with theory: with Poisson requests at rate r per place and a
    // lifetime T that use does not prolong, 1 / (1 + rT).
    // Method: one cache, one key, 200,000 requests at rT = 4; misses are renewals, so their share
    // has a standard error below 0.5 %; 4.4 of it are allowed (chance 1e-5).
    #[test]
    fn misses_agree_with_theory() {
        const REQUESTS: u32 = 200_000;
        let mut keys = BucketKeys::new(1, rules(1, 1, Span::from_secs(4)));
        let mut rng = Streams::new(2, 0).key("bucket-keys", 0).rng();
        let (mut now, mut misses) = (Time::ZERO, 0);
        for _ in 0..REQUESTS {
            now += keystorm_sim::draw::exponential(&mut rng, Span::from_secs(1));
            let place = keys.place(0, KeyUse::Read, &mut rng);
            if !keys.holds(place, now) {
                misses += 1;
                keys.store(place, now);
            }
        }
        let share = f64::from(misses) / f64::from(REQUESTS);
        assert!((share - 0.2).abs() < 4.4 * 0.005 * 0.2, "{share}");
    }
}
