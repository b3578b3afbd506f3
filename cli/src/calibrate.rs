//! `keystorm calibrate`: what encryption costs on this machine.
use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::work::Shown;
use crate::{files, print};
use indicatif::{ProgressBar, ProgressStyle};
use keystorm_envelope::calibrate::{CRATES, Effort, Estimate, Measured};
use keystorm_record::{
    CALIBRATION_VERSION, Calibration, CalibrationError, CoreCost, FloorCost, Machine, Point,
    Quality,
};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Measure what encryption costs on this machine
///
/// Seals and opens objects of 64 B to 64 MiB with AES-256-GCM, wraps keys, computes S3's checksums
/// and shakes hands over TLS 1.3, for real, on one core, and writes what each of them takes. A
/// simulation of client-side encryption is as good as these figures: run this on the kind of
/// instance that will do the work, while nothing else runs on it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(crate) struct Args {
    /// Measure for 5 seconds instead of 45; intervals are wider
    #[arg(long)]
    quick: bool,

    /// File for the figures; `-` prints it, in place of the tables
    #[arg(short, long, value_name = "FILE", default_value = "calibration.toml")]
    output: PathBuf,

    /// File for a page with the curves; `-` prints it, in place of the tables
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Replace files that keystorm did not write
    #[arg(long)]
    force: bool,

    /// Print nothing but errors and the warning of a noisy machine
    #[arg(short, long)]
    quiet: bool,

    /// Tell on standard error what is being done
    #[arg(short, long, conflicts_with = "quiet")]
    verbose: bool,

    /// When to show progress on standard error
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    progress: When,
}

const AFTER: &str = "\
Examples:
  keystorm calibrate                                  45 s, writes calibration.toml
  keystorm calibrate --quick                          5 s, for a first impression
  keystorm calibrate -o m7a.toml --html m7a.html      and a page with the curves

Times are processor time of one core: medians with 95 % intervals. Samples during which the system
took the processor away, or its clock changed, are measured again.

Exit codes:
  0    measured and written
  1    internal error, or a file cannot be written
  2    a flag is wrong, or a file that keystorm did not write is in the way; nothing was measured
  12   measured and written, but this machine was too noisy to believe the figures";

/// Measures, writes, and prints the figures.
pub(crate) fn calibrate(args: &Args, color: When) -> Result<Outcome, Failure> {
    if !args.force {
        ensure_ours(&args.output, is_calibration)?;
        if let Some(page) = &args.html {
            ensure_ours(page, |text| text.contains(PAGE_MARK))?;
        }
    }
    let printed = |file: &Path| files::is_stdout(file);
    if printed(&args.output) && args.html.as_deref().is_some_and(printed) {
        let text = "both files are to be printed\n  = help: give one of --output and --html a name";
        return Err(Failure::Input(text.to_owned()));
    }
    for file in std::iter::once(&args.output).chain(&args.html) {
        if printed(file) || files::is_device(file) {
            continue;
        }
        files::ensure_writable(file.parent().unwrap_or(Path::new(".")))?;
    }
    let effort = if args.quick {
        Effort::Quick
    } else {
        Effort::Full
    };
    let details = print::Details(args.verbose);
    details.say(|| format!("measuring for about {} s", if args.quick { 5 } else { 45 }));
    let measured = measure(args, effort)?;
    details.say(|| {
        let Measured {
            samples,
            preempted,
            drifted,
            seconds,
            ..
        } = &measured;
        format!(
            "{samples} samples in {seconds:.1} s; measured again: {preempted} interrupted ones, \
             {drifted} at another clock"
        )
    });
    let calibration = calibration(&measured, effort);
    let mut texts = vec![(&args.output, calibration.to_toml())];
    if let Some(page) = &args.html {
        texts.push((page, keystorm_reports::calibration_html(&calibration)));
    }
    for (file, text) in &texts {
        files::write_one(file, text)?;
        details.written(file, text);
    }
    if !args.quiet && !texts.iter().any(|(file, _)| printed(file)) {
        let text = print::calibration(&calibration, color);
        let page = args.html.as_ref();
        let page = page.map_or_else(String::new, |page| format!("page: {}\n", page.display()));
        let file = args.output.display();
        print::result(&format!("{text}\nfigures: {file}\n{page}"))?;
    }
    if cfg!(debug_assertions) {
        print::remark("warning: a debug build measures itself; use `cargo run --release`");
    }
    if calibration.quality.noise.is_empty() {
        return Ok(Outcome::Fine);
    }
    print::remark("warning: this machine is too noisy to believe the figures");
    for noise in &calibration.quality.noise {
        print::remark(&format!("  {noise}"));
    }
    print::remark(
        "  = help: end what else runs here, or choose an instance of your own, and repeat",
    );
    Ok(Outcome::Inconclusive)
}

