use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

/// Version of the calibration's format that this crate writes.
pub const CALIBRATION_VERSION: u32 = 1;

/// What the real encryption, checksums and TLS cost on one machine: `calibration.toml`.
///
/// The seam between measuring and everything else. The models read it as text, too: what they need
/// of it stands under `cost` and `curve`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Calibration {
    /// Version of this format, [`CALIBRATION_VERSION`] when written. Marks the file as ours.
    pub calibration: u32,
    /// Version of the keystorm that measured.
    pub keystorm: String,
    /// When, RFC 3339 in UTC.
    pub measured: String,
    /// How thoroughly: `full` or `quick`.
    pub effort: String,
    /// How keystorm was built: `release`, or `debug`, whose own code is slower.
    pub build: String,
    /// Time that measuring took \[s\].
    pub seconds: f64,
    /// Where.
    pub machine: Machine,
    /// Versions of the crates that were measured.
    pub crates: BTreeMap<String, String>,
    /// How quiet the machine was.
    pub quality: Quality,
    /// The machine's floor of AES-256-GCM; absent where no loop for it is known.
    pub floor: Option<FloorCost>,
    /// Times of things without a size, by name.
    pub cost: BTreeMap<String, CoreCost>,
    /// Times by size, sizes ascending, by name.
    pub curve: BTreeMap<String, Vec<Point>>,
}

/// The machine of a calibration.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Machine {
    /// Name of the processor, as it reports itself.
    pub cpu: String,
    /// Its family, model and stepping; may be empty.
    pub revision: String,
    /// Instruction sets that encryption profits from.
    pub features: Vec<String>,
    /// Whether the processor says that it is a virtual one; absent where it does not say.
    pub is_virtual: Option<bool>,
    /// Hardware threads.
    pub threads: u64,
    /// Operating system.
    pub os: String,
    /// Architecture.
    pub arch: String,
}

/// How quiet a machine was.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Quality {
    /// All samples, those that count among them.
    pub samples: u64,
    /// Samples that do not count: the system took the processor away, or the thread waited.
    pub preempted: u64,
    /// Samples that do not count: the clock of the processor was not as usual.
    pub drifted: u64,
    /// Why the machine is too noisy, one sentence each; empty if it is quiet enough.
    pub noise: Vec<String>,
}

/// The time that the instructions of AES-256-GCM alone take.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FloorCost {
    /// Which instructions.
    pub instructions: String,
    /// For so many bytes.
    pub bytes: u64,
    /// Median \[ns\].
    pub ns: f64,
    /// Lower end of its 95 % interval \[ns\].
    pub low: f64,
    /// Upper end \[ns\].
    pub high: f64,
}

/// Time of a core, and how sure it is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CoreCost {
    /// Median \[ns\].
    pub ns: f64,
    /// Lower end of its 95 % interval \[ns\].
    pub low: f64,
    /// Upper end \[ns\].
    pub high: f64,
    /// Samples that count.
    pub samples: u64,
}

/// Time of a core for an operation on so many bytes.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Point {
    /// Bytes.
    pub bytes: u64,
    /// Median \[ns\].
    pub ns: f64,
    /// Lower end of its 95 % interval \[ns\].
    pub low: f64,
    /// Upper end \[ns\].
    pub high: f64,
    /// Samples that count.
    pub samples: u64,
}

impl Point {
    /// Bytes per second of a core.
    #[must_use]
    pub fn bytes_per_s(&self) -> f64 {
        self.bytes as f64 / self.ns * 1e9
    }
}

/// Why a text is not a calibration that this version reads.
#[derive(Debug)]
pub enum CalibrationError {
    /// It is not TOML, or not a calibration; the parser's message.
    Malformed(String),
    /// A newer keystorm wrote it, in the format with this version.
    Newer(u32),
}

impl fmt::Display for CalibrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(why) => {
                write!(f, "not a keystorm calibration: {}", why.trim_end())
            }
            Self::Newer(version) => write!(
                f,
                "calibration has format {version}, this keystorm reads formats up to \
                 {CALIBRATION_VERSION}; update keystorm or calibrate again"
            ),
        }
    }
}

