//! Dated tables: what AWS allowed, charged and took at a given time.
//!
//! | table | function | file |
//! |---|---|---|
//! | KMS request quotas | [`kms_request_quota`] | `data/kms-request-quotas.csv` |
//! | all other KMS quotas | [`kms_other_quotas`] | `data/kms-other-quotas.csv` |
//! | custom key stores | [`key_store_quota`], [`cloud_hsm_data_key_weight`] | here |
//! | external key stores | [`key_store_proxy_timeout`] | here |
//! | prices | [`prices`] | `data/prices.csv` |
//! | first byte of a GET | [`s3_get_first_byte`] | `data/s3-standard-get-first-byte.csv` |
//! | first byte of a PUT | [`s3_put_first_byte`] | `data/s3-standard-put-first-byte.csv` |
//! | first byte, every operation | [`s3_first_byte`] | those and `data/s3-express-*.csv` |
//! | splits of a prefix | [`s3_prefix_splitting`] | `data/s3-prefix-splitting.csv` |
//! | rates of S3 | [`s3_prefix_rates`], [`s3_directory_bucket_rates`] | here |
//! | transfer | [`s3_connection_rate`] | here |
//! | instance types | [`instance_type`] | `data/instance-types.csv` |
//! | network bursts | [`instance_link`], [`lambda_link`] | `data/network-burst*.csv` |
//! | connections | [`connection_defaults`], [`crt_connections`] | here |
//! | transfer managers | [`transfer_rules`] | here |
//! | Spark's tasks | [`spark_task_attempts`] | here |
//! | drift of latency | [`s3_latency_drift`] | here |
//!
//! Every value comes as a [`Sourced`](crate::Sourced); sources are spelled out once, in
//! `data/sources.csv`. The files are compiled in, so nothing is read at run time.
mod clients;
mod csv_text;
mod first_byte;
mod instances;
mod key_stores;
mod kms_other_quotas;
mod kms_quotas;
mod prices;
mod rates;

pub use clients::{
    ConnectionDefaults, ConnectionsOf, Manager, connection_defaults, crt_connections,
    spark_task_attempts, transfer_rules,
};
pub use first_byte::{s3_first_byte, s3_get_first_byte, s3_put_first_byte};
pub use instances::{
    InstanceType, Way, instance_link, instance_type, instance_types, lambda_link, lambda_vcpus,
};
pub use key_stores::{cloud_hsm_data_key_weight, key_store_proxy_timeout, key_store_quota};
pub use kms_other_quotas::{
    Allowed, OtherQuota, QuotaKind, QuotaPlace, kms_other_quota_eras, kms_other_quotas,
};
pub use kms_quotas::{QuotaEra, kms_request_quota, kms_request_quota_eras, regions};
pub use prices::{GB, Price, PriceItem, Prices, prices};
pub use rates::{
    PrefixRates, s3_connection_rate, s3_directory_bucket_rates, s3_latency_drift, s3_prefix_rates,
    s3_prefix_splitting,
};
