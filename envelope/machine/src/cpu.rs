use std::num::NonZero;

/// The processor, as it reports itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cpu {
    /// Its name, such as `AMD EPYC 9R14`; `unknown` if it does not say.
    pub name: String,
    /// Family, model and stepping, such as `family 25, model 17, stepping 1`; may be empty.
    pub revision: String,
    /// Instruction sets that encryption and checksums profit from, as Rust names them.
    pub features: Vec<&'static str>,
    /// Whether it says that it is a virtual one; `None` if there is no way to tell.
    pub is_virtual: Option<bool>,
    /// Hardware threads that this process may use.
    pub threads: usize,
}

/// Describes the processor that this runs on.
#[must_use]
pub fn cpu() -> Cpu {
    let (name, revision, is_virtual) = identity();
    Cpu {
        name: if name.is_empty() {
            "unknown".into()
        } else {
            name
        },
        revision,
        features: features(),
        is_virtual,
        threads: std::thread::available_parallelism().map_or(1, NonZero::get),
    }
}

macro_rules! detected {
    ($detect:ident: $($feature:tt),+ $(,)?) => {
        [$(($feature, std::arch::$detect!($feature))),+]
            .into_iter()
            .filter_map(|(name, has)| has.then_some(name))
            .collect()
    };
}

#[cfg(target_arch = "x86_64")]
fn features() -> Vec<&'static str> {
    detected!(is_x86_feature_detected:
        "aes", "pclmulqdq", "vaes", "vpclmulqdq", "gfni", "sha", "sse4.2", "avx", "avx2",
        "avx512f", "avx512bw", "avx512vl", "avx512ifma", "bmi2", "adx",
    )
}

#[cfg(target_arch = "aarch64")]
fn features() -> Vec<&'static str> {
    detected!(is_aarch64_feature_detected:
        "aes", "pmull", "sha2", "sha3", "crc", "neon", "sve", "sve2",
    )
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn features() -> Vec<&'static str> {
    Vec::new()
}

/// Name, revision and whether it is virtual, by the instruction CPUID.
///
/// # Source
/// Intel, Software Developer's Manual, volume 2A, CPUID: leaf 1 (revision; bit 31 of ECX is left to
/// hypervisors), leaves `8000_0002` to `8000_0004` (name).
#[cfg(target_arch = "x86_64")]
fn identity() -> (String, String, Option<bool>) {
    use std::arch::x86_64::__cpuid;
    let one = __cpuid(1);
    let field = |shift: u32, bits: u32| (one.eax >> shift) & ((1 << bits) - 1);
    let (stepping, mut model, mut family) = (field(0, 4), field(4, 4), field(8, 4));
    if family == 6 || family == 15 {
        model += field(16, 4) << 4;
    }
    if family == 15 {
        family += field(20, 8);
    }
    let mut name = Vec::new();
    if __cpuid(0x8000_0000).eax >= 0x8000_0004 {
        for leaf in 0x8000_0002..=0x8000_0004 {
            let words = __cpuid(leaf);
            for word in [words.eax, words.ebx, words.ecx, words.edx] {
                name.extend(word.to_le_bytes());
            }
        }
    }
    let name = String::from_utf8_lossy(&name).replace('\0', " ");
    (
        name.split_whitespace().collect::<Vec<_>>().join(" "),
        format!("family {family}, model {model}, stepping {stepping}"),
        Some(one.ecx >> 31 == 1),
    )
}

/// Other processors have no instruction that programs may ask: Linux is asked instead.
#[cfg(not(target_arch = "x86_64"))]
fn identity() -> (String, String, Option<bool>) {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let of = |key: &str| {
        text.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.trim() == key)
            .map(|(_, value)| value.trim().to_owned())
    };
    let revision = ["CPU implementer", "CPU part", "CPU variant", "CPU revision"]
        .iter()
        .filter_map(|key| Some(format!("{key} {}", of(key)?)))
        .collect::<Vec<_>>()
        .join(", ");
    (of("model name").unwrap_or_default(), revision, None)
}

#[cfg(test)]
mod tests {
    use super::cpu;

    // Goal: the processor is named as the system names it.
    // Method: where Linux lists it, the first entry must agree.
    #[test]
    fn the_name_is_the_one_that_the_system_gives() {
        let cpu = cpu();
        assert!(cpu.threads >= 1);
        let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("model name"));
        if let Some((_, name)) = line.and_then(|line| line.split_once(':')) {
            assert_eq!(
                cpu.name,
                name.split_whitespace().collect::<Vec<_>>().join(" ")
            );
        }
        for feature in ["aes", "avx512f"]
            .iter()
            .filter(|f| cpu.features.contains(f))
        {
            assert!(text.is_empty() || text.contains(feature), "{feature}");
        }
    }
}
