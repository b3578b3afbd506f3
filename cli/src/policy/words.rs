use super::Said;
use keystorm_scenarios::policy::{Answer, Asked, Check, Element, Found, Severity, StatementTrace};
use std::fmt::Write;

/// Answers, traces and traps as people read them.
pub(super) fn all(all: &Said, color: bool) -> String {
    let paint = Paint(color);
    let mut text = String::new();
    for answer in &all.answers {
        answered(&mut text, answer, paint);
    }
    if all.answers.is_empty() {
        let _ = writeln!(
            text,
            "{}: can be read; no request was given, so it was only searched for traps\n",
            all.policy
        );
    }
    linted(&mut text, &all.policy, &all.lint, paint);
    text
}

/// Colours, if there are to be any.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.0 {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    fn good(self, text: &str) -> String {
        self.with("1;32", text)
    }

    fn bad(self, text: &str) -> String {
        self.with("1;31", text)
    }

    fn odd(self, text: &str) -> String {
        self.with("1;33", text)
    }
}

/// Text of somebody else's file or flags: control characters are no commands to the terminal.
fn clean(text: &str) -> String {
    let mut clean = String::new();
    for c in text.chars() {
        if c.is_control() {
            clean.extend(c.escape_default());
        } else {
            clean.push(c);
        }
    }
    clean
}

// Writing to a string cannot fail.
fn answered(text: &mut String, answer: &Answer, paint: Paint) {
    for asked in &answer.asked {
        let because = clean(&asked.because);
        let (word, rest) = because.split_at(because.find([' ', ':', ',']).unwrap_or(0));
        let word = upper_first(word);
        let word = if asked.allowed {
            paint.good(&word)
        } else {
            paint.bad(&word)
        };
        let _ = writeln!(text, "{word}{rest}");
        let _ = writeln!(
            text,
            "  {}: {} on {} by {}",
            answer.operation,
            clean(&asked.action),
            clean(&asked.resource),
            clean(&asked.principal)
        );
    }
    for asked in &answer.asked {
        text.push('\n');
        for statement in &asked.decision.statements {
            traced(text, statement, paint);
        }
        keys(text, asked);
    }
    if !answer.headers_unseen.is_empty() {
        let names = clean(&answer.headers_unseen.join(", "));
        let _ = writeln!(text, "No condition key shows a policy: {names}");
    }
    text.push('\n');
}

fn traced(text: &mut String, statement: &StatementTrace, paint: Paint) {
    let sid = statement.sid.as_deref();
    let sid = sid.map_or_else(String::new, |sid| format!(" {:?}", clean(sid)));
    let matches = if statement.matches {
        paint.odd("matches")
    } else {
        "does not match".to_owned()
    };
    let _ = writeln!(
        text,
        "Statement {}{sid}, {:?}: {matches}",
        statement.number, statement.effect
    );
    for check in &statement.checks {
        let mark = if check.matches { "yes" } else { "no " };
        let _ = writeln!(text, "  {mark}  {}", clean(&checked(check)));
    }
}

fn checked(check: &Check) -> String {
    let list = |values: &[String]| match values {
        [] => "nothing".to_owned(),
        values => values.join(", "),
    };
    let policy = list(&check.policy);
    let request = match &check.request {
        None => "not in the request".to_owned(),
        Some(values) => format!("the request has {}", list(values)),
    };
    match check.element {
        Element::Condition => format!("{} {}: {policy}; {request}", check.name, check.key),
        _ => format!("{}: {policy}; {request}", check.name),
    }
}

fn keys(text: &mut String, asked: &Asked) {
    let _ = writeln!(text, "Condition keys of the request:");
    for (key, values) in &asked.keys {
        let _ = writeln!(text, "  {} = {}", clean(key), clean(&values.join(", ")));
    }
}

fn linted(text: &mut String, policy: &str, lint: &[Found], paint: Paint) {
    let count = |severity| lint.iter().filter(|it| it.severity == severity).count();
    let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let (warnings, notes) = (count(Severity::Warning), count(Severity::Note));
    if lint.is_empty() {
        let _ = writeln!(text, "Traps: none of those known");
        return;
    }
    let _ = writeln!(
        text,
        "Traps: {}, {}",
        plural(warnings, "warning"),
        plural(notes, "note")
    );
    for found in lint {
        let severity = match found.severity {
            Severity::Warning => paint.odd("warning"),
            Severity::Note => "note".to_owned(),
        };
        let _ = writeln!(
            text,
            "\n{severity}[{}]: {}\n --> {policy}:{}:{}\n  = {}\n  = help: {}\n  = source: {}",
            found.id,
            clean(&found.what),
            found.line,
            found.column,
            found.explanation,
            found.remedy,
            found.source
        );
    }
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
