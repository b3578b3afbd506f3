use std::collections::BTreeMap;
use std::collections::btree_map::{IntoIter, Iter};

/// An encryption context: public pairs that are authenticated together with what they belong to.
///
/// KMS's `EncryptionContext`. The order of pairs does not matter; both keys and values are exact,
/// case included.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct EncryptionContext(BTreeMap<String, String>);

impl EncryptionContext {
    /// A context without pairs.
    #[must_use]
    pub fn new() -> EncryptionContext {
        EncryptionContext::default()
    }

    /// With this pair, in place of one with the same key.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<String>) -> EncryptionContext {
        self.0.insert(key.into(), value.into());
        self
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Without the pair of `key`, if there is one.
    #[must_use]
    pub fn without(mut self, key: &str) -> EncryptionContext {
        self.0.remove(key);
        self
    }

    /// Whether there are no pairs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The pairs, by key.
    pub fn iter(&self) -> Iter<'_, String, String> {
        self.0.iter()
    }

    /// The pairs as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.0).expect("strings are valid JSON")
    }

    /// Reads a JSON object of strings.
    ///
    /// # Errors
    /// The parser's message, if it is anything else.
    pub fn from_json(text: &str) -> Result<EncryptionContext, String> {
        serde_json::from_str(text)
            .map(EncryptionContext)
            .map_err(|error| error.to_string())
    }

    /// One encoding per context, and one context per encoding: what is authenticated.
    ///
    /// The number of pairs, then keys and values in the order of keys, each after its length;
    /// numbers are 64-bit big-endian.
    pub(crate) fn canonical(&self) -> Vec<u8> {
        let mut bytes = (self.0.len() as u64).to_be_bytes().to_vec();
        for text in self.0.iter().flat_map(|(key, value)| [key, value]) {
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        bytes
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for EncryptionContext {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> EncryptionContext {
        pairs
            .into_iter()
            .map(|(key, value)| (key.into(), value.into()))
            .collect::<BTreeMap<_, _>>()
            .into()
    }
}

impl From<BTreeMap<String, String>> for EncryptionContext {
    fn from(pairs: BTreeMap<String, String>) -> EncryptionContext {
        EncryptionContext(pairs)
    }
}

impl IntoIterator for EncryptionContext {
    type Item = (String, String);
    type IntoIter = IntoIter<String, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a EncryptionContext {
    type Item = (&'a String, &'a String);
    type IntoIter = Iter<'a, String, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn contexts() -> impl Strategy<Value = EncryptionContext> {
        prop::collection::btree_map(".{0,8}", ".{0,8}", 0..4).prop_map(EncryptionContext)
    }

    proptest! {
        // Goal: what is authenticated tells contexts apart, and JSON keeps them.
        // Method: arbitrary pairs of contexts; moving a letter between key and value, too.
        #[test]
        fn different_contexts_have_different_encodings(a in contexts(), b in contexts()) {
            prop_assert_eq!(a == b, a.canonical() == b.canonical());
            prop_assert_eq!(EncryptionContext::from_json(&a.to_json()).unwrap(), a);
            let moved = EncryptionContext::new().with("ab", "c");
            let other = EncryptionContext::new().with("a", "bc");
            prop_assert_ne!(moved.canonical(), other.canonical());
        }

        // Goal: no text makes the parser panic.
        // Method: arbitrary text, and text that looks like JSON.
        #[test]
        fn any_text_is_a_context_or_an_error(text in ".*", inner in "[\\[\\]{}:,\"a0\\\\]*") {
            let _ = EncryptionContext::from_json(&text);
            let _ = EncryptionContext::from_json(&format!("{{{inner}}}"));
        }
    }
}
