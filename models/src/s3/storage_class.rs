/// Storage class of the objects, which decides how S3 answers and what it admits.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum StorageClass {
    /// S3 Standard, in a general purpose bucket.
    #[default]
    Standard,
    /// S3 Express One Zone, in a directory bucket.
    ExpressOneZone,
}
