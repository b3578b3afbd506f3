//! When the requests of an open fleet arrive, beside the plain constant rate.
use super::ProfilePoint;
use crate::units::{Duration, Moment, Rate, TimeOfDay, TimeOfWeek, UtcOffset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How requests follow a mean rate.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spacing {
    /// At random: a Poisson process. Of a fixed number, each comes at a time of its own.
    #[default]
    Random,
    /// Evenly spaced.
    Even,
}

/// What happens between two points of a day or a week.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// The rate runs straight from point to point; from the last to the first, too.
    #[default]
    Lines,
    /// The rate of a point holds until the next one.
    Steps,
}

/// A mean rate that follows a line through points.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LoadProfile {
    /// The mean rate of the fleet runs straight from point to point (a ramp); two points at the
    /// same time are a step. Before the first and after the last point it stays as there.
    #[schemars(length(min = 1))]
    pub points: Vec<ProfilePoint>,
    /// How requests follow the rate.
    #[serde(default)]
    pub spacing: Spacing,
}

/// Evenly spaced arrivals of the whole fleet, the first one at t = 0.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Deterministic {
    /// Rate of the fleet.
    pub rate: Rate,
}

/// A rate that switches at random.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Mmpp {
    /// Two or more. The whole fleet stays in one for an exponentially distributed time, then goes
    /// to one of the others, each as likely. At t = 0 it has been going on for long.
    #[schemars(length(min = 2, max = 100))]
    pub states: Vec<MmppState>,
}

/// One state of a rate that switches.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MmppState {
    /// Mean rate of the fleet while in this state.
    pub rate: Rate,
    /// Mean time in it.
    pub mean_time: Duration,
}

/// Times of load with pauses between them.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OnOff {
    /// Mean rate of the fleet while it is on.
    pub rate: Rate,
    /// Mean rate while it is off.
    #[serde(default)]
    pub off_rate: Rate,
    /// How long it stays on.
    pub on: Duration,
    /// How long it stays off.
    pub off: Duration,
    /// Whether these times are fixed, or means.
    #[serde(default)]
    pub times: OnOffTimes,
    /// How requests follow the rate; even spacing needs fixed times.
    #[serde(default)]
    pub spacing: Spacing,
}

/// How long a fleet stays on and off.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnOffTimes {
    /// Exponentially distributed times. At t = 0 it has been going on for long.
    #[default]
    Exponential,
    /// Always the same; on at t = 0.
    Fixed,
}

/// A mean rate that is the same every day.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Daily {
    /// Mean rates of the fleet by the time of day, in the order of time.
    #[schemars(length(min = 1))]
    pub points: Vec<DailyPoint>,
    /// What happens between the points.
    #[serde(default)]
    pub shape: Shape,
    /// Of the clock that these times are from; it changes to no summer time.
    #[serde(default)]
    pub utc_offset: UtcOffset,
    /// How requests follow the rate.
    #[serde(default)]
    pub spacing: Spacing,
}

/// A mean rate by the time of day.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DailyPoint {
    /// Time of day.
    pub at: TimeOfDay,
    /// Mean rate of the fleet at that time.
    pub rate: Rate,
}

/// A mean rate that is the same every week.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Weekly {
    /// Mean rates of the fleet by the time of the week, in the order of time from Monday on.
    #[schemars(length(min = 1))]
    pub points: Vec<WeeklyPoint>,
    /// What happens between the points.
    #[serde(default)]
    pub shape: Shape,
    /// Of the clock that these times are from; it changes to no summer time.
    #[serde(default)]
    pub utc_offset: UtcOffset,
    /// How requests follow the rate.
    #[serde(default)]
    pub spacing: Spacing,
}

/// A mean rate by the time of the week.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WeeklyPoint {
    /// Time of the week.
    pub at: TimeOfWeek,
    /// Mean rate of the fleet at that time.
    pub rate: Rate,
}

/// All instances of the fleet start, once, and each sends its first requests.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ColdStart {
    /// When the first one may start: within the run, by the clock or since t = 0.
    pub at: Moment,
    /// Time within which all start; `"0 s"` is all at the same instant.
    #[serde(default)]
    pub spread: Duration,
    /// Requests of each instance.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub requests: u32,
    /// Rate of each instance, evenly spaced from its start on. Left out: all at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// How starts lie in the spread.
    #[serde(default)]
    pub spacing: Spacing,
}

/// A job that starts by the clock, again and again.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Cron {
    /// Time from start to start. Periods are counted from Monday 00:00 on, so every hour is on the
    /// hour and every day at midnight.
    pub every: Duration,
    /// Time from the beginning of a period to the job's start: with `every = "24 h"`, `"2 h"` is at
    /// 02:00.
    #[serde(default)]
    pub offset: Duration,
    /// Of the clock that it starts by; it changes to no summer time.
    #[serde(default)]
    pub utc_offset: UtcOffset,
    /// Requests at each start, exactly.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub requests: u32,
    /// Time within which they all come; `"0 s"` is all at the same instant.
    #[serde(default)]
    pub spread: Duration,
    /// How they lie in the spread.
    #[serde(default)]
    pub spacing: Spacing,
}