/// Stands in every page that keystorm writes.
const PAGE_MARK: &str = "<meta name=\"generator\" content=\"keystorm ";

/// Whether it is one, of this version or a newer one.
fn is_calibration(text: &str) -> bool {
    !matches!(
        Calibration::from_toml(text),
        Err(CalibrationError::Malformed(_))
    )
}

/// Refuses a file that is there and that is not `ours`.
fn ensure_ours(file: &Path, ours: impl Fn(&str) -> bool) -> Result<(), Failure> {
    if files::is_stdout(file) || files::is_device(file) {
        return Ok(());
    }
    let why = match fs::read(file) {
        Ok(bytes) if str::from_utf8(&bytes).is_ok_and(ours) => return Ok(()),
        Ok(_) => "holds something that keystorm calibrate did not write".to_owned(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => format!("cannot be read ({error})"),
    };
    Err(Failure::Input(format!(
        "{} {why}\n  = help: choose another file, or replace it with --force",
        file.display()
    )))
}

fn measure(args: &Args, effort: Effort) -> Result<Measured, Failure> {
    let shown = Shown::choose(args.progress, args.quiet);
    let bar = (shown == Shown::Bar).then(bar);
    let mut tenths = 0_u64;
    let mut progress = |done: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "done is 0 to 1"
        )]
        let permille = (done * 1_000.0) as u64;
        match &bar {
            Some(bar) => bar.set_position(permille),
            None if shown == Shown::Lines && permille / 100 > tenths => {
                tenths = permille / 100;
                print::remark(&format!("{} % measured", tenths * 10));
            }
            None => {}
        }
    };
    let measured = keystorm_envelope::calibrate::calibrate(effort, &mut progress);
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    measured.map_err(|error| Failure::Internal(error.to_string()))
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  measuring, {eta} left");
    ProgressBar::new(1_000).with_style(style.expect("the template is written correctly"))
}

/// What was measured, as it goes into the file.
fn calibration(measured: &Measured, effort: Effort) -> Calibration {
    let mut cost = BTreeMap::new();
    let mut curve: BTreeMap<String, Vec<Point>> = BTreeMap::new();
    for figure in measured.figures.iter().filter(|f| f.name != "floor") {
        let Estimate { median, low, high } = figure.ns;
        let (name, samples) = (figure.name.to_owned(), figure.samples as u64);
        if let Some(bytes) = figure.bytes {
            curve.entry(name).or_default().push(Point {
                bytes,
                ns: median,
                low,
                high,
                samples,
            });
        } else {
            let ns = median;
            cost.insert(
                name,
                CoreCost {
                    ns,
                    low,
                    high,
                    samples,
                },
            );
        }
    }
    Calibration {
        calibration: CALIBRATION_VERSION,
        keystorm: env!("CARGO_PKG_VERSION").into(),
        measured: now(),
        effort: if effort == Effort::Quick {
            "quick"
        } else {
            "full"
        }
        .into(),
        build: if cfg!(debug_assertions) {
            "debug"
        } else {
            "release"
        }
        .into(),
        seconds: measured.seconds,
        machine: Machine {
            cpu: measured.cpu.name.clone(),
            revision: measured.cpu.revision.clone(),
            features: measured
                .cpu
                .features
                .iter()
                .map(ToString::to_string)
                .collect(),
            is_virtual: measured.cpu.is_virtual,
            threads: measured.cpu.threads as u64,
            os: std::env::consts::OS.into(),
            arch: std::env::consts::ARCH.into(),
        },
        crates: CRATES
            .map(|(name, version)| (name.into(), version.into()))
            .into(),
        quality: Quality {
            samples: measured.samples as u64,
            preempted: measured.preempted as u64,
            drifted: measured.drifted as u64,
            noise: measured.noise.clone(),
        },
        floor: floor(measured),
        cost,
        curve,
    }
}

fn floor(measured: &Measured) -> Option<FloorCost> {
    let floor = measured.floor?;
    let figure = measured.figures.iter().find(|f| f.name == "floor")?;
    Some(FloorCost {
        instructions: floor.to_string(),
        bytes: figure.bytes?,
        ns: figure.ns.median,
        low: figure.ns.low,
        high: figure.ns.high,
    })
}

/// The time of day, to the second.
fn now() -> String {
    let now = jiff::Timestamp::now();
    jiff::Timestamp::from_second(now.as_second())
        .map_or_else(|_| now.to_string(), |t| t.to_string())
}
