//! Records to words, tables, SVG, HTML and CSV; nothing here simulates.
//!
//! Everything is drawn from a [`Record`] alone and is byte-stable: no clock, no hash order, no
//! float operation whose last bit depends on the machine. What comes from a scenario (names,
//! titles, conditions) is escaped for where it is shown.
//!
//! - [`verdict`]: what the run says, in words, by rules;
//! - [`html`]: the report, one self-contained page with figures ([`plotters`]' SVG backend);
//! - [`terminal`], [`markdown`]: verdict and tables;
//! - [`calibration_html`], [`calibration_terminal`]: what `keystorm calibrate` measured;
//! - [`Diff`]: two records set against one another, and [`diff_terminal`] and the like;
//! - [`sweep_html`], [`sweep_terminal`], [`sweep_csv_rows`]: what a sweep found;
//! - [`plan_terminal`], [`plan_html`], [`quota_request`], [`alarm`]: what `keystorm plan` found;
//! - [`facts_terminal`], [`facts_csv`]: tables of facts;
//! - [`summary_csv`], [`series_csv`], [`ndjson`], [`json_summary`], [`interval_log`],
//!   [`percentiles`]: for programs.
mod calibration;
mod clock;
mod comparison;
mod csv_out;
mod diff;
mod draw;
mod facts;
mod figures;
mod hdr;
mod number;
mod page;
mod plan;
mod results;
mod shown;
mod summary;
mod sweep;
mod table;
mod terminal;
mod text;
mod verdict;
mod view;

pub use calibration::{calibration_html, calibration_terminal};
pub use csv_out::{ndjson, series_csv, summary_csv};
pub use diff::{
    Diff, DiffError, DiffOptions, DiffOutcome, DiffRow, Expected, SetupChange, Side, Where,
    diff_csv, diff_json, diff_markdown, diff_ndjson, diff_terminal,
};
pub use facts::{facts_csv, facts_terminal};
pub use hdr::{interval_log, percentiles};
pub use page::html;
pub use plan::{Alarm, QuotaRequest, alarm, plan_html, plan_terminal, quota_request};
pub use summary::{json_summary, markdown};
pub use sweep::{sweep_csv_head, sweep_csv_rows, sweep_html, sweep_terminal};
pub use terminal::{Terminal, terminal};
pub use text::{Run, Text};
pub use verdict::{Finding, KeyFigure, State, Verdict, verdict};

#[cfg(doc)]
use keystorm_record::Record;
