//! Mistakes in what a user wrote, all at once, each with its place, the line and what to do.
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::error::Error;
use std::fmt;
use std::ops::Range;

/// Most mistakes that are shown; the rest is counted.
const SHOWN_MAX: usize = 50;

/// A text in which mistakes are found: the scenario file, or one argument of the command line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Source {
    /// Name for `name:line:column`: the path of the file, or an option such as `--set`.
    pub name: String,
    /// The text.
    pub text: String,
}

/// A place in one of the sources.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// Index into [`Diagnostics::sources`].
    pub source: usize,
    /// Bytes of the source's text; `None` means the source as a whole (something is missing).
    pub span: Option<Range<usize>>,
}

/// One mistake.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Diagnostic {
    /// What is wrong and what was expected, lower case, without full stop.
    pub message: String,
    /// Where.
    pub place: Place,
    /// Short words under the caret; may be empty.
    pub label: String,
    /// A second place that the mistake depends on, with its words.
    pub related: Option<(Place, String)>,
    /// Facts that help to understand, such as the variants in which it happens.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
}

/// All mistakes that were found; loading gives these instead of a study.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Diagnostics {
    /// The texts they were found in; the first is the scenario file.
    pub sources: Vec<Source>,
    /// The mistakes, in the order of the sources.
    pub list: Vec<Diagnostic>,
}

impl Diagnostic {
    /// A mistake at `place`.
    pub(crate) fn new(place: Place, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            place,
            label: String::new(),
            related: None,
            notes: Vec::new(),
            help: Vec::new(),
        }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(crate) fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related = Some((place, label.into()));
        self
    }

    pub(crate) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help.extend(help);
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

impl Diagnostics {
    /// The mistakes as a terminal shows them, each as `error: …`, `file:line:column`, the line
    /// with a caret and what to do; the last line counts them.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let shown = self.list.iter().take(SHOWN_MAX);
        let mut parts: Vec<String> = shown
            .map(|found| renderer.render(&[self.group(found)]) + "\n\n")
            .collect();
        if self.list.len() > SHOWN_MAX {
            parts.push(format!("{} more not shown\n", self.list.len() - SHOWN_MAX));
        }
        parts.push(self.count() + "\n");
        parts.concat()
    }

    /// The last line: `3 mistakes in quickstart.toml; nothing was run`.
    fn count(&self) -> String {
        let n = self.list.len();
        let s = if n == 1 { "" } else { "s" };
        // Files in the order of the sources; options are none.
        let option = |source: &Source| source.name.starts_with("--");
        let mut files: Vec<&str> = Vec::new();
        for (at, source) in self.sources.iter().enumerate() {
            if !option(source) && self.list.iter().any(|found| found.place.source == at) {
                files.push(&source.name);
            }
        }
        let in_options = self.list.iter().any(|found| {
            let source = self.sources.get(found.place.source);
            source.is_some_and(option)
        });
        let mut whereabouts = match (files.is_empty(), self.sources.first()) {
            (true, Some(first)) if !in_options => format!("in {}", first.name),
            (true, _) => String::new(),
            (false, _) => format!("in {}", files.join(" and ")),
        };
        if in_options {
            whereabouts.push_str(if files.is_empty() {
                "on the command line"
            } else {
                " and on the command line"
            });
        }
        format!("{n} mistake{s} {whereabouts}; nothing was run")
    }

    fn group<'a>(&'a self, diagnostic: &'a Diagnostic) -> Group<'a> {
        let mut group = Group::with_title(Level::ERROR.primary_title(&*diagnostic.message));
        let primary = self.sources.get(diagnostic.place.source);
        if let Some(source) = primary {
            group = match &diagnostic.place.span {
                None => group.element(Origin::path(&*source.name)),
                Some(span) => group.elements(snippets(self, diagnostic, source, span)),
            };
        }
        let notes = diagnostic
            .notes
            .iter()
            .map(|note| Level::NOTE.message(&**note));
        let help = diagnostic
            .help
            .iter()
            .map(|help| Level::HELP.message(&**help));
        group.elements(notes).elements(help)
    }
}

/// The line of the mistake and, if there is one, the line that it depends on.
fn snippets<'a>(
    all: &'a Diagnostics,
    diagnostic: &'a Diagnostic,
    source: &'a Source,
    span: &Range<usize>,
) -> Vec<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let snippet = |source: &'a Source| Snippet::source(&*source.text).path(&*source.name);
    let mut annotation = AnnotationKind::Primary.span(within(&source.text, span));
    if !diagnostic.label.is_empty() {
        annotation = annotation.label(&*diagnostic.label);
    }
    let first = snippet(source).annotation(annotation);
    let Some((place, label)) = &diagnostic.related else {
        return vec![first];
    };
    let (Some(other), Some(span)) = (all.sources.get(place.source), &place.span) else {
        return vec![first];
    };
    let context = AnnotationKind::Context
        .span(within(&other.text, span))
        .label(&**label);
    if place.source == diagnostic.place.source {
        vec![first.annotation(context)]
    } else {
        vec![first, snippet(other).annotation(context)]
    }
}

/// The span inside the text, on characters' borders, cut to its first line (or to one character).
fn within(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    let line = text[start..end].find('\n').map_or(end, |at| start + at);
    start..line
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl Error for Diagnostics {}
