//! Seals and opens objects of the S3 Encryption Client for a program that has a KMS, S3 or both.
//!
//! Requests come in on standard input, answers go out on standard output: one JSON object per line,
//! bytes in base64. This crate knows no network; whoever drives this program moves the objects, and
//! answers for KMS: before it can answer a request, this program asks for a data key.
//!
//! - `{"do": "seal", "format": "V2" or "V3", "context", "plain", "instruction"}` is answered by
//!   `{"body", "metadata", "instruction"}`;
//! - `{"do": "open", "accept-v2", "context", "body", "metadata", "instruction"}` by `{"plain"}`;
//! - `{"do": "open-range", "offset", "len"}`, with what `open` has, too;
//! - what it asks: `{"kms": "GenerateDataKey", "context"}`, answered by `{"plaintext", "wrapped"}`,
//!   and `{"kms": "Decrypt", "context", "wrapped"}`, answered by `{"plaintext"}`.
//!
//! `instruction` is whether to make an instruction file for `seal`, and its text elsewhere (`null`:
//! there is none). KMS refuses with `{"refused": "why"}`, this program with `{"error": "why"}`.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keystorm_envelope::client::{Client, ClientObject, Format, Wrapping};
use keystorm_envelope::{DataKey, EncryptionContext, Error, KeyService};
use serde_json::{Value, json};
use std::io::{self, BufRead, Write};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    while let Some(request) = receive()? {
        let answer = answer(&request).unwrap_or_else(|error| json!({"error": error.to_string()}));
        send(&answer)?;
    }
    Ok(())
}

/// The next line; nothing at the end of the input.
fn receive() -> Result<Option<Value>, Failure> {
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Ok(None);
    }
    Ok(Some(serde_json::from_str(&line)?))
}

fn send(message: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{message}")?;
    out.flush()
}

fn answer(request: &Value) -> Result<Value, Failure> {
    let context = EncryptionContext::from_json(&request["context"].to_string())?;
    match text(request, "do")? {
        "seal" => seal(request, &context),
        "open" => {
            let plain = client(request).open(&context, object(request)?)?;
            Ok(json!({"plain": STANDARD.encode(plain)}))
        }
        "open-range" => {
            let number = |name: &str| request[name].as_u64().ok_or(format!("no number `{name}`"));
            let (offset, len) = (number("offset")?, number("len")?);
            let ClientObject { body, metadata } = object(request)?;
            let end = offset.checked_add(len).ok_or("the range has no end")?;
            let range = usize::try_from(offset)?..usize::try_from(end)?;
            let mut bytes = body.get(range).ok_or("no such range")?.to_vec();
            let object_len = body.len() as u64;
            client(request).open_range(&context, &metadata, object_len, offset, &mut bytes)?;
            Ok(json!({"plain": STANDARD.encode(bytes)}))
        }
        other => Err(format!("`{other}` is none of seal, open, open-range").into()),
    }
}

fn seal(request: &Value, context: &EncryptionContext) -> Result<Value, Failure> {
    let format = match text(request, "format")? {
        "V2" => Format::V2,
        "V3" => Format::V3,
        other => return Err(format!("format `{other}` is neither V2 nor V3").into()),
    };
    let mut object = client(request).seal(format, context, bytes(request, "plain")?)?;
    let mut instruction = None;
    if request["instruction"] == true {
        let (rest, file) = object.with_instruction_file();
        object = rest;
        instruction = Some(file);
    }
    Ok(json!({
        "body": STANDARD.encode(object.body),
        "metadata": object.metadata,
        "instruction": instruction,
    }))
}

fn client(request: &Value) -> Client<'static> {
    let client = Client::new(Wrapping::Kms(&Asked));
    if request["accept-v2"] == true {
        client.accepting_v2()
    } else {
        client
    }
}

fn object(request: &Value) -> Result<ClientObject, Failure> {
    let object = ClientObject {
        body: bytes(request, "body")?,
        metadata: serde_json::from_value(request["metadata"].clone())?,
    };
    match request["instruction"].as_str() {
        Some(file) => Ok(object.merge_instruction_file(file.as_bytes())?),
        None => Ok(object),
    }
}

fn text<'a>(message: &'a Value, name: &str) -> Result<&'a str, Failure> {
    let text = message[name].as_str();
    text.ok_or_else(|| format!("no text `{name}`").into())
}

fn bytes(message: &Value, name: &str) -> Result<Vec<u8>, Failure> {
    Ok(STANDARD.decode(text(message, name)?)?)
}

/// KMS is whoever reads standard output.
struct Asked;

impl Asked {
    fn ask(question: &Value) -> Result<Value, Error> {
        send(question).map_err(|_| Error::System)?;
        let answer = receive().map_err(|_| Error::System)?;
        let answer = answer.ok_or(Error::System)?;
        if answer["refused"].is_null() {
            Ok(answer)
        } else {
            Err(Error::Refused)
        }
    }
}

impl KeyService for Asked {
    fn generate_data_key(&self, context: &EncryptionContext) -> Result<(DataKey, Vec<u8>), Error> {
        let context = pairs(context);
        let answer = Asked::ask(&json!({"kms": "GenerateDataKey", "context": context}))?;
        let wrapped = bytes(&answer, "wrapped").map_err(|_| Error::System)?;
        Ok((key(&answer)?, wrapped))
    }

    fn decrypt(&self, wrapped: &[u8], context: &EncryptionContext) -> Result<DataKey, Error> {
        let (context, wrapped) = (pairs(context), STANDARD.encode(wrapped));
        let question = json!({"kms": "Decrypt", "context": context, "wrapped": wrapped});
        key(&Asked::ask(&question)?)
    }
}

fn pairs(context: &EncryptionContext) -> Value {
    context
        .iter()
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn key(answer: &Value) -> Result<DataKey, Error> {
    let plaintext = bytes(answer, "plaintext").map_err(|_| Error::System)?;
    DataKey::from_slice(&plaintext)
}
