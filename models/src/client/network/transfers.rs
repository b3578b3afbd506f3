use crate::workload::Operation;

/// How a transfer manager moves an object.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TransferRules {
    /// Smallest object that is moved in parts \[bytes\].
    pub parts_from: u64,
    /// Size of a part \[bytes\]; larger where the object would have too many.
    pub part: u64,
    /// How parts grow when an upload would have too many.
    pub growth: PartGrowth,
    /// Requests under way at a time, of all transfers of the manager together.
    pub at_once: u32,
    /// What comes before a download's bytes.
    pub download: DownloadBegins,
}

/// How parts grow where there would be more than [`TransferRules::PARTS_MAX`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PartGrowth {
    /// They double.
    Doubles,
    /// They become as large as needed.
    Fits,
}

/// How a manager learns how large an object is that it downloads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DownloadBegins {
    /// It asks with a HEAD.
    WithHead,
    /// It reads a first range alone, whose answer says so.
    WithFirstRange,
    /// It does not ask: one GET reads the object.
    WithAll,
}

/// Which way an object goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// To S3.
    Upload,
    /// From S3.
    Download,
}

/// Requests of one kind that a transfer makes, any of which may come first; the next stage begins
/// when all have ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stage {
    /// What is asked.
    pub operation: Operation,
    /// How many requests, at least one.
    pub count: u64,
    /// What each moves, but for the last \[bytes\].
    pub bytes: u64,
    /// What the last moves \[bytes\].
    pub last_bytes: u64,
    /// How many are under way at a time.
    pub at_once: u32,
}

/// The stages of a transfer, in order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stages {
    stages: [Option<Stage>; 3],
}

impl Stages {
    fn new(stages: [Option<Stage>; 3]) -> Self {
        Self { stages }
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Stage> {
        self.stages.into_iter().flatten()
    }
}

impl Stage {
    fn one(operation: Operation, bytes: u64) -> Self {
        Self {
            operation,
            count: 1,
            bytes,
            last_bytes: bytes,
            at_once: 1,
        }
    }

    /// `bytes` in pieces of `part`.
    fn pieces(operation: Operation, bytes: u64, part: u64, at_once: u32) -> Self {
        let count = bytes.div_ceil(part).max(1);
        Self {
            operation,
            count,
            bytes: part.min(bytes),
            last_bytes: bytes - (count - 1) * part,
            at_once: at_once.min(u32::try_from(count).unwrap_or(u32::MAX)),
        }
    }

    /// Bytes of all its requests.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        (self.count - 1) * self.bytes + self.last_bytes
    }
}

impl TransferRules {
    /// Most parts that an upload has.
    ///
    /// # Source
    /// Amazon S3 User Guide, "Amazon S3 multipart upload limits".
    pub const PARTS_MAX: u64 = 10_000;

    /// The requests that moving an object of so many bytes makes.
    #[must_use]
    pub fn stages(&self, direction: Direction, size: u64) -> Stages {
        match direction {
            Direction::Upload => self.upload(size),
            Direction::Download => self.download(size),
        }
    }

    fn upload(&self, size: u64) -> Stages {
        if size < self.parts_from {
            return Stages::new([Some(Stage::one(Operation::Put, size)), None, None]);
        }
        let part = self.part_of(size);
        Stages::new([
            Some(Stage::one(Operation::CreateMultipartUpload, 0)),
            Some(Stage::pieces(
                Operation::UploadPart,
                size,
                part,
                self.at_once,
            )),
            Some(Stage::one(Operation::CompleteMultipartUpload, 0)),
        ])
    }

    fn download(&self, size: u64) -> Stages {
        match self.download {
            DownloadBegins::WithAll => {
                Stages::new([Some(Stage::one(Operation::Get, size)), None, None])
            }
            DownloadBegins::WithHead => {
                let bytes = if size < self.parts_from {
                    Stage::one(Operation::Get, size)
                } else {
                    Stage::pieces(Operation::RangedGet, size, self.part, self.at_once)
                };
                Stages::new([Some(Stage::one(Operation::Head, 0)), Some(bytes), None])
            }
            DownloadBegins::WithFirstRange => {
                let first = size.min(self.part);
                let rest = size - first;
                let rest = (rest > 0)
                    .then(|| Stage::pieces(Operation::RangedGet, rest, self.part, self.at_once));
                Stages::new([Some(Stage::one(Operation::RangedGet, first)), rest, None])
            }
        }
    }

