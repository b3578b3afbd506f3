//! Replays what happens to the calls of one SDK client through our retry rules, for a judge that
//! has the SDK itself: `scripts/judge_retry_rules.py`.
//!
//! Reads commands, one a line, and answers each with one line. Times are nanoseconds.
//!
//! | command | answer |
//! |---|---|
//! | `kinds` | how many follow; then lines: a kind, and what is left of it without a body |
//! | `refusals` | how many follow; then lines: name, status, code, kind |
//! | `begin SDK MODE RULE-SET NOW PHASE SEED` | attempts at most: a new client |
//! | `acquire NOW` | `go`, or `wait` and how long |
//! | `answered NOW KIND` | rate, measured rate, tokens, most tokens |
//! | `failed KIND ATTEMPT RETRY-AFTER` | `retry`, back-off, cost, tokens left, the number drawn |
//! | | or `attempts`, `kind` or `quota`, whichever forbids it, and tokens left |
//! | `succeeded COST` | tokens left |
//!
//! `-` stands for no kind (a success), no `x-amz-retry-after`, and no retry that has cost anything.
use keystorm_models::client::{
    Decision, ErrorKind, Failure, GiveUp, RateLimiter, RetryMode, RetryQuota, RetryRules, RuleSet,
    Sdk,
};
use keystorm_models::s3::Refusal;
use keystorm_sim::draw::word;
use keystorm_sim::{Span, StreamKey, Streams, Time};
use std::fmt::Write as _;
use std::io::{self, BufRead, Write as _};
use std::process::ExitCode;
use std::str::FromStr;

/// One SDK client object.
struct Client {
    rules: RetryRules,
    quota: RetryQuota,
    limiter: Option<RateLimiter>,
    stream: StreamKey,
    draws: u64,
}

fn main() -> ExitCode {
    match replay() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

fn replay() -> Result<(), String> {
    let (mut client, mut out) = (None, io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let words: Vec<_> = line.split_whitespace().collect();
        let answer = match (&words[..], &mut client) {
            (["kinds"], _) => kinds(),
            (["refusals"], _) => refusals(),
            (["begin", of @ ..], _) => {
                let new = Client::begin(of)?;
                let attempts_max = new.rules.attempts_max;
                client = Some(new);
                attempts_max.to_string()
            }
            (words, Some(client)) => client.told(words)?,
            _ => return Err(format!("`{line}` before any client began")),
        };
        writeln!(out, "{answer}")
            .and_then(|()| out.flush())
            .map_err(|error| error.to_string())?;
    }
    Ok(())
}

impl Client {
    fn begin(words: &[&str]) -> Result<Self, String> {
        let &[sdk, mode, rule_set, now, phase, seed] = words else {
            return Err("`begin` takes six words".to_owned());
        };
        let sdk = named(sdk, Sdk::ALL, Sdk::name)?;
        let mode = named(mode, RetryMode::ALL, RetryMode::name)?;
        let rule_set = named(rule_set, RuleSet::ALL, RuleSet::name)?;
        let rules = RetryRules::of(sdk, mode, rule_set)
            .map_err(|error| error.to_string())?
            .value;
        let (now, phase) = (time(now)?, Span::from_nanos(number(phase)?));
        Ok(Self {
            rules,
            quota: rules.quota(),
            limiter: rules.limiter.map(|it| RateLimiter::new(now, phase, it)),
            stream: Streams::new(number(seed)?, 0).key("back-off", 0),
            draws: 0,
        })
    }

    fn told(&mut self, words: &[&str]) -> Result<String, String> {
        match *words {
            ["acquire", now] => Ok(match self.limiter()?.acquire(time(now)?) {
                Ok(()) => "go".to_owned(),
                Err(wait) => format!("wait {}", wait.nanos()),
            }),
            ["answered", now, kind] => {
                let throttled = match kind {
                    "-" => false,
                    kind => self.rules.class(kind_named(kind)?).is_throttle,
                };
                let limiter = self.limiter()?;
                limiter.answered(time(now)?, throttled);
                Ok(format!(
                    "{:e} {:e} {:e} {:e}",
                    limiter.rate(),
                    limiter.measured_rate(),
                    limiter.tokens(),
                    limiter.tokens_max()
                ))
            }
            ["failed", kind, attempt, retry_after] => Ok(self.failed(Failure {
                retry_after: match retry_after {
                    "-" => None,
                    nanos => Some(Span::from_nanos(number(nanos)?)),
                },
                ..Failure::new(kind_named(kind)?, number(attempt)?)
            })),
            ["succeeded", cost] => {
                let last_cost = match cost {
                    "-" => None,
                    cost => Some(number(cost)?),
                };
                self.quota.give_back(self.rules.refund(last_cost));
                Ok(self.quota.tokens().to_string())
            }
            _ => Err(format!("`{}` is no command", words.join(" "))),
        }
    }

    fn failed(&mut self, failure: Failure) -> String {
        let stream = self.stream.child(self.draws);
        self.draws += 1;
        let drawn = word(&mut stream.rng());
        let decision = self
            .rules
            .decide(failure, &mut self.quota, &mut stream.rng());
        let tokens = self.quota.tokens();
        match decision {
            Decision::Retry { back_off, cost } => {
                format!("retry {} {cost} {tokens} {drawn}", back_off.nanos())
            }
            Decision::GiveUp(GiveUp::AttemptsMax) => format!("attempts {tokens}"),
            Decision::GiveUp(GiveUp::NotRetryable) => format!("kind {tokens}"),
            Decision::GiveUp(GiveUp::RetryQuota) => format!("quota {tokens}"),
        }
    }

    fn limiter(&mut self) -> Result<&mut RateLimiter, String> {
        let limiter = self.limiter.as_mut();
        limiter.ok_or_else(|| "there is a rate limiter in adaptive mode only".to_owned())
    }
}

fn kinds() -> String {
    let mut text = ErrorKind::COUNT.to_string();
    for kind in ErrorKind::ALL {
        let _ = write!(text, "\n{kind:?} {:?}", kind.without_body());
    }
    text
}

fn refusals() -> String {
    let mut text = Refusal::ALL.len().to_string();
    for refusal in Refusal::ALL {
        let Refusal {
            id,
            status,
            code,
            kind,
            ..
        } = refusal;
        let _ = write!(text, "\n{id} {status} {code} {kind:?}");
    }
    text
}

fn kind_named(name: &str) -> Result<ErrorKind, String> {
    let mut all = ErrorKind::ALL.into_iter();
    all.find(|kind| format!("{kind:?}") == name)
        .ok_or_else(|| format!("`{name}` is no kind"))
}

fn named<T: Copy, const N: usize>(
    name: &str,
    all: [T; N],
    name_of: impl Fn(T) -> &'static str,
) -> Result<T, String> {
    let mut all = all.into_iter();
    all.find(|&it| name_of(it) == name)
        .ok_or_else(|| format!("`{name}` is unknown"))
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no number here"))
}

fn time(text: &str) -> Result<Time, String> {
    number(text).map(Time::from_nanos)
}
