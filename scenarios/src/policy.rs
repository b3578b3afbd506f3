//! Questions to a bucket policy and their answers: what `keystorm policy` is made of.
mod answer;
mod question;

pub use answer::{Answer, Asked, Found};
pub use question::{Identity, KmsKeySeen, OneOrMany, PartsSeen, Question};

pub use keystorm_models::policy::{
    Check, Decision, Effect, Element, Policy, S3Operation, Severity, StatementTrace, Trap, Verdict,
};

use crate::{Diagnostic, Diagnostics, Place, Source};

/// Reads a policy; `name` stands before the places of its mistakes.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(name: &str, text: &str) -> Result<Policy, Diagnostics> {
    Policy::parse(text).map_err(|mistakes| Diagnostics {
        sources: vec![Source {
            name: name.to_owned(),
            text: text.to_owned(),
        }],
        list: mistakes
            .list
            .into_iter()
            .map(|mistake| Diagnostic {
                message: mistake.message,
                place: Place {
                    source: 0,
                    span: Some(mistake.span),
                },
                label: String::new(),
                related: None,
                notes: Vec::new(),
                help: mistake.help.into_iter().collect(),
            })
            .collect(),
    })
}
