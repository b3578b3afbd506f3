//! Names of the files in the folder of a sweep.
use super::shard::Shard;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Name of the plan's file.
pub const PLAN_FILE: &str = "sweep.json";

/// Ending of the file of a complete shard.
const COMPLETE: &str = ".ndjson";
/// Ending of the file of a shard that is under way.
const UNDER_WAY: &str = ".journal";

/// Name of the file of a complete shard, such as `shard-3-of-40.ndjson`.
#[must_use]
pub fn shard_name(shard: Shard) -> String {
    format!("shard-{}-of-{}{COMPLETE}", shard.index(), shard.count())
}

/// Name of its file while it is under way, such as `shard-3-of-40.journal`.
#[must_use]
pub fn journal_name(shard: Shard) -> String {
    format!("shard-{}-of-{}{UNDER_WAY}", shard.index(), shard.count())
}

/// The files of shards in a folder, complete ones and those under way, each with its shard: in the
/// order of counts and indices.
///
/// # Errors
/// If the folder cannot be read.
pub fn shard_files(folder: &Path) -> io::Result<(Vec<ShardFile>, Vec<ShardFile>)> {
    let (mut complete, mut under_way) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|it| it.to_str()) else {
            continue;
        };
        if let Some(shard) = shard_of(name, COMPLETE) {
            complete.push((shard, path));
        } else if let Some(shard) = shard_of(name, UNDER_WAY) {
            under_way.push((shard, path));
        }
    }
    let order = |it: &ShardFile| (it.0.count(), it.0.index());
    complete.sort_by_key(order);
    under_way.sort_by_key(order);
    Ok((complete, under_way))
}

/// A shard and the path of its file.
pub type ShardFile = (Shard, PathBuf);

fn shard_of(name: &str, ending: &str) -> Option<Shard> {
    let (index, count) = name
        .strip_suffix(ending)?
        .strip_prefix("shard-")?
        .split_once("-of-")?;
    format!("{index}/{count}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: names of shards are read back, and nothing else is taken for one.
    // Method: both names of a shard; other names.
    #[test]
    fn names_of_shards_are_read_back() {
        let shard: Shard = "3/40".parse().unwrap();
        assert_eq!(shard_of(&shard_name(shard), COMPLETE), Some(shard));
        assert_eq!(shard_of(&journal_name(shard), UNDER_WAY), Some(shard));
        assert_eq!(shard_of(&journal_name(shard), COMPLETE), None);
        for name in [
            "shard-40-of-40.ndjson",
            "shard-a-of-4.ndjson",
            "shard-1.ndjson",
            "x",
        ] {
            assert_eq!(shard_of(name, COMPLETE), None, "{name}");
        }
    }
}