impl std::error::Error for CalibrationError {}

/// What the names of costs mean, in the order in which people read them.
pub const COSTS: [(&str, &str); 16] = [
    ("key-setup", "AES-256-GCM key made ready"),
    ("data-key", "fresh 256-bit data key"),
    (
        "envelope-gcm-seal",
        "envelope, key wrapped by AES-GCM: sealing",
    ),
    (
        "envelope-gcm-open",
        "envelope, key wrapped by AES-GCM: opening",
    ),
    (
        "envelope-aes-kw-seal",
        "envelope, key wrapped by AES-KW: sealing",
    ),
    (
        "envelope-aes-kw-open",
        "envelope, key wrapped by AES-KW: opening",
    ),
    ("envelope-v3-seal", "S3 Encryption Client's V3: sealing"),
    ("envelope-v3-open", "S3 Encryption Client's V3: opening"),
    ("envelope-v2-seal", "S3 Encryption Client's V2: sealing"),
    ("envelope-v2-open", "S3 Encryption Client's V2: opening"),
    (
        "tls-full-ecdsa",
        "TLS 1.3 handshake, ECDSA, X25519 with ML-KEM-768",
    ),
    ("tls-full-ecdsa-x25519", "TLS 1.3 handshake, ECDSA, X25519"),
    (
        "tls-full-rsa",
        "TLS 1.3 handshake, RSA, X25519 with ML-KEM-768",
    ),
    ("tls-full-rsa-x25519", "TLS 1.3 handshake, RSA, X25519"),
    ("tls-resumed", "TLS 1.3 resumed, X25519 with ML-KEM-768"),
    ("tls-resumed-x25519", "TLS 1.3 resumed, X25519"),
];

/// What the names of curves mean, in the order in which people read them.
pub const CURVES: [(&str, &str); 13] = [
    ("seal", "AES-256-GCM, sealing"),
    ("open", "AES-256-GCM, opening"),
    ("seal-between", "sealing, to check the lines between sizes"),
    ("open-between", "opening, to check the lines between sizes"),
    ("seal-bare", "AES-256-GCM, aws-lc-rs alone"),
    ("tls-send", "TLS 1.3, sending"),
    ("tls-receive", "TLS 1.3, receiving"),
    ("crc64-nvme", "CRC64-NVME"),
    ("crc32", "CRC32"),
    ("crc32c", "CRC32C"),
    ("sha-256", "SHA-256"),
    ("md5", "MD5"),
    ("memcpy", "copying in memory"),
];

impl Calibration {
    /// Reads a calibration.
    ///
    /// # Errors
    /// [`CalibrationError::Newer`] if a newer format is named, [`CalibrationError::Malformed`] for
    /// anything else.
    pub fn from_toml(text: &str) -> Result<Self, CalibrationError> {
        #[derive(Deserialize)]
        struct Head {
            calibration: u32,
        }
        let malformed = |error: toml::de::Error| CalibrationError::Malformed(error.to_string());
        // The version first: a newer calibration may lack or add fields.
        let Head { calibration } = toml::from_str(text).map_err(malformed)?;
        if calibration > CALIBRATION_VERSION {
            return Err(CalibrationError::Newer(calibration));
        }
        toml::from_str(text).map_err(malformed)
    }

