//! When jobs were done, stage by stage.
use super::with_interval;
use crate::number::{count, seconds_fine, share_fine};
use crate::table::{Cell, Table};
use crate::view::mean;
use keystorm_record::{JobRun, Record, Variant};

/// Title of the table.
pub(crate) const TITLE: &str = "Time until the job is done";

/// Most stages that get a column each.
const STAGES_MAX: usize = 6;

/// When all work was done, and the stages of the job; `None` if nothing in the record has an end.
pub(crate) fn completion(record: &Record) -> Option<Table> {
    let has_job = |it: &Variant| mean(it, "job.failed-share").is_some();
    let has_end = |it: &Variant| mean(it, "completion").is_some();
    if !record.variants.iter().any(|it| has_job(it) || has_end(it)) {
        return None;
    }
    let stages = record.variants.iter().map(stages).max().unwrap_or(0);
    let columns: Vec<String> = (1..=stages).map(|it| format!("Stage {it}")).collect();
    let mut head = vec!["Variant", "All done"];
    head.extend(columns.iter().map(String::as_str));
    head.extend(["Task failures", "Jobs failed"]);
    let mut table = Table::new(&head);
    for variant in &record.variants {
        let mut cells = vec![with_interval(variant, "completion")];
        cells.extend((0..stages).map(|stage| stage_end(variant, stage)));
        cells.push(Cell::optional(mean(variant, "job.task-failures"), count));
        let failed = mean(variant, "job.failed-share");
        let cell = Cell::optional(failed, share_fine);
        cells.push(cell.marked(failed > Some(0.0)));
        table.row(&variant.name, cells);
    }
    Some(table.without_zeros(&["Task failures", "Jobs failed"]))
}

/// The only job of each replication.
fn jobs(variant: &Variant) -> impl Iterator<Item = &JobRun> {
    let jobs = variant.replications.iter().map(|it| &it.jobs);
    jobs.filter(|it| it.len() == 1).flatten()
}

/// How many stages of a variant's job are shown; several jobs at once have no columns.
fn stages(variant: &Variant) -> usize {
    let most = jobs(variant).map(|job| job.stages.0).max().unwrap_or(0);
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if (2..=STAGES_MAX).contains(&most) {
        most
    } else {
        0
    }
}

/// Mean time at which a stage had ended.
fn stage_end(variant: &Variant, stage: usize) -> Cell {
    let ends = jobs(variant).filter_map(|job| job.stages_ns.get(stage));
    let seconds: Vec<f64> = ends.map(|it| it.as_f64() / 1e9).collect();
    let mean = (!seconds.is_empty()).then(|| seconds.iter().sum::<f64>() / seconds.len() as f64);
    Cell::optional(mean, seconds_fine)
}
