use crate::exit::Failure;
use crate::scenario;
use keystorm_scenarios::policy::{Identity, KmsKeySeen, OneOrMany, PartsSeen, Question};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// The request that a policy is asked about.
#[derive(Debug, clap::Args)]
pub(super) struct Request {
    /// Operation of S3: `PutObject`, `GetObject`, `HeadObject`, `UploadPart`, `ListObjectsV2`, ...
    #[arg(long, value_name = "NAME", help_heading = "Request")]
    operation: Option<String>,

    /// Header of the request, as often as needed; of parts, those that their upload was begun with
    #[arg(
        long,
        value_name = "NAME=VALUE",
        value_parser = pair,
        requires = "operation",
        help_heading = "Request"
    )]
    header: Vec<(String, String)>,

    /// Over plain HTTP
    #[arg(
        long,
        requires = "operation",
        conflicts_with = "tls_version",
        help_heading = "Request"
    )]
    http: bool,

    /// TLS version: 1.0, 1.1, 1.2 or 1.3 [default: 1.3]
    #[arg(
        long,
        value_name = "VERSION",
        requires = "operation",
        help_heading = "Request"
    )]
    tls_version: Option<String>,

    /// Who sends it: ARN of a user, role or role session, an account's 12 digits, or `anonymous`
    /// [default: a role in the bucket's account]
    #[arg(
        long,
        value_name = "WHO",
        requires = "operation",
        help_heading = "Request"
    )]
    principal: Option<String>,

    /// The service of AWS that sends it in its own name, such as logging.s3.amazonaws.com
    #[arg(
        long,
        value_name = "NAME",
        requires = "operation",
        conflicts_with = "principal",
        help_heading = "Request"
    )]
    service: Option<String>,

    /// Address that it comes from
    #[arg(
        long,
        value_name = "ADDRESS",
        requires = "operation",
        help_heading = "Request"
    )]
    source_ip: Option<String>,

    /// Bucket [default: the first that the policy names]
    #[arg(
        long,
        value_name = "NAME",
        requires = "operation",
        help_heading = "Request"
    )]
    bucket: Option<String>,

    /// Key of the object [default: key]
    #[arg(
        long,
        value_name = "KEY",
        requires = "operation",
        help_heading = "Request"
    )]
    key: Option<String>,

    /// Signed in its URL
    #[arg(long, requires = "operation", help_heading = "Request")]
    presigned: bool,

    /// Any other condition key, as often as needed; twice the same key are two values
    #[arg(
        long,
        value_name = "KEY=VALUE",
        value_parser = pair,
        requires = "operation",
        help_heading = "Request"
    )]
    context: Vec<(String, String)>,

    /// When it arrives, such as 2026-04-01T12:00:00Z [default: now]
    #[arg(
        long,
        value_name = "TIME",
        requires = "operation",
        help_heading = "Request"
    )]
    at: Option<String>,

    /// Account of the bucket [default: the sender's]
    #[arg(
        long,
        value_name = "ACCOUNT",
        requires = "operation",
        help_heading = "Request"
    )]
    bucket_account: Option<String>,

    /// ARN of the KMS key that is the bucket's default
    #[arg(
        long,
        value_name = "ARN",
        requires = "operation",
        help_heading = "Request"
    )]
    default_kms_key: Option<String>,

    /// What the policies of the sender's own user or role say
    #[arg(
        long,
        value_name = "WORD",
        default_value = "allow",
        help_heading = "Assumptions"
    )]
    identity: IdentityFlag,

    /// What s3:x-amz-server-side-encryption-aws-kms-key-id holds; AWS does not say it outright
    #[arg(
        long,
        value_name = "WORD",
        default_value = "effective",
        help_heading = "Assumptions"
    )]
    kms_key_seen: KmsKeySeenFlag,

    /// What parts of a multipart upload show of its encryption; AWS does not say
    #[arg(
        long,
        value_name = "WORD",
        default_value = "inherited",
        help_heading = "Assumptions"
    )]
    parts_seen: PartsSeenFlag,

    /// A request as JSON, with the flags' names: `{"operation": "GetObject", "http": true}`
    #[arg(
        long = "request",
        value_name = "JSON",
        conflicts_with = "operation",
        help_heading = "Several requests"
    )]
    inline: Vec<String>,

    /// A file of such requests, one a line
    #[arg(
        long = "requests",
        value_name = "FILE",
        value_hint = clap::ValueHint::FilePath,
        conflicts_with = "operation",
        help_heading = "Several requests"
    )]
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum IdentityFlag {
    /// They allow it
    Allow,
    /// They say nothing of it
    None,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum KmsKeySeenFlag {
    /// The key that the object will be under: the header's, else the bucket's default
    Effective,
    /// The header's only
    Header,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum PartsSeenFlag {
    /// What the upload was begun with
    Inherited,
    /// Nothing
    Without,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected name=value")?;
    if name.is_empty() {
        return Err("there is no name before the `=`".into());
    }
    Ok((name.to_owned(), value.to_owned()))
}

impl Request {
    /// The questions, each with the place to name if something is wrong with it.
    pub(super) fn questions(&self) -> Result<Vec<(String, Question)>, Failure> {
        if let Some(operation) = &self.operation {
            return Ok(vec![("the request".into(), self.question(operation))]);
        }
        let mut questions = Vec::new();
        for text in &self.inline {
            questions.push(("--request".to_owned(), self.read("--request", text)?));
        }
        if let Some(file) = &self.file {
            let text = fs::read_to_string(file).map_err(|error| {
                scenario::unreadable(file, &error, "it holds one request as JSON on each line")
            })?;
            for (line, number) in text.lines().zip(1..) {
                if !line.trim().is_empty() {
                    let place = format!("{}:{number}", file.display());
                    questions.push((place.clone(), self.read(&place, line)?));
                }
            }
            if questions.is_empty() {
                let file = file.display();
                return Err(Failure::Input(format!("{file} holds no request")));
            }
        }
        Ok(questions)
    }

    fn read(&self, place: &str, text: &str) -> Result<Question, Failure> {
        let mut question: Question = serde_json::from_str(text).map_err(|error| {
            Failure::Input(format!(
                "{place}: {error}\n  = help: a request is an object such as {{\"operation\": \
                 \"PutObject\", \"headers\": {{\"x-amz-server-side-encryption\": \"aws:kms\"}}, \
                 \"http\": true}}"
            ))
        })?;
        self.assume(&mut question);
        Ok(question)
    }

    /// Assumptions of the command line hold for requests that say nothing else.
    fn assume(&self, question: &mut Question) {
        if let IdentityFlag::None = self.identity {
            question.identity = Identity::None;
        }
        if let KmsKeySeenFlag::Header = self.kms_key_seen {
            question.kms_key_seen = KmsKeySeen::Header;
        }
        if let PartsSeenFlag::Without = self.parts_seen {
            question.parts_seen = PartsSeen::Without;
        }
    }

    fn question(&self, operation: &str) -> Question {
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, value) in &self.context {
            values.entry(key.clone()).or_default().push(value.clone());
        }
        let mut question = Question {
            operation: operation.to_owned(),
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            headers: self.header.iter().cloned().collect(),
            http: self.http,
            tls_version: self.tls_version.clone(),
            principal: self.service.clone().or_else(|| self.principal.clone()),
            source_ip: self.source_ip.clone(),
            presigned: self.presigned,
            bucket_account: self.bucket_account.clone(),
            default_kms_key: self.default_kms_key.clone(),
            at: self.at.clone(),
            context: values
                .into_iter()
                .map(|(key, values)| (key, OneOrMany::Many(values)))
                .collect(),
            ..Question::default()
        };
        self.assume(&mut question);
        question
    }
}
