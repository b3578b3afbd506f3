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
    pub(super) len: u32,
}

impl Bucket {
    pub(super) const EMPTY: Self = Self {
        cursor: (NONE + 1) * CHUNK,
        len: 0,
    };
}

/// The chunks of all lists. A freed chunk is the next one used: its lines are still cached.
#[derive(Clone, Debug)]
pub(super) struct Pool<E> {
    entries: Vec<Entry<E>>,
    /// For each chunk: the full chunk before it in its list, or the free chunk after it.
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
            bucket.cursor = self.open_chunk(bucket.cursor, entry);
        }
        self.entries[bucket.cursor as usize] = entry;
        bucket.cursor += 1;
        bucket.len += 1;
    }

    /// A chunk to go on with after the one that ends at `full`; returns where it begins.
    #[inline(never)]
    fn open_chunk(&mut self, full: u32, filler: Entry<E>) -> u32 {
        let before = full / CHUNK - 1;
        if self.free != NONE {
            let chunk = self.free;
            let link = &mut self.links[chunk as usize];
            self.free = std::mem::replace(link, before);
            return chunk * CHUNK;
        }
        if self.links.is_empty() {
            self.links.push(NONE);
            self.entries.extend([filler; CHUNK as usize]);
        }
        self.links.push(before);
        let begin = u32::try_from(self.entries.len()).expect("at most 2^32 events are pending");
        self.entries.extend([filler; CHUNK as usize]);
        begin
    }

    /// Hands out all entries, the latest first, together with the pool to put them back into.
    #[inline]
    pub(super) fn drain(&mut self, bucket: Bucket, mut take: impl FnMut(&mut Self, Entry<E>)) {
        let mut end = bucket.cursor;
        while end > CHUNK {
            let chunk = (end - 1) / CHUNK;
            for index in (chunk * CHUNK..end).rev() {
                let entry = self.entries[index as usize];
                take(self, entry);
            }
            let before = std::mem::replace(&mut self.links[chunk as usize], self.free);
            self.free = chunk;
            end = (before + 1) * CHUNK;
        }
    }

    /// Shows all entries, the latest first.
    #[inline]
    pub(super) fn for_each(&self, bucket: Bucket, mut show: impl FnMut(&Entry<E>)) {
        let mut end = bucket.cursor;
        while end > CHUNK {
            let chunk = (end - 1) / CHUNK;
            let entries = &self.entries[(chunk * CHUNK) as usize..end as usize];
            entries.iter().rev().for_each(&mut show);
            end = (self.links[chunk as usize] + 1) * CHUNK;
        }
    }
}
