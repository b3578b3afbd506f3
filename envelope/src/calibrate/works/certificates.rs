//! Certificates as an endpoint of AWS shows them: a root, an intermediate, a leaf; in memory.
use crate::calibrate::CalibrateError;
use rcgen::{
    BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256,
    PKCS_RSA_SHA256, SignatureAlgorithm,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// The name that the leaf is for.
pub(super) const HOST: &str = "bucket.s3.example";

/// A chain of one kind of key.
pub(super) struct Chain {
    /// What the client trusts.
    pub(super) root: CertificateDer<'static>,
    /// What the server shows: leaf, intermediate.
    pub(super) shown: Vec<CertificateDer<'static>>,
    key: Vec<u8>,
}

/// One chain per kind of key.
pub(super) struct Chains {
    /// ECDSA with P-256.
    pub(super) ecdsa: Chain,
    /// RSA with 2048 bits: what S3's endpoints show.
    pub(super) rsa: Chain,
}

impl Chains {
    pub(super) fn new() -> Result<Self, CalibrateError> {
        let fail = |error: rcgen::Error| CalibrateError::new("making certificates", &error);
        Ok(Self {
            ecdsa: chain(&PKCS_ECDSA_P256_SHA256).map_err(fail)?,
            rsa: chain(&PKCS_RSA_SHA256).map_err(fail)?,
        })
    }
}

impl Chain {
    /// The leaf's key.
    pub(super) fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.clone()))
    }
}

fn chain(algorithm: &'static SignatureAlgorithm) -> Result<Chain, rcgen::Error> {
    // One key for all three: making RSA keys takes long, and what is measured is the same.
    let key = KeyPair::generate_for(algorithm)?;
    let authority = |name: &str| -> Result<CertificateParams, rcgen::Error> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, name);
        Ok(params)
    };
    let (root, middle) = (authority("root")?, authority("intermediate")?);
    let root_issuer = Issuer::from_params(&root, &key);
    let middle_issuer = Issuer::from_params(&middle, &key);
    let leaf = CertificateParams::new([HOST.to_owned()])?;
    Ok(Chain {
        root: root.self_signed(&key)?.der().clone(),
        shown: vec![
            leaf.signed_by(&key, &middle_issuer)?.der().clone(),
            middle.signed_by(&key, &root_issuer)?.der().clone(),
        ],
        key: key.serialize_der(),
    })
}
