//! The questions that `init` asks on a terminal.
use super::{Mode, Wanted};
use crate::exit::Failure;
use clap::ValueEnum;
use keystorm_scenarios::tables;
use keystorm_scenarios::units::{ByteSize, QuantityError, Rate};
use std::io::{self, BufRead, Write};

/// Asks for what flags could have said. An empty answer takes the default in brackets.
///
/// # Errors
/// [`Failure::Input`] if there is no answer (end of input), [`Failure::Internal`] if the terminal
/// cannot be read or written.
pub(super) fn ask(input: &mut dyn BufRead, out: &mut dyn Write) -> Result<Wanted, Failure> {
    let mut terminal = Terminal { input, out };
    let region = terminal.ask("Region", "us-east-1", |text| {
        let known = tables::regions().any(|it| it == text);
        let unknown = || format!("{text:?} is no Region that keystorm knows, such as eu-west-3");
        known.then(|| text.to_owned()).ok_or_else(unknown)
    })?;
    let modes: Vec<_> = Mode::value_variants()
        .iter()
        .filter_map(Mode::to_possible_value)
        .collect();
    let modes: Vec<_> = modes
        .iter()
        .map(clap::builder::PossibleValue::get_name)
        .collect();
    let question = format!("Encryption ({})", modes.join(", "));
    let encryption = terminal.ask(&question, "sse-kms", |text| {
        Mode::from_str(text, true).map_err(|_| format!("expected one of {}", modes.join(", ")))
    })?;
    let bucket_key = encryption == Mode::SseKms
        && terminal.ask("Bucket Key (yes, no)", "no", |text| match text {
            "yes" | "y" => Ok(true),
            "no" | "n" => Ok(false),
            _ => Err("expected yes or no".to_owned()),
        })?;
    let rate = |text: &str| text.parse::<Rate>().map_err(|error| said(&error));
    let gets = terminal.ask("GETs of all programs", "500/s", rate)?;
    let puts = terminal.ask("PUTs of all programs", "100/s", |text| {
        let puts = rate(text)?;
        if gets.0 + puts.0 > 0.0 {
            Ok(puts)
        } else {
            Err("with neither GETs nor PUTs there is nothing to simulate".to_owned())
        }
    })?;
    let size = terminal.ask("Size of the objects", "1 MiB", |text| {
        text.parse::<ByteSize>().map_err(|error| said(&error))
    })?;
    let quota = terminal.ask("KMS quota of the account", REGIONS_OWN, |text| match text {
        REGIONS_OWN => Ok(None),
        _ => rate(text).map(Some),
    })?;
    let other = terminal.ask("KMS calls of everything else there", "0/s", rate)?;
    Ok(Wanted {
        region: Some(region),
        encryption: Some(encryption),
        bucket_key,
        gets: Some(gets),
        puts: Some(puts),
        object_size: Some(size),
        quota,
        other_load: Some(other),
        instances: None,
    })
}

const REGIONS_OWN: &str = "the Region's";

fn said(error: &QuantityError) -> String {
    format!("{error}; {}", error.help())
}

struct Terminal<'a> {
    input: &'a mut dyn BufRead,
    out: &'a mut dyn Write,
}

impl Terminal<'_> {
    /// Asks until the answer can be read.
    fn ask<T>(
        &mut self,
        question: &str,
        default: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Failure> {
        loop {
            let line = self.line(question, default).map_err(|error| {
                Failure::Internal(format!("cannot talk to the terminal: {error}"))
            })?;
            let Some(line) = line else {
                return Err(Failure::Input("no answer; nothing was written".to_owned()));
            };
            let answer = match line.trim() {
                "" => default,
                answer => answer,
            };
            match read(answer) {
                Ok(value) => return Ok(value),
                Err(why) => {
                    // If it cannot be shown, the next question cannot either.
                    let _ = writeln!(self.out, "  {why}");
                }
            }
        }
    }

    /// The line that is answered, or `None` at the end of the input.
    fn line(&mut self, question: &str, default: &str) -> io::Result<Option<String>> {
        write!(self.out, "{question} [{default}]: ")?;
        self.out.flush()?;
        let mut line = String::new();
        Ok((self.input.read_line(&mut line)? > 0).then_some(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(answers: &str) -> (Result<Wanted, Failure>, String) {
        let mut shown = Vec::new();
        let wanted = ask(&mut answers.as_bytes(), &mut shown);
        (wanted, String::from_utf8(shown).unwrap())
    }

    // Goal: answers are what flags would have said, and empty ones the defaults.
    // Method: answers to every question; only line ends.
    #[test]
    fn answers_are_flags() {
        let (wanted, _) = asked("eu-west-3\nsse-kms\ny\n5k/s\n0/s\n64 KiB\n20_000/s\n2_000/s\n");
        let wanted = wanted.unwrap();
        assert_eq!(wanted.region.as_deref(), Some("eu-west-3"));
        assert!(wanted.bucket_key && wanted.gets == Some(Rate(5_000.0)));
        assert_eq!(wanted.object_size, Some(ByteSize(65_536)));
        assert_eq!(
            (wanted.quota, wanted.other_load),
            (Some(Rate(20_000.0)), Some(Rate(2_000.0)))
        );
        let (wanted, shown) = asked("\n\n\n\n\n\n\n\n");
        let wanted = wanted.unwrap();
        assert!(wanted.encryption == Some(Mode::SseKms) && wanted.quota.is_none());
        assert!(
            shown.starts_with("Region [us-east-1]: Encryption (sse-s3, sse-kms"),
            "{shown}"
        );
    }

    // Goal: an answer that cannot be read is asked for again, with the reason; the end of the input
    // is no endless loop; what makes no sense is not asked.
    // Method: wrong answers before right ones; input that ends; no Bucket Key under SSE-S3.
    #[test]
    fn wrong_answers_are_asked_for_again() {
        let (wanted, shown) = asked("paris\neu-west-3\nsse-s3\n500\n0/s\n0/s\n7/s\n\n\n\n");
        assert_eq!(wanted.unwrap().puts, Some(Rate(7.0)));
        for part in [
            "\"paris\" is no Region",
            "write \"500/s\"",
            "nothing to simulate",
        ] {
            assert!(shown.contains(part), "{part} is not in {shown}");
        }
        assert!(!shown.contains("Bucket Key"));
        let (wanted, _) = asked("eu-west-3\n");
        assert!(matches!(wanted, Err(Failure::Input(why)) if why.starts_with("no answer")));
    }
}
