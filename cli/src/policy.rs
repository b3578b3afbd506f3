//! `keystorm policy`: would a bucket policy let this request pass, and which traps is it in?
mod questions;
mod words;

use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::{print, scenario};
use keystorm_scenarios::policy::{self, Answer, Found};
use serde::Serialize;
use std::fs;
use std::path::PathBuf;

/// Say whether a bucket policy lets a request pass, by which statement, and which traps it is in
///
/// Reads a policy as AWS has it, in JSON, and evaluates it as S3 does, before default encryption
/// is applied: Deny before Allow, every condition operator, absent keys, sets, variables. What S3
/// shows a policy of a request follows from the flags. Without a request the policy is only read
/// and searched for traps.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    /// The policy's file
    #[arg(value_name = "POLICY", value_hint = clap::ValueHint::FilePath)]
    policy: PathBuf,

    #[command(flatten)]
    request: questions::Request,

    /// How to print the answer
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// For people
    Table,
    /// One object with `answers` and `lint`
    Json,
}

const AFTER: &str = "\
Examples:
  keystorm policy bucket.json                          only search it for traps
  keystorm policy bucket.json --operation PutObject
  keystorm policy bucket.json --operation PutObject \\
    --header x-amz-server-side-encryption=aws:kms
  keystorm policy bucket.json --operation GetObject --http
  keystorm policy bucket.json --operation PutObject --service logging.s3.amazonaws.com
  keystorm policy bucket.json --request '{\"operation\": \"GetObject\", \"tls-version\": \"1.1\"}'
  keystorm policy bucket.json --requests requests.jsonl --format json

Exit codes:
  0    every request passes; or there is none, and the policy can be read
  1    internal error, or the answer cannot be printed
  2    the policy, a request or a flag is wrong; every mistake was reported
  10   a request is denied";

/// Everything that is said about a policy, as JSON has it.
#[derive(Serialize)]
struct Said {
    policy: String,
    answers: Vec<Answer>,
    lint: Vec<Found>,
}

/// Reads the policy, asks it, and prints its answers and its traps.
pub(crate) fn policy(args: &Args, color: When) -> Result<Outcome, Failure> {
    let name = args.policy.display().to_string();
    let help = "`aws s3api get-bucket-policy --query Policy --output text` prints one";
    let text = fs::read_to_string(&args.policy)
        .map_err(|error| scenario::unreadable(&args.policy, &error, help))?;
    let read = policy::read(&name, &text)
        .map_err(|found| Failure::Diagnostics(found.render(color.colors(&std::io::stderr()))))?;
    let mut answers = Vec::new();
    for (place, question) in args.request.questions()? {
        let answer = question.ask(&read, Some(jiff::Timestamp::now()));
        answers.push(answer.map_err(|why| Failure::Input(format!("{place}: {why}")))?);
    }
    let lint = Found::all(&read, &text);
    let is_denied = answers.iter().any(|answer| !answer.allowed);
    let all = Said {
        policy: name,
        answers,
        lint,
    };
    print::result(&match args.format {
        Format::Table => words::all(&all, color.colors(&std::io::stdout())),
        Format::Json => serde_json::to_string_pretty(&all).expect("answers are JSON") + "\n",
    })?;
    Ok(if is_denied {
        Outcome::Breached
    } else {
        Outcome::Fine
    })
}
