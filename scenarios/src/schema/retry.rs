use crate::units::Duration;
use keystorm_models::Sourced;
use keystorm_models::client::{self, ClassRules, NoSuchRules, OuterRetry, RetryMode, RetryRules};
use keystorm_sim::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a client does when a call fails.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retry {
    /// One attempt, never again: `retry = "none"`.
    None,
    /// An SDK's standard mode: `retry.standard = { rule-set = "2.1", attempts-max = 3 }`.
    Standard(SdkRetry),
    /// The standard mode with a limiter of the client's own sending rate, which throttles cut:
    /// `retry.adaptive = { rule-set = "2.1" }`.
    Adaptive(SdkRetry),
    /// An SDK's rules from before there were common ones: `retry.legacy = { sdk = "java" }`.
    Legacy(SdkRetry),
    /// Rules of your own: `retry.custom = { base = "100 ms", jitter = "full" }`.
    Custom(CustomRetry),
}

impl Default for Retry {
    fn default() -> Self {
        Self::Standard(SdkRetry::default())
    }
}

/// Which of the SDKs' retry rules.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct SdkRetry {
    /// The SDK.
    pub sdk: Sdk,
    /// The version of its rules. Left out: the newest that it has in this mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<RuleSet>,
    /// Attempts of a call in all, the first included. Left out: the SDK's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub attempts_max: Option<u32>,
}

/// A client library.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sdk {
    /// Python: boto3, botocore, the AWS command line interface.
    #[default]
    Botocore,
    /// AWS SDK for Java 2.x.
    Java,
    /// AWS SDK for Go 2.
    Go,
    /// AWS SDK for JavaScript 3.
    JavaScript,
    /// AWS SDK for Rust. Its clients share one retry quota in a process.
    Rust,
    /// AWS SDK for Ruby 3.
    Ruby,
    /// AWS Common Runtime, the S3 client of C.
    Crt,
}

/// Version of the SDKs' retry rules.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub enum RuleSet {
    /// That of 2020 to 2026.
    #[serde(rename = "2.0")]
    V2_0,
    /// Most SDKs' default since 2026-11-10.
    #[serde(rename = "2.1")]
    V2_1,
}

/// Retry rules of your own. Every error but the client's own fault is tried again alike.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct CustomRetry {
    /// Attempts of a call in all, the first included.
    #[schemars(range(min = 1, max = 100))]
    pub attempts_max: u32,
    /// Longest back-off after the first attempt; it doubles with each further one.
    pub base: Duration,
    /// Longest back-off of all.
    pub cap: Duration,
    /// How the back-off is drawn.
    pub jitter: Jitter,
    /// Tokens that a retry takes from a quota of 500 of the client, which it gets back when the
    /// call succeeds. 0: there is no such quota.
    #[schemars(range(max = 255))]
    pub quota_cost: u32,
}

impl Default for CustomRetry {
    fn default() -> Self {
        Self {
            attempts_max: 3,
            base: Duration(Span::from_millis(100)),
            cap: Duration(Span::from_secs(20)),
            jitter: Jitter::Full,
            quota_cost: 0,
        }
    }
}

/// How a back-off is drawn, given the longest one.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Jitter {
    /// It is the longest.
    None,
    /// Uniform between nothing and the longest.
    Full,
    /// Uniform between half of the longest and the longest.
    Equal,
    /// Uniform between the base and three times the back-off before, up to the cap.
    Decorrelated,
}

/// Retries of a program around its SDK.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outer {
    /// None: what the SDK gives up has failed.
    #[default]
    None,
    /// Hadoop's S3A: 20 more calls after throttles, 7 after other errors that may pass, with its
    /// own back-off. Its SDK is Java's: `clients.retry.adaptive = { sdk = "java",
    /// rule-set = "2.0", attempts-max = 6 }`.
    S3a,
}

impl Retry {
    /// The SDK whose rules they are, if they are one's.
    pub(crate) fn sdk(&self) -> Option<Sdk> {
        match self {
            Self::None | Self::Custom(_) => None,
            Self::Standard(it) | Self::Adaptive(it) | Self::Legacy(it) => Some(it.sdk),
        }
    }

    /// The rules, with their source.
    ///
    /// # Errors
    /// [`NoSuchRules`] if the SDK does not have them.
    pub(crate) fn rules(&self) -> Result<Sourced<RetryRules>, NoSuchRules> {
        match self {
            Self::None => Ok(crate::assemble::given(RetryRules::NONE)),
            Self::Standard(it) => it.rules(RetryMode::Standard),
            Self::Adaptive(it) => it.rules(RetryMode::Adaptive),
            Self::Legacy(it) => it.rules(RetryMode::Legacy),
            Self::Custom(it) => Ok(crate::assemble::given(it.rules())),
        }
    }
}

impl SdkRetry {
    /// The rule set, whether it is given or not.
    pub(crate) fn version(&self, mode: RetryMode) -> client::RuleSet {
        let newest = client::RuleSet::V2_1;
        let has_newest = || RetryRules::of(self.sdk.model(), mode, newest).is_ok();
        match self.rule_set {
            Some(RuleSet::V2_1) => newest,
            None if has_newest() => newest,
            Some(RuleSet::V2_0) | None => client::RuleSet::V2_0,
        }
    }

    fn rules(&self, mode: RetryMode) -> Result<Sourced<RetryRules>, NoSuchRules> {
        let rules = RetryRules::of(self.sdk.model(), mode, self.version(mode))?;
        let with_attempts = |rules: RetryRules| match self.attempts_max {
            Some(attempts) => rules.with_attempts(number(attempts)),
            None => rules,
        };
        Ok(rules.map(with_attempts))
    }
}

impl Sdk {
    pub(crate) fn model(self) -> client::Sdk {
        match self {
            Self::Botocore => client::Sdk::Botocore,
            Self::Java => client::Sdk::Java,
            Self::Go => client::Sdk::Go,
            Self::JavaScript => client::Sdk::JavaScript,
            Self::Rust => client::Sdk::Rust,
            Self::Ruby => client::Sdk::Ruby,
            Self::Crt => client::Sdk::Crt,
        }
    }
}

impl CustomRetry {
    fn rules(&self) -> RetryRules {
        let jitter = match self.jitter {
            Jitter::None => client::Jitter::None,
            Jitter::Full => client::Jitter::Full,
            Jitter::Equal => client::Jitter::Equal,
            Jitter::Decorrelated => client::Jitter::Decorrelated,
        };
        let class = ClassRules {
            jitter,
            ..ClassRules::retried(self.base.0, number(self.quota_cost))
        };
        RetryRules::free(number(self.attempts_max), class, self.cap.0)
    }
}

impl Outer {
    pub(crate) fn rules(self) -> Option<OuterRetry> {
        match self {
            Self::None => None,
            Self::S3a => Some(OuterRetry::S3A),
        }
    }
}

/// A number whose range was checked when the scenario was loaded.
fn number(checked: u32) -> u8 {
    u8::try_from(checked).expect("checked: below 256")
}
