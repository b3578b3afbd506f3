//! What an object costs besides its bytes: a fresh data key, wrapping it, setting it up.
use crate::calibrate::CalibrateError;
use crate::calibrate::sampler::Work;
use crate::client::{Client, ClientObject, Format, Wrapping};
use crate::context::EncryptionContext;
use crate::gcm::{Gcm, TAG_LEN, counted};
use crate::key::DataKey;
use crate::master::{KeyWrapKey, MasterKey};
use std::hint::black_box;

/// Bytes of the object around which envelopes are measured.
pub(in crate::calibrate) const OBJECT_LEN: usize = 64;

/// Wrapping keys, and one object of each kind.
pub(super) struct Means {
    context: EncryptionContext,
    master: MasterKey,
    kek: KeyWrapKey,
    wrapped: Vec<u8>,
    wrapped_kek: Vec<u8>,
    sealed: [u8; OBJECT_LEN + TAG_LEN],
    sealed_kek: [u8; OBJECT_LEN + TAG_LEN],
    v3: ClientObject,
    v2: ClientObject,
}

impl Means {
    pub(super) fn new() -> Result<Self, CalibrateError> {
        let context = EncryptionContext::new().with("bucket", "keystorm");
        let master = MasterKey::generate()?;
        let kek = KeyWrapKey::new(DataKey::generate()?);
        let client = Client::new(Wrapping::Kms(&master));
        let v3 = client.seal(Format::V3, &context, vec![0; OBJECT_LEN])?;
        let v2 = client.seal(Format::V2, &context, vec![0; OBJECT_LEN])?;
        let mut means = Self {
            context,
            master,
            kek,
            wrapped: Vec::new(),
            wrapped_kek: Vec::new(),
            sealed: [0; OBJECT_LEN + TAG_LEN],
            sealed_kek: [0; OBJECT_LEN + TAG_LEN],
            v3,
            v2,
        };
        (means.wrapped, means.sealed) = means.seal_gcm()?;
        (means.wrapped_kek, means.sealed_kek) = means.seal_kw()?;
        Ok(means)
    }

    /// Works whose time holds the sealing or opening of [`OBJECT_LEN`] bytes, too.
    pub(super) fn works(&self) -> Vec<Work<'_>> {
        vec![
            Work::plain("data-key", None, || {
                black_box(DataKey::generate()?);
                Ok(())
            }),
            Work::plain("envelope-gcm-seal", None, || {
                black_box(self.seal_gcm()?);
                Ok(())
            }),
            Work::plain("envelope-gcm-open", None, || {
                let key = self.master.unwrap(&self.wrapped, &self.context)?;
                black_box(open(&key, &self.sealed)?);
                Ok(())
            }),
            Work::plain("envelope-aes-kw-seal", None, || {
                black_box(self.seal_kw()?);
                Ok(())
            }),
            Work::plain("envelope-aes-kw-open", None, || {
                let key = self.kek.unwrap(&self.wrapped_kek)?;
                black_box(open(&key, &self.sealed_kek)?);
                Ok(())
            }),
            Work::plain("envelope-v3-seal", None, || {
                let client = Client::new(Wrapping::Kms(&self.master));
                black_box(client.seal(Format::V3, &self.context, vec![0; OBJECT_LEN])?);
                Ok(())
            }),
            Work::plain("envelope-v3-open", None, || {
                let client = Client::new(Wrapping::Kms(&self.master));
                black_box(client.open(&self.context, self.v3.clone())?);
                Ok(())
            }),
            Work::plain("envelope-v2-seal", None, || {
                let client = Client::new(Wrapping::Kms(&self.master));
                black_box(client.seal(Format::V2, &self.context, vec![0; OBJECT_LEN])?);
                Ok(())
            }),
            Work::plain("envelope-v2-open", None, || {
                let client = Client::new(Wrapping::Kms(&self.master)).accepting_v2();
                black_box(client.open(&self.context, self.v2.clone())?);
                Ok(())
            }),
        ]
    }

    fn seal_gcm(&self) -> Result<(Vec<u8>, [u8; OBJECT_LEN + TAG_LEN]), crate::Error> {
        let key = DataKey::generate()?;
        let wrapped = self.master.wrap(&key, &self.context)?;
        Ok((wrapped, seal(&key)?))
    }

    fn seal_kw(&self) -> Result<(Vec<u8>, [u8; OBJECT_LEN + TAG_LEN]), crate::Error> {
        let key = DataKey::generate()?;
        let wrapped = self.kek.wrap(&key)?;
        Ok((wrapped.to_vec(), seal(&key)?))
    }
}

fn seal(key: &DataKey) -> Result<[u8; OBJECT_LEN + TAG_LEN], crate::Error> {
    let mut sealed = [0; OBJECT_LEN + TAG_LEN];
    let plain = black_box([0; OBJECT_LEN]);
    Gcm::new(key.expose())?.seal_into(counted(0), &[], &plain, &mut sealed)?;
    Ok(sealed)
}

fn open(
    key: &DataKey,
    sealed: &[u8; OBJECT_LEN + TAG_LEN],
) -> Result<[u8; OBJECT_LEN], crate::Error> {
    let mut plain = [0; OBJECT_LEN];
    Gcm::new(key.expose())?.open_into(counted(0), &[], black_box(sealed), &mut plain)?;
    Ok(plain)
}
