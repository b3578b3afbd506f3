use super::RequestContext;
use super::Version;
use super::keys::MULTIVALUED;

/// A text of a policy, in which wildcards and variables may stand.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Part {
    /// As it stands; `*` and `?` are wildcards where the operator knows any.
    Text(String),
    /// `${*}`, `${?}`, `${$}`: the character itself.
    Escaped(char),
    /// `${key}` or `${key, 'default'}`: the request's value of the key.
    Variable {
        key: String,
        default: Option<String>,
    },
}

/// One place of a pattern.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Glyph {
    /// This character.
    Char(char),
    /// Any one character.
    One,
    /// Any characters, or none.
    Many,
}

impl Template {
    /// Reads the text; `${…}` means something from version 2012-10-17 on.
    ///
    /// # Errors
    /// What is wrong with a variable.
    pub(super) fn parse(text: &str, version: Version) -> Result<Self, String> {
        if version < Version::V2012 {
            return Ok(Self::literal(text));
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            if at > 0 {
                parts.push(Part::Text(rest[..at].to_owned()));
            }
            let (part, after) = variable(&rest[at + 2..])?;
            parts.push(part);
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// A text without variables.
    pub(super) fn literal(text: &str) -> Self {
        Self {
            parts: vec![Part::Text(text.to_owned())],
        }
    }

    /// Keys of its variables.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable { key, .. } => Some(key.as_str()),
            _ => None,
        })
    }

    /// The pattern for this request; `None` if a variable has neither one value nor a default.
    ///
    /// What a variable stands for holds no wildcards: a user named `*` is not everybody.
    pub(super) fn pattern(&self, context: &RequestContext) -> Option<Vec<Glyph>> {
        let mut glyphs = Vec::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => glyphs.extend(text.chars().map(|c| match c {
                    '*' => Glyph::Many,
                    '?' => Glyph::One,
                    c => Glyph::Char(c),
                })),
                Part::Escaped(c) => glyphs.push(Glyph::Char(*c)),
                Part::Variable { key, default } => {
                    let value = value(context, key).or(default.as_deref())?;
                    glyphs.extend(value.chars().map(Glyph::Char));
                }
            }
        }
        Some(glyphs)
    }

    /// The text for this request, in which nothing is a wildcard; `None` as for `pattern`.
    pub(super) fn text(&self, context: &RequestContext) -> Option<String> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Escaped(c) => text.push(*c),
                Part::Variable { key, default } => {
                    text.push_str(value(context, key).or(default.as_deref())?);
                }
            }
        }
        Some(text)
    }
}

/// The request's value of a key that has exactly one, and can have no more: AWS replaces no
/// variable by one of several.
fn value<'c>(context: &'c RequestContext, key: &str) -> Option<&'c str> {
    if MULTIVALUED.iter().any(|it| it.eq_ignore_ascii_case(key)) {
        return None;
    }
    match context.values(key) {
        Some([one]) => Some(one),
        _ => None,
    }
}

/// What stands after `${`, and the text after its `}`.
fn variable(text: &str) -> Result<(Part, &str), String> {
    for c in ['*', '?', '$'] {
        if let Some(rest) = text.strip_prefix(c).and_then(|rest| rest.strip_prefix('}')) {
            return Ok((Part::Escaped(c), rest));
        }
    }
    let end = text
        .find(['}', ','])
        .ok_or("`${` has no `}`; `${$}` is a plain `$`")?;
    let key = text[..end].trim();
    if !key.contains(':') {
        return Err(format!(
            "`${{{key}}}` is no variable; expected a condition key such as `${{aws:username}}`, or \
             `${{*}}`, `${{?}}`, `${{$}}` for the character itself"
        ));
    }
    let key = key.to_owned();
    if let Some(rest) = text[end..].strip_prefix('}') {
        return Ok((Part::Variable { key, default: None }, rest));
    }
    let default = text[end + 1..].trim_start().strip_prefix('\'');
    let (default, rest) = default
        .and_then(|text| text.split_once('\''))
        .and_then(|(default, rest)| Some((default, rest.trim_start().strip_prefix('}')?)))
        .ok_or_else(|| {
            format!("the default of `${{{key}, …}}` is to stand in single quotes, before the `}}`")
        })?;
    let default = Some(default.to_owned());
    Ok((Part::Variable { key, default }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> RequestContext {
        let mut context = RequestContext::new("anonymous".parse().unwrap(), "s3:GetObject", "*");
        context.set("aws:username", ["ann"]);
        context.set("aws:TagKeys", ["a"]);
        context.set("aws:PrincipalTag/two", ["a", "b"]);
        context
    }

    fn text(template: &str) -> Option<String> {
        Template::parse(template, Version::V2012)
            .unwrap()
            .text(&context())
    }

    // Goal: variables, defaults and escapes are replaced as documented.
    // Method: one text of each kind, resolved for a request with one and with two values.
    #[test]
    fn variables_are_replaced() {
        assert_eq!(text("home/${aws:username}/*").unwrap(), "home/ann/*");
        assert_eq!(text("${AWS:UserName}").unwrap(), "ann");
        assert_eq!(text("${aws:userid, 'no }body'}x").unwrap(), "no }bodyx");
        assert_eq!(text("${aws:username,'x'}").unwrap(), "ann");
        assert_eq!(text("${*}${?}${$}{a}").unwrap(), "*?${a}");
        assert_eq!(text("${aws:userid}"), None);
        assert_eq!(
            text("${aws:PrincipalTag/two}"),
            None,
            "several values are none"
        );
        assert_eq!(
            text("${aws:tagkeys}"),
            None,
            "nor is one that could be several"
        );
    }

    // Goal: nothing that a variable or an escape stands for is a wildcard.
    // Method: the pattern's glyphs.
    #[test]
    fn only_written_wildcards_are_wildcards() {
        let mut context = context();
        context.set("aws:username", ["*"]);
        let template = Template::parse("${aws:username}${*}*?", Version::V2012).unwrap();
        let glyphs = template.pattern(&context).unwrap();
        let star = Glyph::Char('*');
        assert_eq!(glyphs, [star, star, Glyph::Many, Glyph::One]);
    }

    // Goal: the old version has no variables; broken ones are explained.
    // Method: the same text in both versions, and one text for each mistake.
    #[test]
    fn old_policies_have_no_variables() {
        let old = Template::parse("${aws:username}${", Version::V2008).unwrap();
        assert_eq!(old.text(&context()).unwrap(), "${aws:username}${");
        for (broken, part) in [
            ("a${aws:username", "no `}`"),
            ("${username}", "no variable"),
            ("${}", "no variable"),
            ("${aws:username, x}", "single quotes"),
            ("${aws:username, 'x'", "single quotes"),
        ] {
            let error = Template::parse(broken, Version::V2012).unwrap_err();
            assert!(error.contains(part), "{broken}: {error}");
        }
    }
}
