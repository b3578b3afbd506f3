//! Which settings of two resolved scenarios differ.
use serde_json::Value;

/// A setting that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Path of the setting, as `--set` takes it, such as `bucket.bucket-key`.
    pub path: String,
    /// Its value in the first scenario; absent if it has none.
    pub base: Option<Value>,
    /// Its value in the other.
    pub new: Option<Value>,
}

/// The settings in which two resolved scenarios differ, in the order of their paths.
#[must_use]
pub fn changes(base: &Value, new: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    walk(&mut String::new(), Some(base), Some(new), &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Tables are compared key by key, whatever else as a whole.
fn walk(path: &mut String, base: Option<&Value>, new: Option<&Value>, found: &mut Vec<Change>) {
    if base == new {
        return;
    }
    let (Some(Value::Object(of_base)), Some(Value::Object(of_new))) = (base, new) else {
        found.push(Change {
            path: path.clone(),
            base: base.cloned(),
            new: new.cloned(),
        });
        return;
    };
    let added = of_new.keys().filter(|it| !of_base.contains_key(*it));
    for key in of_base.keys().chain(added) {
        let length = path.len();
        if length > 0 {
            path.push('.');
        }
        path.push_str(key);
        walk(path, of_base.get(key), of_new.get(key), found);
        path.truncate(length);
    }
}
