//! Compares the law of EC2's and Lambda's network credits with measured bursts, and writes what
//! they hold to `models/data`.
//!
//! ```text
//! KEYSTORM_DATA=folder cargo run --release -p keystorm-models --example fit_network
//! ```
//!
//! The folder must hold `skyrise-network-burst`: ten series of EC2 instances, each a burst down to
//! the baseline, a pause, and a second burst; and three files of Lambda functions.
//!
//! Nothing is fitted: the baseline B and the peak P of a series are the means of its samples, the
//! credits are what the first burst moved beyond the baseline, and the law says that the second
//! burst lasts R · B / (P − B) after a pause R, as long as that is not more credits than there were
//! at first. A sample stands for four seconds; that between burst and baseline for its share.
use serde_json::Value;
use std::fmt::{Display, Write as _};
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// Seconds of a sample of EC2.
const SAMPLE_S: f64 = 4.0;

/// Seconds of a sample of Lambda.
const LAMBDA_SAMPLE_S: f64 = 0.02;

/// Samples between two refills of Lambda.
const LAMBDA_REFILL: usize = 5;

/// An error of the law up to this counts as none \[%\].
pub(crate) const GOOD_PERCENT: f64 = 2.0;

/// File of the series of EC2, in `models/data`.
pub(crate) const EC2_FILE: &str = "network-bursts-ec2.csv";

/// File of Lambda's figures, in `models/data`.
pub(crate) const LAMBDA_FILE: &str = "network-burst-lambda.csv";

/// One burst: its mean rate \[Gbit/s\] and its length \[s\].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Burst {
    pub(crate) peak: f64,
    pub(crate) lasted: f64,
}

/// One series of an EC2 instance.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    /// Instance type.
    pub(crate) instance: String,
    /// Pause between the bursts \[s\].
    pub(crate) pause: f64,
    /// Mean rate after the bursts \[Gbit/s\].
    pub(crate) baseline: f64,
    pub(crate) first: Burst,
    pub(crate) second: Burst,
}

impl Series {
    /// What the first burst moved beyond the baseline \[GB\].
    pub(crate) fn credits(&self) -> f64 {
        (self.first.peak - self.baseline) * self.first.lasted / 8.0
    }

    /// How long the law lets the second burst last \[s\].
    pub(crate) fn law(&self) -> f64 {
        let came = (self.pause * self.baseline / 8.0).min(self.credits());
        came * 8.0 / (self.second.peak - self.baseline)
    }

    /// Relative error of the law: positive where the burst was shorter than it says.
    pub(crate) fn error(&self) -> f64 {
        self.law() / self.second.lasted - 1.0
    }
}

/// What Lambda's bursts show, of one direction of one repetition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LambdaBurst {
    /// Whether the function had rested as long as it had not run: its first burst.
    pub(crate) is_first: bool,
    pub(crate) is_download: bool,
    /// Mean rate \[MB/s\].
    pub(crate) peak: f64,
    /// Credits that it used \[MB\], without what came in meanwhile.
    pub(crate) credits: f64,
    /// Mean of what came in after it, every 100 ms \[MB\].
    pub(crate) refill: f64,
}

/// All that was read.
#[derive(Clone, Debug)]
pub(crate) struct Bursts {
    pub(crate) ec2: Vec<Series>,
    pub(crate) lambda: Vec<LambdaBurst>,
}

/// The bursts in `data`.
pub(crate) fn bursts(data: &Path) -> Result<Bursts, String> {
    let folder = data.join("skyrise-network-burst");
    let wrong = |why: &dyn Display| format!("{}: {why}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(|why| wrong(&why))? {
        let name = entry.map_err(|why| wrong(&why))?.file_name();
        names.push(
            name.into_string()
                .map_err(|_| wrong(&"a name is no text"))?,
        );
    }
    names.sort_unstable();
    let (mut ec2, mut lambda) = (Vec::new(), Vec::new());
    for name in names {
        let read = || fs::read_to_string(folder.join(&name)).map_err(|why| wrong(&why));
        let told = |why: String| wrong(&format!("{name}: {why}"));
        if let Some(about) = name.strip_prefix("repetition-1_instance_type-") {
            ec2.push(series(about, &read()?).map_err(told)?);
        } else if name.starts_with("lambda_") && !name.contains("instance_counts-16") {
            lambda.extend(lambda_bursts(&read()?).map_err(told)?);
        }
    }
    Ok(Bursts { ec2, lambda })
}

