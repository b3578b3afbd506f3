use super::Requester;
use std::collections::BTreeMap;

/// What a policy is asked about: who does what to what, under which circumstances.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RequestContext {
    /// Who asks.
    pub requester: Requester,
    /// IAM action, such as `s3:PutObject`.
    pub action: String,
    /// ARN of the bucket or object.
    pub resource: String,
    /// Values by condition key, in lower case: keys have no case.
    keys: BTreeMap<String, Vec<String>>,
}

impl RequestContext {
    /// A request without condition keys.
    #[must_use]
    pub fn new(
        requester: Requester,
        action: impl Into<String>,
        resource: impl Into<String>,
    ) -> Self {
        Self {
            requester,
            action: action.into(),
            resource: resource.into(),
            keys: BTreeMap::new(),
        }
    }

    /// Nobody does nothing: for what depends on no request.
    pub(super) fn nothing() -> Self {
        Self::new(Requester::Anonymous, "", "")
    }

    /// Sets the values of a condition key; without values it is present and empty.
    pub fn set<V: Into<String>>(&mut self, key: &str, values: impl IntoIterator<Item = V>) {
        let values = values.into_iter().map(Into::into).collect();
        self.keys.insert(key.to_lowercase(), values);
    }

    /// Takes a condition key away.
    pub fn remove(&mut self, key: &str) {
        self.keys.remove(&key.to_lowercase());
    }

    /// The values of a condition key; `None` if the request does not have it.
    #[must_use]
    pub fn values(&self, key: &str) -> Option<&[String]> {
        let values = match self.keys.get(key) {
            Some(values) => Some(values),
            None => self.keys.get(&key.to_lowercase()),
        };
        values.map(Vec::as_slice)
    }

    /// All condition keys, in lower case and in their order, with their values.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &[String])> {
        let keys = self.keys.iter();
        keys.map(|(key, values)| (key.as_str(), values.as_slice()))
    }
}
