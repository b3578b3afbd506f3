//! The figures of a plan's page.
mod cost;
mod dots;
mod growth;
mod limits;
mod migration;
mod mitigations;
mod quota;
mod tornado;

use crate::figures::Figure;
use keystorm_record::plan::Plan;

/// All figures that a plan has something for.
pub(super) fn figures(plan: &Plan) -> Vec<Figure> {
    [
        limits::figure,
        quota::figure,
        growth::figure,
        mitigations::figure,
        migration::figure,
        cost::figure,
    ]
    .iter()
    .filter_map(|figure| figure(plan))
    .zip(1..)
    .map(|(figure, number)| Figure { number, ..figure })
    .collect()
}
