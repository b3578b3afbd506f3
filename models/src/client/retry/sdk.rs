use super::table::row;
use super::{RetryRules, RuleSet as Set};
use crate::Sourced;
use std::fmt;

/// A client library whose retry rules are known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sdk {
    /// Python: botocore, boto3, and the AWS command line interface.
    Botocore,
    /// AWS SDK for Java 2.x.
    Java,
    /// AWS SDK for Go 2.
    Go,
    /// AWS SDK for JavaScript 3.
    JavaScript,
    /// AWS SDK for Rust.
    Rust,
    /// AWS SDK for Ruby 3.
    Ruby,
    /// AWS Common Runtime: the S3 client of C that Python's and Java's faster S3 clients use.
    Crt,
}

/// An SDK's retry mode.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RetryMode {
    /// The SDK's own rules of before there were common ones.
    Legacy,
    /// The rules that SDKs share.
    Standard,
    /// Standard, and a limiter of the client's sending rate.
    Adaptive,
}

/// A version of the rules that SDKs share.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RuleSet {
    /// That of 2020 to 2026.
    V2_0,
    /// That of 2026: most SDKs' default since 2026-11-10.
    V2_1,
}

impl Sdk {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Botocore,
        Self::Java,
        Self::Go,
        Self::JavaScript,
        Self::Rust,
        Self::Ruby,
        Self::Crt,
    ];

    /// Its name in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Botocore => "botocore",
            Self::Java => "AWS SDK for Java 2",
            Self::Go => "AWS SDK for Go 2",
            Self::JavaScript => "AWS SDK for JavaScript 3",
            Self::Rust => "AWS SDK for Rust",
            Self::Ruby => "AWS SDK for Ruby 3",
            Self::Crt => "AWS Common Runtime",
        }
    }
}

impl RetryMode {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Legacy, Self::Standard, Self::Adaptive];

    /// Its name in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::Standard => "standard",
            Self::Adaptive => "adaptive",
        }
    }
}

impl RuleSet {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::V2_0, Self::V2_1];

    /// Its number.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V2_0 => "2.0",
            Self::V2_1 => "2.1",
        }
    }
}

/// There are no such rules: the SDK does not have the mode under the rule set, or they are not
/// known here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NoSuchRules {
    /// The SDK.
    pub sdk: Sdk,
    /// The mode that was asked for.
    pub mode: RetryMode,
    /// The rule set that was asked for.
    pub rule_set: RuleSet,
}

impl RetryRules {
    /// The rules of an SDK, with its default number of attempts.
    ///
    /// ```
    /// use keystorm_models::client::{ErrorKind, RetryMode, RetryRules, RuleSet, Sdk};
    ///
    /// let rules = RetryRules::of(Sdk::Botocore, RetryMode::Standard, RuleSet::V2_1)?.value;
    /// // A throttled GET and a throttled HEAD, whose answer has no body:
    /// let throttled = ErrorKind::Throttling503;
    /// assert_eq!(rules.class(throttled).cost, 5);
    /// assert_eq!(rules.class(throttled.without_body()).cost, 14);
    /// # Ok::<(), keystorm_models::client::NoSuchRules>(())
    /// ```
    ///
    /// # Errors
    /// [`NoSuchRules`], which says what there is.
    pub fn of(sdk: Sdk, mode: RetryMode, rule_set: Set) -> Result<Sourced<Self>, NoSuchRules> {
        row(sdk, mode, rule_set).ok_or(NoSuchRules {
            sdk,
            mode,
            rule_set,
        })
    }
}

impl NoSuchRules {
    /// The modes and rule sets that the SDK has.
    pub fn existing(self) -> impl Iterator<Item = (RetryMode, RuleSet)> {
        let all = RetryMode::ALL
            .into_iter()
            .flat_map(|mode| RuleSet::ALL.map(|rule_set| (mode, rule_set)));
        all.filter(move |&(mode, rule_set)| row(self.sdk, mode, rule_set).is_some())
    }
}

impl fmt::Display for NoSuchRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sdk,
            mode,
            rule_set,
        } = *self;
        write!(
            f,
            "{} has no {} mode of rule set {} here; there is",
            sdk.name(),
            mode.name(),
            rule_set.name()
        )?;
        for (number, (mode, rule_set)) in self.existing().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            write!(f, "{comma} {} {}", mode.name(), rule_set.name())?;
        }
        Ok(())
    }
}

impl std::error::Error for NoSuchRules {}
