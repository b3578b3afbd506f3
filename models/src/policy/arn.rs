use super::pattern::fits;
use super::template::Glyph;

/// Parts of an ARN: `arn:partition:service:region:account:resource`.
const SEGMENTS: usize = 6;

/// Whether an ARN fits a pattern, part by part: no wildcard reaches over a `:` before the last
/// part.
///
/// A pattern with fewer parts fits nothing, as `ArnLike` wants it.
pub(super) fn fits_arn(pattern: &[Glyph], arn: &str) -> bool {
    let patterns = segments(pattern);
    let parts: Vec<&str> = arn.splitn(SEGMENTS, ':').collect();
    patterns.len() == SEGMENTS
        && parts.len() == SEGMENTS
        && patterns.iter().zip(&parts).all(|(pattern, part)| {
            let part: Vec<char> = part.chars().collect();
            fits(pattern, &part)
        })
}

/// Whether a resource fits a pattern of `Resource`, where `*` alone is everything and parts that
/// are missing at the end are `*`.
///
/// IAM's page of 2026 lets a `*` at the end of a part run over the `:`; S3's says that no wildcard
/// spans parts, and that is held here.
///
/// # Source
/// IAM User Guide, "IAM JSON policy elements: Resource", on incomplete ARNs; Amazon S3 User Guide,
/// "Policy resources for Amazon S3", read 2026-11.
pub(super) fn fits_resource(pattern: &[Glyph], arn: &str) -> bool {
    if pattern == [Glyph::Many] {
        return true;
    }
    let mut pattern = pattern.to_vec();
    for _ in segments(&pattern).len()..SEGMENTS {
        pattern.extend([Glyph::Char(':'), Glyph::Many]);
    }
    fits_arn(&pattern, arn)
}

fn segments(pattern: &[Glyph]) -> Vec<&[Glyph]> {
    pattern
        .splitn(SEGMENTS, |glyph| *glyph == Glyph::Char(':'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::pattern::caseless;
    use super::*;

    // Goal: parts are compared each for itself; the last may hold colons.
    // Method: patterns and ARNs by hand.
    #[test]
    fn parts_are_compared_one_by_one() {
        let key = "arn:aws:kms:eu-west-1:111122223333:key/a:b";
        for pattern in [
            "arn:aws:kms:*:*:key/*",
            "arn:*:*:*:*:*",
            "arn:aws:kms:eu-west-?:*:key/a:b",
        ] {
            assert!(fits_arn(&caseless(pattern), key), "{pattern}");
        }
        for pattern in [
            "*",
            "arn:aws:*:key/*",
            "arn:aws:kms:*",
            "arn:aws:kms:*:*:key/a",
        ] {
            assert!(!fits_arn(&caseless(pattern), key), "{pattern}");
        }
        assert!(!fits_arn(&caseless("arn:*:*:*:*:*"), "key/a"));
    }

    // Goal: a resource may be everything, or an ARN that ends early.
    // Method: both, and a bucket that must not cover its objects.
    #[test]
    fn short_resources_are_completed() {
        let object = "arn:aws:s3:::bucket/a";
        for pattern in ["*", "arn:aws:s3", "arn:aws:s3:*", "arn:aws:s3:::bucket/*"] {
            assert!(fits_resource(&caseless(pattern), object), "{pattern}");
        }
        for pattern in ["arn:aws:sqs", "arn:aws:s3:::bucket", "arn:aws:s3:::bucket/"] {
            assert!(!fits_resource(&caseless(pattern), object), "{pattern}");
        }
    }
}
