use super::super::line;
use super::*;
use proptest::prelude::*;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

/// The text of a complete shard of two runs: a head and two rows.
fn text() -> &'static [u8] {
    static TEXT: OnceLock<Vec<u8>> = OnceLock::new();
    TEXT.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        simulate(folder.path(), &work(), shard("1/3"), 1);
        fs::read(folder.path().join("shard-1-of-3.ndjson")).unwrap()
    })
}

/// Ends of whole lines in it.
fn ends() -> Vec<usize> {
    let ends = text().iter().zip(1..).filter(|it| *it.0 == b'\n');
    ends.map(|it| it.1).collect()
}

fn with_journal(text: &[u8]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("shard-1-of-3.journal");
    fs::write(&path, text).unwrap();
    (folder, path)
}

// Goal: whoever is killed at any instant keeps the runs whose lines are whole, and no other; the
// journal can be gone on with, and nothing is doubled.
// Method: cut the journal at every byte; its runs and its text after it was opened.
#[test]
fn a_journal_cut_at_any_byte_keeps_its_whole_lines() {
    let (work, text, ends) = (work(), text(), ends());
    assert_eq!(ends.len(), 3);
    let (folder, path) = with_journal(b"");
    for cut in 0..=text.len() {
        // A file that is cut short and written again would be written to the disk each time.
        fs::remove_file(&path).unwrap();
        fs::write(&path, &text[..cut]).unwrap();
        let opened = journal(folder.path(), &work, shard("1/3"));
        let opened = opened.unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
        let lines = ends.iter().filter(|end| **end <= cut).count();
        assert_eq!(
            opened.done(),
            lines.saturating_sub(1) as u64,
            "cut at {cut}"
        );
        // The head is written anew where it was torn.
        let kept = &text[..ends[lines.max(1) - 1]];
        assert_eq!(
            fs::metadata(&path).unwrap().len(),
            kept.len() as u64,
            "cut at {cut}"
        );
        if ends.iter().any(|end| cut.abs_diff(*end) < 2) {
            drop(opened);
            assert!(fs::read(&path).unwrap() == kept, "cut at {cut}");
            let (again, path) = with_journal(&text[..cut]);
            simulate(again.path(), &work, shard("1/3"), 1);
            assert!(!path.exists());
            let whole = fs::read(again.path().join("shard-1-of-3.ndjson")).unwrap();
            assert!(whole == text, "cut at {cut}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    // Goal: no damage goes unnoticed: a changed byte is told with its file and line, or it ends the
    // last line, which then counts as torn.
    // Method: change any byte to any other.
    #[test]
    fn a_changed_byte_is_told_with_its_line(at in any::<prop::sample::Index>(), by in 1_u8..) {
        let (work, mut bytes) = (work(), text().to_vec());
        let at = at.index(bytes.len());
        bytes[at] ^= by;
        let (folder, path) = with_journal(&bytes);
        let line = 1 + ends().iter().filter(|end| **end <= at).count() as u64;
        match journal(folder.path(), &work, shard("1/3")) {
            Ok(opened) => {
                prop_assert_eq!(at, bytes.len() - 1);
                prop_assert_eq!(opened.done(), 1);
            }
            Err(JournalError::Damaged(damage)) => {
                prop_assert_eq!(&damage.path, &path);
                prop_assert!(damage.line == line, "byte {}: {}", at, damage);
                prop_assert!(fs::read(&path).unwrap() == bytes, "nothing is changed");
            }
            Err(error) => prop_assert!(false, "byte {}: {}", at, error),
        }
    }
}

/// What opening a journal with this text says.
fn refused(text: &[u8]) -> String {
    let (folder, _) = with_journal(text);
    let error = journal(folder.path(), &work(), shard("1/3")).unwrap_err();
    let text = error.to_string();
    text.replace(&folder.path().display().to_string(), "DIR")
}

// Goal: lines that are whole but do not belong there are refused with the reason.
// Method: a row twice, a row of another shard, a second head, no head, another shard's name.
#[test]
fn lines_that_do_not_belong_are_refused() {
    let (text, ends) = (text(), ends());
    let (head, row) = (&text[..ends[0]], &text[ends[0]..ends[1]]);
    let other = {
        let folder = TempDir::new().unwrap();
        simulate(folder.path(), &work(), shard("0/3"), 1);
        fs::read(folder.path().join("shard-0-of-3.ndjson")).unwrap()
    };
    let help = "\n  = help: remove the line, and its run is simulated again; or remove the file";
    let other_row = other.split_inclusive(|it| *it == b'\n').nth(1).unwrap();
    for (text, said) in [
        ([head, row, row].concat(), "3: run 1 stands there twice"),
        ([head, other_row].concat(), "2: run 0 is not of shard 1/3"),
        ([head, head].concat(), "2: a second head"),
        (row.to_vec(), "1: the head is missing"),
        (other, "1: this is shard 0/3 under the name of 1/3"),
        (b"hello\n".to_vec(), "1: not a line of a shard"),
    ] {
        let expected = format!("DIR/shard-1-of-3.journal:{said}{help}");
        assert_eq!(refused(&text), expected);
    }
}

// Goal: shards of another plan are refused, under way or complete, and by merging.
// Method: the shard of a plan with one more quota.
#[test]
fn shards_of_another_plan_are_refused() {
    let quotas = "kms.request-quota=10/s,25/s,90/s,95/s";
    let other = prepared(input(TEXT, &[quotas])).unwrap();
    let (folder, path) = with_journal(text());
    let at_work = journal(folder.path(), &other, shard("1/3")).unwrap_err();
    assert!(matches!(at_work, JournalError::OtherPlan(_)), "{at_work}");
    let complete = folder.path().join("shard-1-of-3.ndjson");
    fs::rename(path, &complete).unwrap();
    let done = Journal::open(folder.path(), &other, shard("1/3")).unwrap_err();
    assert!(
        done.to_string().contains("belongs to another plan"),
        "{done}"
    );
    let merging = Rows::open(folder.path(), &other, false).unwrap_err();
    assert!(matches!(merging, RowsError::OtherPlan(path) if path == complete));
}

// Goal: a complete shard that is cut, or in which a run is missing, is not taken for complete.
// Method: without its last line, and with half of it; opened, and merged.
#[test]
fn a_cut_shard_is_not_complete() {
    let (work, text, ends) = (work(), text(), ends());
    for (cut, merges) in [(ends[1], true), (ends[1] + 9, false)] {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("shard-1-of-3.ndjson"), &text[..cut]).unwrap();
        let error = Journal::open(folder.path(), &work, shard("1/3")).unwrap_err();
        let said = "said to be complete, but 1 of its runs are missing";
        assert!(error.to_string().contains(said), "{error}");
        assert_eq!(Rows::open(folder.path(), &work, false).is_ok(), merges);
    }
}

// Goal: rows of one run that differ are not merged.
// Method: a second division whose row has another count, with a right checksum.
#[test]
fn contradictions_are_refused() {
    let (work, folder) = (work(), TempDir::new().unwrap());
    simulate(folder.path(), &work, shard("1/3"), 1);
    simulate(folder.path(), &work, Shard::WHOLE, 1);
    let path = folder.path().join("shard-0-of-1.ndjson");
    let text = fs::read_to_string(&path).unwrap();
    let change = |line: &str| {
        let Ok(mut row) = line::row(line.as_bytes()) else {
            return format!("{line}\n");
        };
        row.replication.s3.answered.0 += u64::from(row.run.0 == 4);
        line::of_row(&row)
    };
    fs::write(&path, text.lines().map(change).collect::<String>()).unwrap();
    let error = Rows::open(folder.path(), &work, false)
        .unwrap_err()
        .to_string();
    assert!(error.contains("run 4 came out otherwise at "), "{error}");
}

// Goal: two processes never simulate the same shard at the same time.
// Method: open a journal twice; the second may when the first is gone.
#[test]
fn a_journal_has_one_owner() {
    let (work, folder) = (work(), TempDir::new().unwrap());
    let first = journal(folder.path(), &work, Shard::WHOLE).unwrap();
    assert!(first.is_locked());
    let second = journal(folder.path(), &work, Shard::WHOLE).unwrap_err();
    assert!(matches!(second, JournalError::Locked(_)), "{second}");
    journal(folder.path(), &work, shard("0/2")).unwrap();
    drop(first);
    journal(folder.path(), &work, Shard::WHOLE).unwrap();
}
