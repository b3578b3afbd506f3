//! The scenario that `init` writes: settings with comments.
use super::Mode;
use keystorm_scenarios::tables::{self, Eras};
use keystorm_scenarios::units::{ByteSize, Rate};
use std::fmt::Write;

/// What the scenario says.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) region: String,
    pub(super) mode: Mode,
    pub(super) bucket_key: bool,
    pub(super) gets: Rate,
    pub(super) puts: Rate,
    pub(super) size: ByteSize,
    /// Quota of the account, if it is not the Region's default.
    pub(super) quota: Option<Rate>,
    pub(super) other_load: Rate,
    /// Instances that were asked for.
    pub(super) instances: Option<u32>,
}

/// Day of the run, on which the tables of quotas and prices were read.
const DAY: &str = "2026-11-24";

/// The scenario as TOML with comments.
pub(super) fn scenario(facts: &Facts) -> String {
    let mut out = String::new();
    head(&mut out, facts);
    kms(&mut out, facts);
    bucket(&mut out, facts);
    fleets(&mut out, facts);
    rest(&mut out, facts);
    out
}

/// Adds a line; the arguments are those of `format!`.
macro_rules! line {
    ($out:expr) => { $out.push('\n') };
    ($out:expr, $($words:tt)+) => {
        writeln!($out, $($words)+).expect("writing to memory cannot fail")
    };
}

impl Facts {
    /// The load in words, such as `500 GET/s and 100 PUT/s`.
    fn load(&self) -> String {
        let of = |rate: Rate, name: &str| {
            let rate = rate.to_string().replace('_', ",");
            (rate != "0/s").then(|| rate.replace("/s", &format!(" {name}/s")))
        };
        let parts = [of(self.gets, "GET"), of(self.puts, "PUT")];
        parts
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" and ")
    }

    /// The encryption in words.
    fn label(&self) -> String {
        if self.bucket_key {
            "SSE-KMS with a Bucket Key".to_owned()
        } else {
            self.mode.label().to_owned()
        }
    }

    fn asks_kms(&self) -> bool {
        matches!(self.mode, Mode::SseKms | Mode::DsseKms | Mode::ClientSide)
    }

    /// The Region's own quota, such as `10,000/s`.
    fn default_quota(&self) -> Option<String> {
        let on = DAY.parse().expect("it is a day");
        let found = tables::quotas(Some("symmetric"), Some(&self.region), Eras::On(on));
        found.first().map(|fact| fact.value.clone())
    }
}

fn head(out: &mut String, facts: &Facts) {
    let (load, label, region) = (facts.load(), facts.label(), &facts.region);
    if facts.asks_kms() {
        let how = if facts.bucket_key {
            "with Bucket Keys".to_owned()
        } else {
            format!("under {label}")
        };
        line!(out, "# Will KMS throttle {load} {how} in {region}?");
    } else {
        line!(
            out,
            "# What would {load} in {region} ask of KMS, under {label} and others?"
        );
    }
    line!(out, "#");
    line!(
        out,
        "# Written by `keystorm init`: change what is not as you have it, then"
    );
    line!(out, "#");
    line!(out, "#     keystorm run FILE");
    line!(out, "#");
    line!(
        out,
        "# `keystorm schema` describes every setting, `keystorm examples` shows many at work."
    );
    line!(
        out,
        "# Editors complete and check this file once they know the description:"
    );
    line!(
        out,
        "# `keystorm schema > keystorm.schema.json`, and a second line `#:schema` with its path."
    );
    line!(out, "schema = 1");
    line!(out, "name = \"{label}, {region}\"");
    line!(
        out,
        "seed = 1                            # the same seed gives the same record"
    );
    line!(out);
    line!(out, "[run]");
    line!(
        out,
        "start = \"{DAY}T12:00:00Z\"      # t = 0; quotas and prices are those of this day"
    );
    line!(
        out,
        "warm-up = \"5 s\"                     # left out of the statistics"
    );
    line!(out, "measure = \"60 s\"");
    line!(
        out,
        "replications = 5                    # intervals say how far these agree"
    );
    line!(out);
    line!(out, "[account]");
    line!(out, "region = \"{region}\"");
    line!(out);
}

fn kms(out: &mut String, facts: &Facts) {
    line!(
        out,
        "# One quota for all KMS calls with symmetric keys, of the account in the Region."
    );
    if let Some(quota) = facts.default_quota() {
        line!(
            out,
            "# The default here is {quota}; Service Quotas shows yours."
        );
    }
    line!(out, "[kms]");
    match facts.quota {
        Some(quota) => line!(out, "request-quota = \"{quota}\""),
        None => line!(
            out,
            "# request-quota = \"20_000/s\"        # if AWS has raised it"
        ),
    }
    line!(
        out,
        "# What else in the account calls KMS: CallCount of AWS/Usage in CloudWatch shows it."
    );
    line!(out, "other-load = \"{}\"", facts.other_load);
    line!(out);
}

