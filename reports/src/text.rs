//! A sentence with its emphases, independent of where it is shown.

/// A piece of a sentence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Run {
    /// Ordinary words.
    Plain(String),
    /// A number or a word that decides.
    Strong(String),
    /// A word that rests on keystorm's assumption.
    Assumed(String),
    /// What a user types: a condition, a setting, a command.
    Code(String),
    /// A link to the evidence: its words and the id on the page.
    Link(String, String),
}

/// A sentence, or a few.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Text(pub Vec<Run>);

impl Text {
    /// Starts with ordinary words.
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self::default().plain(words)
    }

    /// Starts with bold words.
    pub(crate) fn bold(words: impl Into<String>) -> Self {
        Self::default().strong(words)
    }

    /// A sentence of a record: what stands in backticks is code.
    pub(crate) fn with_code(sentence: &str) -> Self {
        let runs = sentence
            .split('`')
            .enumerate()
            .map(|(i, part)| match i % 2 {
                0 => Run::Plain(part.into()),
                _ => Run::Code(part.into()),
            });
        Self(runs.collect())
    }

    /// Adds ordinary words.
    pub(crate) fn plain(mut self, words: impl Into<String>) -> Self {
        self.0.push(Run::Plain(words.into()));
        self
    }

    /// Adds bold words.
    pub(crate) fn strong(mut self, words: impl Into<String>) -> Self {
        self.0.push(Run::Strong(words.into()));
        self
    }

    /// Adds the amber word for something assumed.
    pub(crate) fn assumed(mut self, words: impl Into<String>) -> Self {
        self.0.push(Run::Assumed(words.into()));
        self
    }

    /// Adds what a user types.
    pub(crate) fn code(mut self, words: impl Into<String>) -> Self {
        self.0.push(Run::Code(words.into()));
        self
    }

    /// Adds a link to an id of the page.
    pub(crate) fn link(mut self, words: impl Into<String>, id: impl Into<String>) -> Self {
        self.0.push(Run::Link(words.into(), id.into()));
        self
    }

    /// Adds the runs of another text.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The words alone, links left out: where there is no page there is nothing to link to.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = String::new();
        for run in &self.0 {
            match run {
                Run::Plain(text) | Run::Strong(text) | Run::Assumed(text) => words.push_str(text),
                Run::Code(text) => {
                    words.push('`');
                    words.push_str(text);
                    words.push('`');
                }
                Run::Link(..) => {}
            }
        }
        words.trim_end().to_string()
    }

    /// HTML, escaped.
    pub(crate) fn html(&self) -> String {
        let mut html = String::new();
        for run in &self.0 {
            let (open, text, close) = match run {
                Run::Plain(text) => (String::new(), text, ""),
                Run::Strong(text) => ("<b>".into(), text, "</b>"),
                Run::Assumed(text) => ("<span class=\"as\">".into(), text, "</span>"),
                Run::Code(text) => ("<code>".into(), text, "</code>"),
                Run::Link(text, id) => (format!("<a href=\"#{}\">", escape(id)), text, "</a>"),
            };
            html.push_str(&open);
            html.push_str(&escape(text));
            html.push_str(close);
        }
        html
    }

    /// Markdown, escaped; links left out.
    pub(crate) fn markdown(&self) -> String {
        let mut out = String::new();
        for run in &self.0 {
            match run {
                Run::Plain(text) | Run::Assumed(text) => out.push_str(&escape_markdown(text)),
                Run::Strong(text) => {
                    out.push_str("**");
                    out.push_str(&escape_markdown(text));
                    out.push_str("**");
                }
                Run::Code(text) => {
                    out.push('`');
                    out.push_str(&text.replace('`', "'"));
                    out.push('`');
                }
                Run::Link(..) => {}
            }
        }
        out.trim_end().to_string()
    }
}

/// The words with a capital letter at the beginning.
pub(crate) fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// The words with a full stop at the end, if they have none.
pub(crate) fn stopped(words: &str) -> String {
    let words = words.trim_end();
    if words.is_empty() || words.ends_with(['.', '!', '?']) {
        words.into()
    } else {
        format!("{words}.")
    }
}

/// Text made safe for HTML content and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Control characters would end a line or a page where none should end.
            c if c.is_control() && c != '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Text made safe for Markdown, tables included.
pub(crate) fn escape_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Text made safe for a terminal: no control characters, so no escape sequences.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect()
}
