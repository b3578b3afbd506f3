//! Everything that a record is shown as, from one synthetic record.
mod accounts;
mod advice;
mod calibration;
mod comparison;
mod figures;
mod fixture;
mod jobs;
mod many;
mod page;
mod plan_fixture;
mod plans;
mod prefixes;
mod rough;
mod sweep;
mod texts;
mod verdicts;
