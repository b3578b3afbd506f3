//! Errors that all requests of a fleet and operation get.
use super::warning;
use crate::assemble::{self, Assembly};
use crate::load::Study;
use crate::run::Pooled;
use keystorm_models::s3;
use keystorm_record::{Operation, Refusal, Warning};

/// What S3 refuses in a variant: one entry for each operation and error.
pub(crate) fn of_variant(assembly: &Assembly, pooled: &Pooled) -> Vec<Refusal> {
    let mut list: Vec<Refusal> = Vec::new();
    for fleet in &assembly.fleets {
        for (operation, refused) in &fleet.refused {
            let operation = recorded(*operation);
            let refusal = refused.refusal;
            let met_as = |whole| {
                let met = |it: &(Operation, &s3::Refusal)| *it == (whole, refusal);
                pooled.finished.iter().any(|it| it.refusals.iter().any(met))
            };
            let met =
                met_as(operation) || fails_uploads(fleet, operation) && met_as(Operation::Put);
            if !met {
                continue;
            }
            let same = |it: &&mut Refusal| it.operation == operation && it.id == refusal.id;
            match list.iter_mut().find(same) {
                Some(known) => known.fleets.push(fleet.name.clone()),
                None => list.push(Refusal {
                    fleets: vec![fleet.name.clone()],
                    operation,
                    id: refusal.id.to_owned(),
                    status: refusal.status,
                    code: refusal.code.to_owned(),
                    message: refused.message.clone().unwrap_or_default(),
                }),
            }
        }
    }
    for refusal in &mut list {
        let using = assembly
            .fleets
            .iter()
            .filter(|it| uses(it, refusal.operation));
        if using.count() == refusal.fleets.len() {
            refusal.fleets.clear();
        }
    }
    list
}

/// Whether it is with this operation that a transfer manager's uploads fail, though their PUTs of
/// small objects do not fail so: runs count the error as one of the whole PUT.
fn fails_uploads(fleet: &assemble::Fleet, operation: Operation) -> bool {
    const PIECES: [Operation; 3] = [
        Operation::CreateMultipartUpload,
        Operation::UploadPart,
        Operation::CompleteMultipartUpload,
    ];
    let refusal = |of: Operation| {
        let mut refused = fleet.refused.iter();
        let found = refused.find(|(it, _)| recorded(*it) == of);
        found.map(|(_, refused)| refused.refusal)
    };
    let first = PIECES.into_iter().find(|it| refusal(*it).is_some());
    let of_small = refusal(Operation::Put);
    fleet.transfers.is_some() && first == Some(operation) && of_small != refusal(operation)
}

/// One warning for each kind of error.
pub(super) fn of_study(study: &Study, runs: &[(&Assembly, Pooled)]) -> Vec<Warning> {
    let mut found: Vec<(Refusal, Vec<&str>)> = Vec::new();
    for (variant, (assembly, pooled)) in study.variants.iter().zip(runs) {
        for refusal in of_variant(assembly, pooled) {
            match found.iter_mut().find(|it| it.0 == refusal) {
                Some((_, names)) => names.push(&variant.name),
                None => found.push((refusal, vec![&variant.name])),
            }
        }
    }
    found.iter().filter_map(words).collect()
}

fn words((refusal, variants): &(Refusal, Vec<&str>)) -> Option<Warning> {
    let mut table = s3::Refusal::ALL.iter();
    let row = table.find(|row| row.id == refusal.id)?;
    let whose = if refusal.fleets.is_empty() {
        variants.join(", ")
    } else {
        format!("{} in {}", refusal.fleets.join(", "), variants.join(", "))
    };
    let message = if refusal.message.is_empty() {
        String::new()
    } else {
        format!(", \"{}\"", refusal.message)
    };
    let text = format!(
        "every {} of {whose} is refused: {} {}{message} ({}, {})",
        refusal.operation.label(),
        refusal.status,
        refusal.code,
        row.source,
        row.date
    );
    Some(warning("refused", &text, remedy(row)))
}

fn remedy(refusal: &s3::Refusal) -> &'static str {
    match refusal.id {
        "sse-c-blocked" => {
            "unblock SSE-C (PutBucketEncryption with BlockedEncryptionTypes NONE), here \
             `bucket.blocked-encryption-types = []`, or choose another encryption"
        }
        "sse-c-over-http" | "sse-kms-over-http" => "use HTTPS: `clients.scheme = \"https\"`",
        "policy-denied" | "access-denied" => {
            "send what `bucket.policy` asks for, or change the policy; without a header, S3 asks \
             it before the bucket's default is applied"
        }
        "kms-access-denied" => {
            "grant the role kms:GenerateDataKey to write and kms:Decrypt to read, in the key's \
             policy too"
        }
        "kms-key-disabled" => "enable the key, here `kms.key-state = \"enabled\"`",
        "kms-key-pending-deletion" => "cancel the deletion, then enable the key",
        "kms-key-pending-import" => "import the key's material",
        "sse-kms-signature" => "sign with Signature Version 4, as all current SDKs do",
        id if id.starts_with("kms-key-") => {
            "name a symmetric key of the bucket's Region that exists"
        }
        id if id.starts_with("sse-c-") => {
            "send algorithm, key and MD5 of the same 32 bytes with every request for the object"
        }
        _ => "send the headers that the operation takes",
    }
}

/// The record's name of an operation.
fn recorded(operation: keystorm_models::workload::Operation) -> Operation {
    // Both lists are in the same order: a test of the replications holds it.
    Operation::ALL[operation as usize]
}

/// Whether a fleet asks for an operation.
fn uses(fleet: &assemble::Fleet, operation: Operation) -> bool {
    let mut shares = fleet.shares();
    shares.any(|(it, ..)| recorded(it) == operation)
}
