//! What `keystorm plan` found out, for people.
mod figures;
mod names;
mod page;
mod remedies;
mod tables;
mod texts;
mod verdict;
mod words;

pub use page::plan_html;
pub use texts::{Alarm, QuotaRequest, alarm, quota_request};
pub use words::plan_terminal;
