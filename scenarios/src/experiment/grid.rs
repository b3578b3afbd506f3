//! The points of a grid, each made when it is asked for.
use super::vary::Vary;
use crate::load::Overrides;

/// Every combination of one value of each setting; the last setting varies fastest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid<'a>(pub(super) &'a [Vary]);

impl Grid<'_> {
    /// How many points there are; `None` if 64 bits do not hold it.
    pub(super) fn points(&self) -> Option<u64> {
        let counts = self.0.iter().map(|it| it.values.len() as u64);
        let product = |all: u64, count| all.checked_mul(count);
        counts.into_iter().try_fold(1, product)
    }

    /// Number of the value of each setting at a point.
    pub(super) fn indices(&self, point: u64) -> Vec<usize> {
        let mut left = point;
        let mut indices = vec![0; self.0.len()];
        for (index, it) in indices.iter_mut().zip(self.0).rev() {
            let count = it.values.len() as u64;
            *index = usize::try_from(left % count).expect("less than the number of values");
            left /= count;
        }
        indices
    }

    /// The point's values in words.
    pub(super) fn name(&self, indices: &[usize]) -> String {
        let labels = self.0.iter().zip(indices);
        let labels: Vec<_> = labels.map(|(it, &index)| it.label(index)).collect();
        labels.join(", ")
    }

    /// The point's settings behind those that hold everywhere.
    pub(super) fn over(&self, overrides: &Overrides, indices: &[usize]) -> Overrides {
        let mut of_point = overrides.clone();
        let chosen = self.0.iter().zip(indices);
        let settings = chosen.flat_map(|(it, &index)| it.settings(index));
        of_point.settings.extend(settings);
        of_point
    }
}
