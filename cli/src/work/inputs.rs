//! The flags of all commands that simulate which change what comes out, beside the scenario's.
use crate::args::When;
use crate::exit::Failure;
use crate::scenario;
use keystorm_scenarios::{Calibration, PriceFile, Study, TieBreak};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a result depends on, beside the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Inputs {
    /// Order of events at the same instant; what you conclude should hold for both
    #[arg(
        long,
        value_name = "ORDER",
        default_value = "schedule",
        help_heading = "Scenario"
    )]
    tie_break: Order,

    /// What encryption costs a core, as `keystorm calibrate` wrote it [default: keystorm's own, of
    /// another machine]
    ///
    /// Client-side encryption takes these times unless the scenario gives `clients.crypto-rate`.
    #[arg(
        long,
        value_name = "FILE",
        value_hint = clap::ValueHint::FilePath,
        help_heading = "Scenario"
    )]
    calibration: Option<PathBuf>,

    /// Prices in place of keystorm's, as `keystorm facts prices --format toml` prints them
    #[arg(
        long,
        value_name = "FILE",
        value_hint = clap::ValueHint::FilePath,
        help_heading = "Scenario"
    )]
    prices: Option<PathBuf>,
}

/// Order of events at the same instant.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
enum Order {
    /// In the order in which they were scheduled
    Schedule,
    /// In an order drawn at random from the seed
    Shuffled,
}

impl Inputs {
    /// Reads the files that the flags name into a study.
    pub(crate) fn prepare(&self, study: &mut Study, color: When) -> Result<(), Failure> {
        if let Some((_, calibration)) = self.calibration()? {
            study.calibration = Arc::new(calibration);
        }
        if let Some((_, prices)) = self.prices(color)? {
            study.prices = Some(prices);
        }
        Ok(())
    }

    /// The order of events at the same instant.
    pub(crate) fn tie_break(&self) -> TieBreak {
        match self.tie_break {
            Order::Schedule => TieBreak::Schedule,
            Order::Shuffled => TieBreak::Shuffled,
        }
    }

    /// The flags here, for a command.
    pub(crate) fn flags(&self) -> Vec<String> {
        let mut flags = Vec::new();
        for (flag, file) in [
            ("--calibration", &self.calibration),
            ("--prices", &self.prices),
        ] {
            if let Some(file) = file {
                flags.extend([flag.to_owned(), scenario::shown(file)]);
            }
        }
        if self.tie_break == Order::Shuffled {
            flags.extend(["--tie-break", "shuffled"].map(str::to_owned));
        }
        flags
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.flags().is_empty()
    }

    /// The calibration that is asked for, with its text.
    pub(crate) fn calibration(&self) -> Result<Option<(String, Calibration)>, Failure> {
        let help = "`keystorm calibrate -o FILE` writes one";
        let Some((path, text)) = read(self.calibration.as_deref(), help)? else {
            return Ok(None);
        };
        let read = Calibration::read(&text);
        let read = read.map_err(|it| Failure::Input(format!("{}: {it}", path.display())))?;
        Ok(Some((text, read)))
    }

    /// The prices that are asked for, with their text.
    pub(crate) fn prices(&self, color: When) -> Result<Option<(String, PriceFile)>, Failure> {
        let help = "`keystorm facts prices --format toml` prints one to start from";
        let Some((path, text)) = read(self.prices.as_deref(), help)? else {
            return Ok(None);
        };
        let read = PriceFile::read(&scenario::shown(path), &text);
        let read = read.map_err(|found| scenario::mistakes(&found, color))?;
        Ok(Some((text, read)))
    }
}

/// A file's text, with its path; `help` is for one that is not there.
fn read<'a>(path: Option<&'a Path>, help: &str) -> Result<Option<(&'a Path, String)>, Failure> {
    let Some(path) = path else {
        return Ok(None);
    };
    let text = fs::read_to_string(path);
    let text = text.map_err(|error| scenario::unreadable(path, &error, help))?;
    Ok(Some((path, text)))
}