fn bucket(out: &mut String, facts: &Facts) {
    let encryption = match facts.mode {
        Mode::SseS3 | Mode::ClientSide => "sse-s3",
        Mode::SseKms => "sse-kms",
        Mode::DsseKms => "dsse-kms",
        Mode::SseC => "sse-c",
    };
    line!(out, "[bucket]");
    line!(out, "encryption = \"{encryption}\"");
    if facts.mode == Mode::SseKms {
        line!(
            out,
            "bucket-key = {:<5}                  # S3 keeps a key instead of asking KMS each time",
            facts.bucket_key
        );
    }
    if facts.mode == Mode::SseC {
        line!(
            out,
            "blocked-encryption-types = []       # new buckets block SSE-C; this one allows it"
        );
    }
    line!(
        out,
        "prefixes = 4                        # S3 admits 5,500 GETs and 3,500 PUTs/s of each"
    );
    line!(out);
    line!(out, "# All clients: encryption of their own, retries.");
    line!(out, "[clients]");
    if facts.mode == Mode::ClientSide {
        line!(
            out,
            "encryption = \"s3-encryption-client\" # calls KMS itself, once per object"
        );
        line!(
            out,
            "cores = 4                           # of each instance; they encrypt"
        );
    }
    line!(
        out,
        "retry.standard = {{ rule-set = \"2.1\", attempts-max = 3 }}"
    );
    line!(out);
}

/// Seconds for which a request occupies its place in an instance, roughly.
fn occupied_s(size: ByteSize) -> f64 {
    0.05 + size.0 as f64 / 90e6
}

/// Instances and places in each, so that places are no limit unless something goes wrong.
fn places(facts: &Facts, rate: Rate) -> (u32, u32) {
    const OF_AN_INSTANCE: f64 = 100.0;
    let busy = 4.0 * rate.0 * occupied_s(facts.size);
    // Both are small whole numbers after clamping.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let whole = |value: f64, max: f64| value.ceil().clamp(1.0, max) as u32;
    let instances = facts
        .instances
        .unwrap_or(whole(busy / OF_AN_INSTANCE, 200.0));
    let each = whole(busy / f64::from(instances) / OF_AN_INSTANCE, 20.0);
    (instances, each * 100)
}

fn fleets(out: &mut String, facts: &Facts) {
    line!(
        out,
        "# The programs. Rates are those of a whole fleet, sizes those of its objects. Other"
    );
    line!(
        out,
        "# arrivals: closed loops, ramps, days and nights, bursts; other sizes, for example"
    );
    line!(
        out,
        "# `size.lognormal = {{ median = \"64 KiB\", sigma = 1.5, max = \"16 MiB\" }}`."
    );
    for (name, operation, rate) in [
        ("readers", "get", facts.gets),
        ("writers", "put", facts.puts),
    ] {
        if rate.0 <= 0.0 {
            continue;
        }
        let (instances, concurrency) = places(facts, rate);
        line!(out, "[fleets.{name}]");
        line!(out, "operations.{operation} = 1");
        line!(out, "arrivals.poisson = {{ rate = \"{rate}\" }}");
        line!(out, "size.fixed = \"{}\"", facts.size);
        line!(
            out,
            "instances = {instances:<3}                     # machines, containers or functions"
        );
        line!(
            out,
            "concurrency = {concurrency:<4}                  # requests under way; more wait"
        );
        line!(out);
    }
}

fn rest(out: &mut String, facts: &Facts) {
    line!(
        out,
        "# Conditions make a test of it: exit code 10 if one does not hold."
    );
    line!(out, "# [expect]");
    line!(out, "# \"kms.throttled-share\" = \"< 0.1 %\"");
    line!(out, "# \"all.latency.p99\" = \"< 500 ms\"");
    line!(out);
    line!(
        out,
        "# What to compare: each variant is the scenario above with some values changed, under the"
    );
    line!(
        out,
        "# very same arrivals and chance. The first one is the scenario as it stands."
    );
    let own = if facts.bucket_key {
        BUCKET_KEY
    } else {
        name(facts.mode)
    };
    line!(out, "[[variants]]");
    line!(out, "name = \"{own}\"");
    for other in ["SSE-KMS", BUCKET_KEY, "SSE-S3"] {
        if other == own {
            continue;
        }
        line!(out);
        line!(out, "[[variants]]");
        line!(out, "name = \"{other}\"");
        let encryption = if other == "SSE-S3" {
            "sse-s3"
        } else {
            "sse-kms"
        };
        line!(out, "bucket.encryption = \"{encryption}\"");
        line!(out, "bucket.bucket-key = {}", other == BUCKET_KEY);
        if facts.mode == Mode::ClientSide {
            line!(out, "clients.encryption = \"none\"");
        }
    }
}

const BUCKET_KEY: &str = "SSE-KMS, Bucket Key";

/// Name of the variant that the scenario describes.
fn name(mode: Mode) -> &'static str {
    match mode {
        Mode::ClientSide => "Client-side",
        other => other.label(),
    }
}
