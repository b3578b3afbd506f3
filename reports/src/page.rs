use keystorm_record::Record;

/// The report: one self-contained HTML page.
#[must_use]
pub fn html(record: &Record) -> String {
    let verdict = crate::verdict(record);
    crate::text::escape(&verdict.headline)
}
