//! Words for messages: the nearest valid one, and lists of them.

/// The word of `words` that `word` was probably meant to be.
pub(crate) fn nearest<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    // A third of the letters may be wrong; longer texts are no misspelt keywords.
    let allowed = word.chars().count().clamp(3, 18) / 3;
    let folded = fold(word);
    let distance = |valid: &str| strsim::damerau_levenshtein(&folded, &fold(valid));
    (word.len() <= 80)
        .then(|| {
            words
                .iter()
                .map(|&valid| (distance(valid), valid))
                .min_by_key(|(far, _)| *far)
        })
        .flatten()
        .filter(|(far, _)| *far <= allowed)
        .map(|(_, valid)| valid)
}

/// `_`, space and case are the usual slips; they cost nothing.
fn fold(word: &str) -> String {
    word.to_lowercase().replace(['_', ' '], "-")
}

/// ``did you mean `encryption`?``, or nothing if no word is near.
pub(crate) fn did_you_mean(word: &str, words: &[&str]) -> String {
    nearest(word, words)
        .map(|valid| format!("did you mean `{valid}`?"))
        .unwrap_or_default()
}

/// `` `a`, `b` or `c` ``.
pub(crate) fn any_of(words: &[&str]) -> String {
    join(words, "or")
}

/// `` `a`, `b` and `c` ``.
pub(crate) fn all_of(words: &[&str]) -> String {
    join(words, "and")
}

fn join(words: &[&str], last: &str) -> String {
    match words {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., end] => {
            let first: Vec<_> = first.iter().map(|word| format!("`{word}`")).collect();
            format!("{} {last} `{end}`", first.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{any_of, nearest};

    // Goal: a slip finds its word, a different word finds none.
    // Method: transposition, underscore, missing letter, and something else entirely.
    #[test]
    fn slips_find_their_word() {
        let words = ["encryption", "bucket-key", "prefixes"];
        assert_eq!(nearest("encrpytion", &words), Some("encryption"));
        assert_eq!(nearest("bucket_key", &words), Some("bucket-key"));
        assert_eq!(nearest("prefixs", &words), Some("prefixes"));
        assert_eq!(nearest("colour", &words), None);
        assert_eq!(any_of(&words), "`encryption`, `bucket-key` or `prefixes`");
    }
}