    /// Size of an upload's parts.
    fn part_of(&self, size: u64) -> u64 {
        let mut part = self.part;
        match self.growth {
            PartGrowth::Doubles => {
                while size.div_ceil(part) > Self::PARTS_MAX {
                    part *= 2;
                }
                part
            }
            PartGrowth::Fits => part.max(size.div_ceil(Self::PARTS_MAX)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::{Manager, transfer_rules};
    use proptest::prelude::*;

    const MIB: u64 = 1 << 20;

    fn told(manager: Manager, direction: Direction, size: u64) -> Vec<(Operation, u64, u64, u32)> {
        let stages = transfer_rules(manager).value.stages(direction, size);
        let told = |it: Stage| (it.operation, it.count, it.last_bytes, it.at_once);
        stages.iter().map(told).collect()
    }

    // Goal: each manager makes the requests that its source text makes.
    // Method: sizes on both sides of the threshold, up and down, by hand.
    #[test]
    fn managers_ask_what_their_sources_say() {
        use Operation::{
            CompleteMultipartUpload, CreateMultipartUpload, Get, Head, Put, RangedGet, UploadPart,
        };
        let (up, down) = (Direction::Upload, Direction::Download);
        let python = Manager::S3transfer;
        assert_eq!(told(python, up, 8 * MIB - 1), [(Put, 1, 8 * MIB - 1, 1)]);
        assert_eq!(
            told(python, up, 20 * MIB),
            [
                (CreateMultipartUpload, 1, 0, 1),
                (UploadPart, 3, 4 * MIB, 3),
                (CompleteMultipartUpload, 1, 0, 1),
            ]
        );
        assert_eq!(
            told(python, down, 8 * MIB - 1),
            [(Head, 1, 0, 1), (Get, 1, 8 * MIB - 1, 1)]
        );
        assert_eq!(
            told(python, down, 800 * MIB),
            [(Head, 1, 0, 1), (RangedGet, 100, 8 * MIB, 10)]
        );
        assert_eq!(told(Manager::Go, up, 5 * MIB), [(Put, 1, 5 * MIB, 1)]);
        assert_eq!(told(Manager::Go, up, 5 * MIB + 1)[1], (UploadPart, 2, 1, 2));
        assert_eq!(
            told(Manager::Go, down, 51 * MIB),
            [(RangedGet, 1, 5 * MIB, 1), (RangedGet, 10, MIB, 5)]
        );
        assert_eq!(told(Manager::Crt, down, MIB), [(RangedGet, 1, MIB, 1)]);
        assert_eq!(told(Manager::Crt, up, 8 * MIB), [(Put, 1, 8 * MIB, 1)]);
        assert_eq!(
            told(Manager::S3a, down, 800 * MIB),
            [(Get, 1, 800 * MIB, 1)]
        );
        // 10,001 parts of 8 MiB: s3transfer doubles them, the CRT makes them fit.
        let large = 80_001 * MIB;
        assert_eq!(told(python, up, large)[1], (UploadPart, 5_001, MIB, 10));
        assert_eq!(told(Manager::Crt, up, large)[1].1, 10_000);
    }

    proptest! {
        // Goal: every byte is moved once, in no more parts than S3 takes.
        // Method: random sizes up to 5 TiB, every manager, up and down.
        #[test]
        fn every_byte_is_moved_once(size in 0_u64..(5 << 40), small in 0_u64..(64 << 20)) {
            for manager in Manager::ALL {
                for size in [size, small] {
                    for direction in [Direction::Upload, Direction::Download] {
                        let stages = transfer_rules(manager).value.stages(direction, size);
                        let moved: u64 = stages.iter().map(|it| it.total_bytes()).sum();
                        prop_assert_eq!(moved, size);
                        for stage in stages.iter() {
                            prop_assert!(stage.count >= 1 && stage.last_bytes <= stage.bytes);
                            prop_assert!(u64::from(stage.at_once) <= stage.count);
                            if direction == Direction::Upload {
                                prop_assert!(stage.count <= TransferRules::PARTS_MAX);
                            }
                        }
                    }
                }
            }
        }
    }
}