/// A series, from the end of its file's name, `c6g_large_refill_sleep_seconds-300.txt`.
fn series(about: &str, text: &str) -> Result<Series, String> {
    let (instance, pause) = about
        .strip_suffix(".txt")
        .and_then(|it| it.split_once("_refill_sleep_seconds-"))
        .ok_or("the file's name is not that of a series")?;
    let mut blocks = vec![Vec::new()];
    for line in text.lines().skip(1) {
        match line.split_once(',') {
            Some((_, rate)) => {
                let rate: f64 = rate.parse().map_err(|why| format!("{line:?}: {why}"))?;
                blocks.last_mut().expect("one at least").push(rate);
            }
            None => blocks.push(Vec::new()),
        }
    }
    blocks.retain(|block| block.len() > 12);
    let [first, second] = &blocks[..] else {
        return Err(format!("{} bursts", blocks.len()));
    };
    // A measurement ends a few samples after the drop to the baseline.
    let tails = [first, second].map(|block| &block[block.len() - 5..]);
    let baseline = mean(&tails.concat());
    Ok(Series {
        instance: instance.replace('_', "."),
        pause: pause.parse().map_err(|why| format!("{pause:?}: {why}"))?,
        baseline,
        first: burst(first, baseline),
        second: burst(second, baseline),
    })
}

/// The burst that a block of samples begins with: its peak is the mean of the first third of them.
fn burst(samples: &[f64], baseline: f64) -> Burst {
    let third = samples.len() / 3;
    let peak = mean(&samples[..third.max(1)]);
    let beyond: f64 = samples.iter().map(|it| (it - baseline).max(0.0)).sum();
    Burst {
        peak,
        lasted: beyond * SAMPLE_S / (peak - baseline),
    }
}

