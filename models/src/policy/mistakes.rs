use std::error::Error;
use std::fmt;
use std::ops::Range;

/// Something in a policy's text that AWS would refuse, or that means nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mistake {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// Line, from 1.
    pub line: usize,
    /// Column \[characters\], from 1.
    pub column: usize,
    /// What is wrong, with the offending text, and what was expected; lower case, no full stop.
    pub message: String,
    /// What to do; `None` if the message says it all.
    pub help: Option<String>,
}

/// Everything that is wrong with a policy's text, in its order; never empty.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mistakes {
    /// The mistakes.
    pub list: Vec<Mistake>,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  = help: {help}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (mistake, index) in self.list.iter().zip(0..) {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{mistake}")?;
        }
        Ok(())
    }
}

impl Error for Mistakes {}

/// Collects mistakes while a text is read.
pub(super) struct Notebook<'t> {
    text: &'t str,
    list: Vec<Mistake>,
}

impl<'t> Notebook<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            list: Vec::new(),
        }
    }

    pub(super) fn mistake(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.note(span, message.into(), None);
    }

    pub(super) fn helped(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.note(span, message.into(), Some(help.into()));
    }

    fn note(&mut self, span: Range<usize>, message: String, help: Option<String>) {
        let start = self.text.floor_char_boundary(span.start);
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        self.list.push(Mistake {
            span: start..span.end.max(start),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message,
            help,
        });
    }

    /// The mistakes, if there are any.
    pub(super) fn close(mut self) -> Result<(), Mistakes> {
        // What is missing is noticed last but stands first.
        self.list.sort_by_key(|mistake| mistake.span.start);
        if self.list.is_empty() {
            Ok(())
        } else {
            Err(Mistakes { list: self.list })
        }
    }
}

/// `; did you mean …` if one of the known words is close to this one, else nothing.
pub(super) fn did_you_mean<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> String {
    let lower = word.to_lowercase();
    let closest = known
        .map(|it| (strsim::osa_distance(&lower, &it.to_lowercase()), it))
        .min_by_key(|&(distance, _)| distance);
    match closest {
        Some((distance, it)) if distance <= (word.chars().count() / 4).max(1) => {
            format!("; did you mean `{it}`")
        }
        _ => String::new(),
    }
}

/// A piece of somebody's text for a message: cut if it is long, control characters escaped.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN_MAX: usize = 80;
    let mut shown: String = text.chars().take(SHOWN_MAX).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!(
        "`{}`",
        shown
            .escape_debug()
            .to_string()
            .replace("\\\"", "\"")
            .replace("\\'", "'")
    )
}