    /// The calibration as TOML, one line per figure.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        self.write_head(&mut out)
            .and_then(|()| self.write_figures(&mut out))
            .expect("memory takes any text");
        out
    }

    fn write_head(&self, out: &mut String) -> fmt::Result {
        writeln!(
            out,
            "# What encryption costs on this machine; `keystorm calibrate` wrote it."
        )?;
        writeln!(
            out,
            "# Times are ns of one core: median, ends of the 95 % interval, samples."
        )?;
        writeln!(out, "calibration = {}", self.calibration)?;
        writeln!(out, "keystorm    = {}", quoted(&self.keystorm))?;
        writeln!(out, "measured    = {}", quoted(&self.measured))?;
        writeln!(out, "effort      = {}", quoted(&self.effort))?;
        writeln!(out, "build       = {}", quoted(&self.build))?;
        writeln!(out, "seconds     = {:.1}", self.seconds)?;
        let machine = &self.machine;
        writeln!(out, "\n[machine]\ncpu      = {}", quoted(&machine.cpu))?;
        writeln!(out, "revision = {}", quoted(&machine.revision))?;
        writeln!(out, "features = {}", list(&machine.features))?;
        if let Some(is_virtual) = machine.is_virtual {
            writeln!(out, "is-virtual = {is_virtual}")?;
        }
        writeln!(out, "threads  = {}", machine.threads)?;
        writeln!(out, "os       = {}", quoted(&machine.os))?;
        writeln!(out, "arch     = {}", quoted(&machine.arch))?;
        writeln!(out, "\n[crates]")?;
        for (name, version) in &self.crates {
            writeln!(out, "{} = {}", key(name), quoted(version))?;
        }
        let quality = &self.quality;
        writeln!(out, "\n[quality]\nsamples   = {}", quality.samples)?;
        writeln!(out, "preempted = {} # do not count", quality.preempted)?;
        writeln!(out, "drifted   = {} # do not count", quality.drifted)?;
        writeln!(out, "noise     = {}", list(&quality.noise))
    }

    fn write_figures(&self, out: &mut String) -> fmt::Result {
        if let Some(floor) = &self.floor {
            writeln!(
                out,
                "\n# The instructions of AES-256-GCM alone: nothing can be faster."
            )?;
            writeln!(
                out,
                "[floor]\ninstructions = {}",
                quoted(&floor.instructions)
            )?;
            let [ns, low, high] = [floor.ns, floor.low, floor.high].map(nanos);
            writeln!(out, "bytes = {}\nns    = {ns}", floor.bytes)?;
            writeln!(out, "low   = {low}\nhigh  = {high}")?;
        }
        writeln!(out, "\n[cost]")?;
        for (name, cost) in ordered(&self.cost, &COSTS) {
            let [ns, low, high] = [cost.ns, cost.low, cost.high].map(nanos);
            let samples = cost.samples;
            writeln!(
                out,
                "{} = {{ ns = {ns}, low = {low}, high = {high}, samples = {samples} }}",
                key(name)
            )?;
        }
        writeln!(out, "\n[curve]")?;
        for (name, points) in ordered(&self.curve, &CURVES) {
            writeln!(out, "{} = [", key(name))?;
            for point in points {
                let [ns, low, high] = [point.ns, point.low, point.high].map(nanos);
                let (bytes, samples) = (point.bytes, point.samples);
                writeln!(
                    out,
                    "    {{ bytes = {bytes}, ns = {ns}, low = {low}, high = {high}, samples = \
                     {samples} }},"
                )?;
            }
            writeln!(out, "]")?;
        }
        Ok(())
    }
}

/// Entries in the order of `names`, then the others.
fn ordered<'a, T>(
    map: &'a BTreeMap<String, T>,
    names: &'a [(&str, &str)],
) -> impl Iterator<Item = (&'a str, &'a T)> {
    let known = move |name: &str| names.iter().any(|(known, _)| *known == name);
    let first = names
        .iter()
        .filter_map(|(name, _)| Some((*name, map.get(*name)?)));
    let rest = map.iter().filter(move |(name, _)| !known(name));
    first.chain(rest.map(|(name, value)| (name.as_str(), value)))
}

/// A key, in quotes only if it needs them.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// A basic string of TOML: good for keys and values alike.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                write!(out, "\\u{:04x}", u32::from(c)).expect("memory takes any text");
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn list(texts: &[String]) -> String {
    let texts: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// Nanoseconds to a picosecond where it shows, to a tenth of a nanosecond above.
fn nanos(value: f64) -> String {
    if value < 1e4 {
        format!("{value:.3}")
    } else {
        format!("{value:.1}")
    }
}

#[cfg(test)]
mod tests;
