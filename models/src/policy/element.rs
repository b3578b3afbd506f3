use super::RequestContext;
use super::arn::fits_resource;
use super::pattern::{caseless, fits};
use super::template::{Glyph, Template};

/// `Action` or `NotAction`.
#[derive(Clone, Debug)]
pub(super) struct Actions {
    pub(super) is_negated: bool,
    pub(super) list: Vec<Action>,
}

#[derive(Clone, Debug)]
pub(super) struct Action {
    pub(super) text: String,
    pattern: Vec<Glyph>,
}

impl Action {
    /// Reads `*` or `service:name`, in which wildcards may stand and case does not matter.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '*' | '?' | '-' | '_');
        let word = |it: &str| !it.is_empty() && it.chars().all(plain);
        let is_action = text == "*"
            || text
                .split_once(':')
                .is_some_and(|(service, name)| word(service) && word(name));
        is_action.then(|| Self {
            text: text.to_owned(),
            pattern: caseless(text),
        })
    }

    pub(super) fn fits(&self, action: &str) -> bool {
        let action: Vec<char> = action.chars().flat_map(char::to_lowercase).collect();
        fits(&self.pattern, &action)
    }
}

impl Actions {
    pub(super) fn include(&self, action: &str) -> bool {
        self.list.iter().any(|it| it.fits(action)) != self.is_negated
    }
}

/// `Resource` or `NotResource`.
#[derive(Clone, Debug)]
pub(super) struct Resources {
    pub(super) is_negated: bool,
    pub(super) list: Vec<Resource>,
}

#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) text: String,
    pub(super) template: Template,
}

impl Resource {
    pub(super) fn fits(&self, context: &RequestContext) -> bool {
        let pattern = self.template.pattern(context);
        pattern.is_some_and(|pattern| fits_resource(&pattern, &context.resource))
    }
}

impl Resources {
    pub(super) fn include(&self, context: &RequestContext) -> bool {
        self.list.iter().any(|it| it.fits(context)) != self.is_negated
    }
}
