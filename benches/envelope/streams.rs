//! Streaming a file through bounded memory, against sealing as many bytes whole.
use super::{Effort, median, ratio};
use keystorm_envelope::chunked::{ChunkLen, ChunkWriter, open_stream, seal_stream};
use keystorm_envelope::{DataKey, EncryptionContext, Sealer};
use std::error::Error;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::time::Duration;

/// Gives the same megabyte again and again: a source that costs one copy.
struct Repeated<'a> {
    block: &'a [u8],
    left: u64,
}

impl Read for Repeated<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let given = room.len().min(left).min(self.block.len());
        room[..given].copy_from_slice(&self.block[..given]);
        self.left -= given as u64;
        Ok(given)
    }
}

/// Rates of one chunk length, by turn \[GB/s\].
#[derive(Default)]
struct Rates {
    written: Vec<f64>,
    copied: Vec<f64>,
    read: Vec<f64>,
    sealed: Vec<f64>,
    opened: Vec<f64>,
}

pub(crate) fn compare(effort: Effort, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let full = effort == Effort::Full;
    let (len, turns) = if full { (1 << 30, 5) } else { (3 << 20, 1) };
    let (key, context) = (DataKey::generate()?, EncryptionContext::new());
    let block: Vec<u8> = (0..=250).cycle().take(1 << 20).collect();
    let all = || Repeated {
        block: &block,
        left: len,
    };
    let mut file = tempfile::tempfile()?;
    io::copy(&mut all(), &mut file)?;
    let mut object = tempfile::tempfile()?;
    let mut rates =
        [ChunkLen::Kib64, ChunkLen::Kib256, ChunkLen::Mib1].map(|chunk| (chunk, Rates::default()));
    for (chunk, _) in &rates {
        file.rewind()?;
        seal_stream(&file, io::sink(), &key, &context, *chunk)?;
    }
    let peak = peak_mib();
    let mut whole = Whole {
        sealer: Sealer::new(&key, &context)?,
        object: vec![1; usize::try_from(len)?],
        rates: Vec::new(),
    };
    for _ in 0..turns {
        for (chunk, own) in &mut rates {
            whole.seal()?;
            let chunk = *chunk;
            own.written.push(per_s(len, || {
                let mut writer = ChunkWriter::new(io::sink(), &key, &context, chunk)?;
                for _ in 0..len >> 20 {
                    writer.write_all(&block)?;
                }
                writer.finish().map(|_| len)
            })?);
            let copied = || seal_stream(all(), io::sink(), &key, &context, chunk);
            own.copied.push(per_s(len, copied)?);
            file.rewind()?;
            own.read.push(per_s(len, || read(&file, chunk.bytes()))?);
            file.rewind()?;
            let sealed = || seal_stream(&file, io::sink(), &key, &context, chunk);
            own.sealed.push(per_s(len, sealed)?);
            file.rewind()?;
            object.set_len(0)?;
            object.rewind()?;
            seal_stream(&file, &object, &key, &context, chunk)?;
            object.rewind()?;
            let opened = || open_stream(&object, io::sink(), &key, &context);
            own.opened.push(per_s(len, opened)?);
        }
    }
    print(len, &rates, &whole.rates, out)?;
    match peak {
        Some(peak) => writeln!(out, "\nstreaming alone had {peak} MiB at most")?,
        None => writeln!(out, "\nmemory: not run, unknown on this system")?,
    }
    Ok(())
}

fn print(
    len: u64,
    rates: &[(ChunkLen, Rates)],
    whole: &[f64],
    out: &mut impl Write,
) -> io::Result<()> {
    let mib = len >> 20;
    writeln!(
        out,
        "streaming {mib} MiB [GB per second of core time]; ratio: to sealing them whole\n"
    )?;
    writeln!(out, "{:<32} {:>7} {:>7}", "", "rate", "ratio")?;
    writeln!(out, "{:<32} {:>7.3}", "whole, in memory", median(whole))?;
    for (at, (chunk, own)) in rates.iter().enumerate() {
        let whole: Vec<f64> = whole
            .iter()
            .skip(at)
            .step_by(rates.len())
            .copied()
            .collect();
        // Core time of reading and of sealing add up: one thread does both.
        let sealing = |(both, read): (&f64, &f64)| 1.0 / (1.0 / both - 1.0 / read);
        let less_reading: Vec<f64> = own.sealed.iter().zip(&own.read).map(sealing).collect();
        for (what, rates) in [
            ("seal, written from memory", &own.written),
            ("seal, copied from memory", &own.copied),
            ("read a file", &own.read),
            ("seal a file", &own.sealed),
            ("seal a file, less reading", &less_reading),
            ("open a file", &own.opened),
        ] {
            let name = format!("{what}, {} KiB", chunk.bytes() >> 10);
            let (rate, ratio) = (median(rates), ratio(rates, &whole));
            writeln!(out, "{name:<32} {rate:>7.3} {ratio:>7.3}")?;
        }
    }
    Ok(())
}

/// Reads to the end, and does nothing with it.
fn read(mut file: &File, len: usize) -> io::Result<u64> {
    let (mut room, mut total) = (vec![0; len], 0);
    loop {
        match file.read(&mut room)? {
            0 => return Ok(total),
            given => total += given as u64,
        }
    }
}

/// Core time of this thread, the system's share included: what others of the machine do is not in
/// it.
#[cfg(unix)]
fn core_time() -> io::Result<Duration> {
    use nix::time::{ClockId, clock_gettime};
    Ok(clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?.into())
}

/// Where core time is unknown, any time.
#[cfg(not(unix))]
fn core_time() -> io::Result<Duration> {
    use std::sync::LazyLock;
    static START: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);
    Ok(START.elapsed())
}

/// Rate of `work` over `len` bytes \[GB per second of core time\].
fn per_s(len: u64, work: impl FnOnce() -> io::Result<u64>) -> Result<f64, Box<dyn Error>> {
    let start = core_time()?;
    let done = work()?;
    if done != len {
        return Err(format!("{done} bytes instead of {len}").into());
    }
    Ok(len as f64 / 1e9 / core_time()?.saturating_sub(start).as_secs_f64())
}

/// As many bytes, whole, in memory.
struct Whole {
    sealer: Sealer,
    object: Vec<u8>,
    rates: Vec<f64>,
}

impl Whole {
    fn seal(&mut self) -> Result<(), Box<dyn Error>> {
        let len = self.object.len() as u64;
        let rate = per_s(len, || {
            let seal = self.sealer.seal_in_place(&[], &mut self.object);
            seal.map(|_| len).map_err(io::Error::other)
        })?;
        self.rates.push(rate);
        Ok(())
    }
}

/// The most memory that the process ever had \[MiB\], where the system says it.
fn peak_mib() -> Option<u64> {
    let mut status = String::new();
    File::open("/proc/self/status")
        .ok()?
        .read_to_string(&mut status)
        .ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib.div_ceil(1024))
}
