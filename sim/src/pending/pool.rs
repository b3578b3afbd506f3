//! Lists of entries in chunks of one pool: memory follows the number of entries, not of lists.

use super::entry::Entry;

/// Entries of a chunk: 384 bytes with the largest entries, six cache lines in a row.
const CHUNK: u32 = 16;
/// The chunk that is none.
const NONE: u32 = 0;

/// A list of entries that is filled at its end and emptied as a whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    /// Where the next entry goes; at the end of a full chunk, a new chunk comes first.
    cursor: u32,
    /// Where the first entry is.
    begin: u32,
    pub(super) len: u32,
}

impl Bucket {
    pub(super) const EMPTY: Self = Self {
        cursor: (NONE + 1) * CHUNK,
        begin: 0,
        len: 0,
    };
}

/// The chunks of all lists. A freed chunk is the next one used: its lines are still cached.
#[derive(Clone, Debug)]
pub(super) struct Pool<E> {
    entries: Vec<Entry<E>>,
    /// For each chunk: the one after it, in its list or among the free ones.
    links: Vec<u32>,
    free: u32,
}

impl<E: Copy> Pool<E> {
    pub(super) const fn new() -> Self {
        Self {
            entries: Vec::new(),
            links: Vec::new(),
            free: NONE,
        }
    }

    #[inline]
    pub(super) fn append(&mut self, bucket: &mut Bucket, entry: Entry<E>) {
        if bucket.cursor.is_multiple_of(CHUNK) {
            // Part by part: an entry whose address is taken is written in parts and read whole,
            // which stalls.
            self.open_chunk(bucket, entry.time, entry.order, entry.event);
        }
        self.entries[bucket.cursor as usize] = entry;
        bucket.cursor += 1;
        bucket.len += 1;
    }

    /// A chunk for the bucket to go on with.
    #[inline(never)]
    fn open_chunk(&mut self, bucket: &mut Bucket, time: u64, order: u64, event: E) {
        let filler = Entry { time, order, event };
        if self.links.is_empty() {
            self.links.push(NONE);
            self.entries.extend([filler; CHUNK as usize]);
        }
        let begin = if self.free == NONE {
            let begin = u32::try_from(self.entries.len()).expect("at most 2^32 events are pending");
            self.links.push(NONE);
            self.entries.extend([filler; CHUNK as usize]);
            begin
        } else {
            let chunk = self.free;
            self.free = self.links[chunk as usize];
            chunk * CHUNK
        };
        // The link of no chunk is written, too, and never read.
        self.links[(bucket.cursor / CHUNK - 1) as usize] = begin / CHUNK;
        if bucket.len == 0 {
            bucket.begin = begin;
        }
        bucket.cursor = begin;
    }

    /// Hands out all entries as they were appended, together with the pool to put them back into.
    #[inline]
    pub(super) fn drain(&mut self, bucket: Bucket, mut take: impl FnMut(&mut Self, Entry<E>)) {
        let (mut begin, mut rest) = (bucket.begin, bucket.len);
        while rest > 0 {
            let count = rest.min(CHUNK);
            for index in begin..begin + count {
                let entry = self.entries[index as usize];
                take(self, entry);
            }
            let chunk = begin / CHUNK;
            let after = std::mem::replace(&mut self.links[chunk as usize], self.free);
            self.free = chunk;
            begin = after * CHUNK;
            rest -= count;
        }
    }

    /// Shows all entries as they were appended.
    #[inline]
    pub(super) fn for_each(&self, bucket: Bucket, mut show: impl FnMut(&Entry<E>)) {
        let (mut begin, mut rest) = (bucket.begin, bucket.len);
        while rest > 0 {
            let count = rest.min(CHUNK);
            let entries = &self.entries[begin as usize..(begin + count) as usize];
            entries.iter().for_each(&mut show);
            // The last chunk's link leads nowhere.
            begin = self.links[(begin / CHUNK) as usize].wrapping_mul(CHUNK);
            rest -= count;
        }
    }
}
