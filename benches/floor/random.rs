//! Numbers by xoshiro256++ and exponential draws by a ziggurat.

/// xoshiro256++: Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM
/// Transactions on Mathematical Software 47 (2021).
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: [u64; 4],
}

impl Random {
    /// A generator whose state is spread from `seed`, by `SplitMix64`.
    pub(crate) fn new(mut seed: u64) -> Self {
        let state = std::array::from_fn(|_| {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = seed;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        });
        Self { state }
    }

    #[inline]
    pub(crate) fn word(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let word = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        word
    }

    /// Uniform on `0..n`.
    #[inline]
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.word()) * u128::from(n)) >> 64) as u64
    }
}

const LAYERS: usize = 256;
/// Where the tail begins, and the area of each layer: Marsaglia and Tsang, "The Ziggurat Method
/// for Generating Random Variables", Journal of Statistical Software 5 (2000).
const TAIL: f64 = 7.697_117_470_131_05;
const AREA: f64 = 0.003_949_659_822_581_557;

/// Exponential draws with mean 1: of 100, 99 take one number and one table entry.
#[derive(Debug)]
pub(crate) struct Exponential {
    /// Right ends of the layers from the bottom up; the bottom one has the tail's area, too.
    ends: [f64; LAYERS + 1],
    /// The density at these ends.
    density: [f64; LAYERS + 1],
}

impl Exponential {
    pub(crate) fn new() -> Self {
        let mut ends = [0.0; LAYERS + 1];
        (ends[0], ends[1]) = (AREA * libm::exp(TAIL), TAIL);
        for layer in 2..LAYERS {
            let below = ends[layer - 1];
            ends[layer] = -libm::log(AREA / below + libm::exp(-below));
        }
        let density = ends.map(|end| libm::exp(-end));
        Self { ends, density }
    }

    #[inline]
    pub(crate) fn draw(&self, random: &mut Random) -> f64 {
        let word = random.word();
        let layer = word as usize % LAYERS;
        let x = unit(word) * self.ends[layer];
        if x < self.ends[layer + 1] {
            return x;
        }
        self.draw_at_edge(random, layer, x)
    }

    #[cold]
    #[inline(never)]
    fn draw_at_edge(&self, random: &mut Random, layer: usize, x: f64) -> f64 {
        if layer == 0 {
            // The tail has no memory.
            return TAIL + self.draw(random);
        }
        let (low, high) = (self.density[layer], self.density[layer + 1]);
        if low + (high - low) * unit(random.word()) < libm::exp(-x) {
            return x;
        }
        self.draw(random)
    }
}

/// Uniform on \[0, 1) by the 52 high bits of `word`.
#[inline]
fn unit(word: u64) -> f64 {
    f64::from_bits(word >> 12 | 1.0_f64.to_bits()) - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: the ziggurat draws from the exponential distribution.
    // Method: a million draws; mean and share above 0.1, 1, 3 and the tail's begin within 4.5
    // standard errors (chance 1e-5).
    #[test]
    fn draws_are_exponential() {
        const DRAWS: u32 = 1_000_000;
        let exponential = Exponential::new();
        let mut random = Random::new(3);
        let draws: Vec<f64> = (0..DRAWS).map(|_| exponential.draw(&mut random)).collect();
        let count = f64::from(DRAWS);
        let mean = draws.iter().sum::<f64>() / count;
        assert!((mean - 1.0).abs() < 4.5 / count.sqrt(), "mean {mean}");
        for limit in [0.1, 1.0, 3.0, TAIL] {
            let above = draws.iter().filter(|&&draw| draw > limit).count() as f64 / count;
            let expected = libm::exp(-limit);
            let error = 4.5 * (expected * (1.0 - expected) / count).sqrt();
            assert!((above - expected).abs() < error, "{above} above {limit}");
        }
    }
}
