//! `run --audit`, `--access-log` and `--prices`, end to end.
use crate::tool::{Tool, stderr, stdout};
use flate2::read::GzDecoder;
use std::fs;
use std::io::Read;

const CUT: &str = "--requests-max 3000 --replications 1 -q";

fn records(text: &str) -> Vec<serde_json::Value> {
    let file: serde_json::Value = serde_json::from_str(text).unwrap();
    file["Records"].as_array().unwrap().clone()
}

fn unzipped(tool: &Tool, name: &str) -> String {
    let mut text = String::new();
    let mut file = GzDecoder::new(fs::File::open(tool.path(name)).unwrap());
    file.read_to_string(&mut text).unwrap();
    text
}

// Goal: logs are files as AWS's tools read them, one for each variant, and the record says nothing
// of them.
// Method: a cut quickstart, with logs and without; the counts of the first variant.
#[test]
fn each_variant_has_its_logs() {
    let tool = Tool::new();
    let logs = "--audit logs/trail.json --access-log logs/access.log";
    tool.run(&format!("run quickstart.toml {CUT} {logs} -o a"), 0);
    tool.run(&format!("run quickstart.toml {CUT} -o b"), 0);
    assert!(tool.text("a/record.json") == tool.text("b/record.json"));
    let record = tool.record("a/record.json");
    for variant in &record.variants {
        let word = match variant.name.as_str() {
            "SSE-KMS, Bucket Key" => "SSE-KMS-Bucket-Key",
            name => name,
        };
        let counts = &variant.replications[0];
        let trail = records(&tool.text(&format!("logs/trail.{word}.json")));
        let calls = counts.kms.generate_data_key + counts.kms.decrypt;
        assert_eq!(trail.len() as u64, calls.0, "{word}");
        assert!(tool.path(&format!("logs/access.{word}.log")).exists());
    }
    let files = fs::read_dir(tool.path("logs")).unwrap().count();
    assert_eq!(files, 2 * record.variants.len(), "something was left");
}

// Goal: a log is continued in another file where it is full, each of them whole, and gzipped when
// its name says so; the records are the same.
// Method: one file, and rotated ones, of the one variant that calls KMS most; an older, longer log.
#[test]
fn a_log_is_rotated_and_gzipped() {
    let tool = Tool::new();
    let text = tool.text("quickstart.toml");
    let (scenario, _) = text.split_once("[[variants]]").unwrap();
    tool.put("one.toml", scenario);
    let part = |number: usize| format!("trail.000{number}.json.gz");
    for number in 1..=9 {
        tool.put(&part(number), "of an earlier run, which was longer");
    }
    tool.run(&format!("run one.toml {CUT} --audit trail.json"), 0);
    let rotated = "--audit trail.json.gz --audit-rotate 1MiB --force";
    tool.run(&format!("run one.toml {CUT} {rotated}"), 0);
    let whole = records(&tool.text("trail.json"));
    let mut parts = Vec::new();
    let mut count = 0;
    while tool.path(&part(count + 1)).exists() {
        count += 1;
        let text = unzipped(&tool, &part(count));
        assert!(text.len() < (1 << 20) + 100);
        parts.extend(records(&text));
    }
    assert!((3..9).contains(&count), "{count} files");
    assert!(whole.len() > 2_000);
    assert!(whole == parts, "rotation changes the records");
}

// Goal: nothing is overwritten unasked, and no flag is misread.
// Method: a log that is there; a size that is too small; a name for two logs.
#[test]
fn logs_are_not_overwritten() {
    let tool = Tool::new();
    tool.put("trail.SSE-S3.json", "mine");
    let output = tool.run(&format!("run quickstart.toml {CUT} --audit trail.json"), 2);
    assert!(stderr(&output).contains("trail.SSE-S3.json is there already"));
    assert_eq!(tool.text("trail.SSE-S3.json"), "mine");
    for (flags, words) in [
        ("--audit a.json --audit-rotate 1kB", "at least 1 MiB"),
        ("--audit a.log --access-log a.log", "would hold two logs"),
        ("--audit a.json --audit-rotate 5", "say the unit"),
        ("--audit-rotate 5MiB", "--audit"),
    ] {
        let output = tool.run(&format!("run quickstart.toml {CUT} {flags}"), 2);
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
    assert!(!tool.path("out").exists());
}

// Goal: logs are of one account; with several nothing is written, and it is said why.
// Method: a scenario with another account.
#[test]
fn logs_of_several_accounts_are_refused() {
    let tool = Tool::new();
    let text = tool.text("quickstart.toml");
    let (scenario, _) = text.split_once("[[variants]]").unwrap();
    let fleet = "[fleets.platform]\naccount = \"lake\"\n";
    let scenario = scenario.replacen("[fleets.platform]\n", fleet, 1);
    assert!(scenario.contains(fleet), "{scenario}");
    tool.put("two.toml", &format!("{scenario}\n[other-accounts.lake]\n"));
    let output = tool.run(&format!("run two.toml {CUT} --audit trail.json"), 2);
    assert!(stderr(&output).contains("`other-accounts`"));
    assert!(!tool.path("trail.json").exists());
    tool.run(&format!("run two.toml {CUT}"), 0);
}

// Goal: prices can be taken out, changed and put back, and mistakes in them are shown.
// Method: the printed file changes no cost; one price does; one mistake.
#[test]
fn prices_of_a_file_are_used() {
    let tool = Tool::new();
    let printed = tool.run("facts prices --region eu-west-3 --format toml", 0);
    let text = stdout(&printed);
    tool.put("prices.toml", &text);
    let run = |flags: &str| format!("run quickstart.toml {CUT} {flags}");
    tool.run(&run("-o a"), 0);
    tool.run(&run("-o b --prices prices.toml"), 0);
    let costs = |folder: &str| {
        let record = tool.record(&format!("{folder}/record.json"));
        record.variants[0].costs.clone()
    };
    assert_eq!(costs("a"), costs("b"));
    tool.put("prices.toml", &text.replace("\"$0.03\"", "\"$0.06\""));
    tool.run(&run("-o c --prices prices.toml"), 0);
    let kms = |folder: &str| costs(folder)[0].usd_per_hour;
    assert!((2.0 * kms("a") - kms("c")).abs() < 1e-9);
    let record = tool.record("c/record.json");
    assert!(record.command.ends_with("--prices prices.toml"));
    assert_eq!(record.prices.unwrap().path, "prices.toml");
    tool.put("prices.toml", "[price]\nkms-requestz = \"$1\"\n");
    let output = tool.run(&run("-o d --prices prices.toml"), 2);
    let shown = stderr(&output);
    assert!(shown.contains("prices.toml:2:1"), "{shown}");
    assert!(shown.contains("did you mean `kms-requests`?"), "{shown}");
    let output = tool.run("facts quotas --format toml", 2);
    assert!(stderr(&output).contains("only prices"));
}