/// The bursts of a file of Lambda.
fn lambda_bursts(text: &str) -> Result<Vec<LambdaBurst>, String> {
    let file: Value = serde_json::from_str(text).map_err(|why| why.to_string())?;
    let repetitions = file["runs"][0]["repetitions"]
        .as_array()
        .ok_or("no repetitions")?;
    let mut bursts = Vec::new();
    for (number, repetition) in repetitions.iter().enumerate() {
        for (column, is_download) in [("upload", false), ("download", true)] {
            let samples = repetition[format!("aggregated_throughput_{column}_mbps")].as_array();
            let samples = samples.ok_or("no samples")?;
            let samples: Option<Vec<f64>> = samples.iter().map(Value::as_f64).collect();
            let samples = samples.ok_or("a sample is no number")?;
            let length = samples.iter().position(|&it| it == 0.0);
            let length = length.ok_or("the burst does not end")?;
            let moved: f64 = samples[..length].iter().sum::<f64>() * LAMBDA_SAMPLE_S;
            let after = &samples[length..];
            let refills = (after.len() / LAMBDA_REFILL) as f64;
            let refill = after.iter().sum::<f64>() * LAMBDA_SAMPLE_S / refills;
            bursts.push(LambdaBurst {
                is_first: number == 0,
                is_download,
                // The sample in which it ended is not full.
                peak: mean(&samples[..length - 1]),
                credits: moved - (length / LAMBDA_REFILL) as f64 * refill,
                refill,
            });
        }
    }
    Ok(bursts)
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Root of the mean square.
pub(crate) fn root_mean_square(values: &[f64]) -> f64 {
    mean(&values.iter().map(|it| it * it).collect::<Vec<_>>()).sqrt()
}

/// The series as they are committed.
pub(crate) fn ec2_table(bursts: &Bursts) -> String {
    let errors: Vec<f64> = bursts.ec2.iter().map(|it| it.error() * 100.0).collect();
    let mut sizes: Vec<f64> = errors.iter().map(|it| it.abs()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let good = errors.iter().filter(|it| it.abs() <= GOOD_PERCENT).count();
    let (longest, shortest) = errors
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &it| {
            (low.min(it), high.max(it))
        });
    let mut text = format!(
        "\
# Network bursts of EC2 instances: a first one, and a second one after a pause.
# source: hpides/skyrise@37fbfdcf, resources/benchmark/measurement/network_throughput/ec2.
# licence: MIT, Copyright (c) 2016-2025 Hasso Plattner Institute.
# measured: 2024-03 to 2025-03
# computed by: models/examples/fit_network.rs, which fits nothing
# error of the law R B / (P - B) for the second burst's length, negative where it lasted longer:
#   {good} of {count} within {GOOD_PERCENT} %, median {median:.1} %, from {longest:+.0} % to
#   {shortest:+.1} %, root mean square {rms:.0} %.
# Rates in Mbit/s, times in s, credits in MB: what the first burst moved beyond the baseline.
",
        count = sizes.len(),
        median = sizes[sizes.len() / 2],
        rms = root_mean_square(&errors),
    );
    text.push_str("type,pause_s,baseline_mbps,first_mbps,first_s,credits_mb,");
    text.push_str("second_mbps,second_s,law_s,error_percent\n");
    for (it, error) in bursts.ec2.iter().zip(errors) {
        writeln!(
            text,
            "{},{:.0},{:.0},{:.0},{:.0},{:.0},{:.0},{:.0},{:.0},{error:+.1}",
            it.instance,
            it.pause,
            it.baseline * 1e3,
            it.first.peak * 1e3,
            it.first.lasted,
            it.credits() * 1e3,
            it.second.peak * 1e3,
            it.second.lasted,
            it.law(),
        )
        .expect("a string takes all text");
    }
    text
}

/// Lambda's figures as they are committed.
pub(crate) fn lambda_table(bursts: &Bursts) -> String {
    let of = |is_first: bool, figure: fn(&LambdaBurst) -> f64| {
        let those = bursts.lambda.iter().filter(|it| it.is_first == is_first);
        mean(&those.map(figure).collect::<Vec<_>>())
    };
    let peaks = |is_download| {
        let those = bursts
            .lambda
            .iter()
            .filter(|it| it.is_download == is_download);
        mean(&those.map(|it| it.peak).collect::<Vec<_>>())
    };
    let refills: Vec<f64> = bursts.lambda.iter().map(|it| it.refill).collect();
    let mut text = String::from(
        "\
# Network credits of an AWS Lambda function of 7,076 MB, each direction by itself.
# source: hpides/skyrise@37fbfdcf, resources/benchmark/measurement/network_throughput/lambda: the
#   first burst of a function and one after a pause of about 5 s, two files.
# licence: MIT, Copyright (c) 2016-2025 Hasso Plattner Institute.
# measured: 2024-03-26 and 2025-03-23
# computed by: models/examples/fit_network.rs
# bursts (first, download, peak MB/s, credits MB, refill of 100 ms MB):
",
    );
    for it in &bursts.lambda {
        writeln!(
            text,
            "#   {}, {}, {:.0}, {:.0}, {:.2}",
            it.is_first, it.is_download, it.peak, it.credits, it.refill
        )
        .expect("a string takes all text");
    }
    write!(
        text,
        "start_mb,size_mb,refill_kb,download_mb_per_s,upload_mb_per_s\n\
         {:.0},{:.0},{:.0},{:.0},{:.0}\n",
        of(true, |it| it.credits),
        of(false, |it| it.credits),
        mean(&refills) * 1e3,
        peaks(true),
        peaks(false),
    )
    .expect("a string takes all text");
    text
}

#[allow(dead_code, reason = "a test takes this file in as a module")]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]
fn main() -> ExitCode {
    let Some(data) = std::env::var_os("KEYSTORM_DATA") else {
        eprintln!("error: KEYSTORM_DATA is not set; it names the folder of the shared data");
        return ExitCode::from(2);
    };
    let bursts = match bursts(Path::new(&data)) {
        Ok(bursts) => bursts,
        Err(why) => {
            eprintln!("error: {why}");
            return ExitCode::from(2);
        }
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    for (file, text) in [
        (EC2_FILE, ec2_table(&bursts)),
        (LAMBDA_FILE, lambda_table(&bursts)),
    ] {
        if let Err(why) = fs::write(folder.join(file), &text) {
            eprintln!("error: {file}: {why}");
            return ExitCode::FAILURE;
        }
        print!("{text}");
    }
    ExitCode::SUCCESS
}
