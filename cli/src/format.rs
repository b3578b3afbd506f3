//! What a record can be drawn as: the same for `run` and `report`.
use crate::args::When;
use crate::print;
use keystorm_record::Record;

/// A form of a result.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Verdict and tables for people
    Table,
    /// Verdict and figures for programs
    Json,
    /// One line per variant and figure, as in summary.csv
    Csv,
    /// One JSON object per variant and figure, a line each
    Ndjson,
    /// Verdict and tables for a pull request or a wiki
    Markdown,
    /// The report: one self-contained page
    Html,
    /// One line per variant and second, as in series.csv
    Series,
    /// Latencies as an interval log that HdrHistogram's tools read, tagged VARIANT:OPERATION
    Hlog,
    /// Latency percentiles as text that HdrHistogram's plotters read: a file per variant and
    /// operation, whose names go before the extension of --output
    Hgrm,
}

/// A text, with words for the name of its file.
pub(crate) type Drawn = (Vec<String>, String);

impl Format {
    /// The record in this form, as files: words for their names, none if it is one. Only the table
    /// has colours.
    pub(crate) fn draw(self, record: &Record, color: When) -> Vec<Drawn> {
        let one = match self {
            Self::Hgrm => {
                let texts = keystorm_reports::percentiles(record);
                return texts
                    .into_iter()
                    .map(|(words, it)| (words.into(), it))
                    .collect();
            }
            Self::Table => print::table(record, color),
            Self::Json => keystorm_reports::json_summary(record),
            Self::Csv => keystorm_reports::summary_csv(record),
            Self::Ndjson => keystorm_reports::ndjson(record),
            Self::Markdown => keystorm_reports::markdown(record),
            Self::Html => keystorm_reports::html(record),
            Self::Series => keystorm_reports::series_csv(record),
            Self::Hlog => keystorm_reports::interval_log(record),
        };
        vec![(Vec::new(), one)]
    }
}
