//! A corpus of bad scenarios, `tests/bad/*.toml`, each with the message that it gets in `*.txt`.
use keystorm_scenarios::{Overrides, Setting, load};
use std::fs;
use std::path::{Path, PathBuf};

/// Set it to write the messages again, and read them before committing.
const REWRITE: &str = "KEYSTORM_REWRITE";

fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let entries = fs::read_dir(folder).expect("the corpus is part of the repository");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    files
}

/// Options on lines such as `#--set bucket.prefixes=0` of the file.
fn overrides(text: &str) -> Overrides {
    let mut overrides = Overrides::default();
    for line in text.lines() {
        if let Some(setting) = line.strip_prefix("#--set ") {
            let setting = setting
                .parse::<Setting>()
                .expect("the corpus says path=value");
            overrides.settings.push(setting);
        } else if let Some(condition) = line.strip_prefix("#--expect ") {
            overrides.expectations.push(condition.to_owned());
        }
    }
    overrides
}

// Goal: whoever makes a mistake sees at once where it is and what to write.
// Method: compare the message of each bad file with the recorded one.
#[test]
fn bad_scenarios_get_their_recorded_messages() {
    let mut differing = Vec::new();
    let files = corpus();
    assert!(
        files.len() >= 30,
        "the corpus is not where it was: {} files",
        files.len()
    );
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        let Err(found) = load(name, &text, &overrides(&text)) else {
            panic!("{name} is no bad scenario");
        };
        let message = found.render(false);
        let recorded = file.with_extension("txt");
        if std::env::var_os(REWRITE).is_some() {
            fs::write(&recorded, &message).unwrap();
        } else if fs::read_to_string(&recorded).unwrap_or_default() != message {
            differing.push(format!("{name}:\n{message}"));
        }
    }
    assert!(
        differing.is_empty(),
        "{} messages differ from the recorded; set {REWRITE}=1 to record these:\n{}",
        differing.len(),
        differing.join("\n")
    );
}

// Goal: a message names every mistake of its file and its exact place.
// Method: the file with five mistakes; the lines and columns as counted by hand.
#[test]
fn five_mistakes_come_at_once_in_the_order_of_the_file() {
    let text = include_str!("bad/five-mistakes.toml");
    let message = load("five.toml", text, &Overrides::default())
        .unwrap_err()
        .render(false);
    let places: Vec<&str> = message
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--> "))
        .collect();
    assert_eq!(
        places,
        [
            "five.toml:7:11",
            "five.toml:11:10",
            "five.toml:14:14",
            "five.toml:17:31",
            "five.toml:20:1"
        ]
    );
    assert!(
        message.ends_with("5 mistakes in five.toml; nothing was run\n"),
        "{message}"
    );
}
