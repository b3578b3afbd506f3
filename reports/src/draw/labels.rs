//! Labels that would overlap move apart.

/// Moves places \[px\] apart so that neighbours are at least `gap` apart and all lie in
/// `from..=to` if they fit; each stays as near to its wish as its neighbours allow.
///
/// The order of the wishes is kept; equal wishes keep the order of the list.
pub(crate) fn spread(wishes: &[f64], gap: f64, from: f64, to: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wishes.len()).collect();
    order.sort_by(|&a, &b| wishes[a].total_cmp(&wishes[b]));
    // Blocks of labels that touch: (sum of their wishes less their offsets, members).
    let mut blocks: Vec<(f64, Vec<usize>)> = Vec::new();
    for index in order {
        let mut block = (wishes[index], vec![index]);
        while let Some((sum, members)) = blocks.last() {
            let top = start(*sum, members.len(), gap, from, to);
            let mine = start(block.0, block.1.len(), gap, from, to);
            if top + members.len() as f64 * gap <= mine {
                break;
            }
            let (sum, mut members) = blocks.pop().expect("it was there a line above");
            // The joined block starts where the mean of its members' wishes asks.
            let shift = members.len() as f64 * gap * block.1.len() as f64;
            members.extend(block.1);
            block = (sum + block.0 - shift, members);
        }
        blocks.push(block);
    }
    let mut places = vec![0.0; wishes.len()];
    for (sum, members) in &blocks {
        let top = start(*sum, members.len(), gap, from, to);
        for (i, &member) in members.iter().enumerate() {
            places[member] = top + i as f64 * gap;
        }
    }
    places
}

/// Place of a block's first label.
fn start(sum: f64, members: usize, gap: f64, from: f64, to: f64) -> f64 {
    let wish = sum / members as f64;
    let last = to - (members as f64 - 1.0) * gap;
    wish.min(last).max(from)
}

#[cfg(test)]
mod tests {
    use super::spread;

    // Goal: no two labels are nearer than the gap, and lone ones do not move.
    // Method: two pairs that collide, one alone, and a crowd at the edge.
    #[test]
    fn labels_move_apart_and_no_further() {
        let places = spread(&[100.0, 104.0, 200.0, 300.0, 300.0], 14.0, 0.0, 400.0);
        assert_eq!(places, [95.0, 109.0, 200.0, 293.0, 307.0]);
        let crowd = spread(&[398.0, 399.0, 400.0], 14.0, 0.0, 400.0);
        assert_eq!(crowd, [372.0, 386.0, 400.0]);
        let chain = spread(&[10.0, 20.0, 30.0], 14.0, 0.0, 400.0);
        for pair in chain.windows(2) {
            assert!(pair[1] - pair[0] >= 14.0 - 1e-9);
        }
    }
}
