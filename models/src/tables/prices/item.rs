/// Something that AWS has a price for.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum PriceItem {
    /// One KMS request with a symmetric key.
    KmsRequests,
    /// One customer managed key for a month. Keys of AWS are free to keep. The first two rotations
    /// add the same amount each.
    KmsKeys,
    /// One PUT, COPY, POST or LIST request to S3 Standard.
    S3Put,
    /// One GET request to S3 Standard, or another that is no PUT, COPY, POST, LIST or DELETE.
    S3Get,
    /// One DELETE request.
    S3Delete,
    /// A GB-month of S3 Standard, up to 50 TB.
    StorageFirst50Tb,
    /// A GB-month of S3 Standard, the 450 TB after them.
    StorageNext450Tb,
    /// A GB-month of S3 Standard beyond 500 TB.
    StorageOver500Tb,
    /// A GB to the internet, up to 10 TB a month.
    TransferOutFirst10Tb,
    /// A GB to the internet, the 40 TB after them.
    TransferOutNext40Tb,
    /// A GB to the internet, the 100 TB after them.
    TransferOutNext100Tb,
    /// A GB to the internet beyond 150 TB a month.
    TransferOutOver150Tb,
    /// A management event in a copy after the first; the first copy in each Region is free.
    CloudTrailManagementEvents,
    /// A data event.
    CloudTrailDataEvents,
    /// One PUT, COPY, POST or LIST request to S3 Express One Zone.
    ExpressPut,
    /// One GET request to S3 Express One Zone.
    ExpressGet,
    /// A GB-month of S3 Express One Zone.
    ExpressStorage,
    /// A GB written to S3 Express One Zone.
    ExpressUpload,
    /// A GB read from S3 Express One Zone.
    ExpressRetrieval,
}

impl PriceItem {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 19] = [
        Self::KmsRequests,
        Self::KmsKeys,
        Self::S3Put,
        Self::S3Get,
        Self::S3Delete,
        Self::StorageFirst50Tb,
        Self::StorageNext450Tb,
        Self::StorageOver500Tb,
        Self::TransferOutFirst10Tb,
        Self::TransferOutNext40Tb,
        Self::TransferOutNext100Tb,
        Self::TransferOutOver150Tb,
        Self::CloudTrailManagementEvents,
        Self::CloudTrailDataEvents,
        Self::ExpressPut,
        Self::ExpressGet,
        Self::ExpressStorage,
        Self::ExpressUpload,
        Self::ExpressRetrieval,
    ];

    /// The name by which people call it, and the price table.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// The units that AWS publishes its price for: 10,000 KMS requests, 1,000 requests to S3.
    #[must_use]
    pub fn units(self) -> u64 {
        self.words().1
    }

    /// Those units in words.
    #[must_use]
    pub fn subject(self) -> &'static str {
        self.words().2
    }

    fn words(self) -> (&'static str, u64, &'static str) {
        match self {
            Self::KmsRequests => ("kms-requests", 10_000, "10,000 KMS requests"),
            Self::KmsKeys => ("kms-keys", 1, "a customer managed key, a month"),
            Self::S3Put => ("s3-put-requests", 1_000, "1,000 PUT requests"),
            Self::S3Get => ("s3-get-requests", 1_000, "1,000 GET requests"),
            Self::S3Delete => ("s3-delete-requests", 1_000, "1,000 DELETE requests"),
            Self::StorageFirst50Tb => ("storage-first-50-tb", 1, "a GB-month up to 50 TB"),
            Self::StorageNext450Tb => ("storage-next-450-tb", 1, "a GB-month from 50 to 500 TB"),
            Self::StorageOver500Tb => ("storage-over-500-tb", 1, "a GB-month beyond 500 TB"),
            Self::TransferOutFirst10Tb => {
                let subject = "a GB to the internet, up to 10 TB a month";
                ("transfer-out-first-10-tb", 1, subject)
            }
            Self::TransferOutNext40Tb => {
                let subject = "a GB to the internet, from 10 to 50 TB a month";
                ("transfer-out-next-40-tb", 1, subject)
            }
            Self::TransferOutNext100Tb => {
                let subject = "a GB to the internet, from 50 to 150 TB a month";
                ("transfer-out-next-100-tb", 1, subject)
            }
            Self::TransferOutOver150Tb => {
                let subject = "a GB to the internet beyond 150 TB a month";
                ("transfer-out-over-150-tb", 1, subject)
            }
            Self::CloudTrailManagementEvents => {
                let subject = "100,000 management events in a copy after the first";
                ("cloudtrail-management-events", 100_000, subject)
            }
            Self::CloudTrailDataEvents => {
                ("cloudtrail-data-events", 100_000, "100,000 data events")
            }
            Self::ExpressPut => {
                let subject = "1,000 PUT requests, Express One Zone";
                ("express-put-requests", 1_000, subject)
            }
            Self::ExpressGet => {
                let subject = "1,000 GET requests, Express One Zone";
                ("express-get-requests", 1_000, subject)
            }
            Self::ExpressStorage => ("express-storage", 1, "a GB-month, Express One Zone"),
            Self::ExpressUpload => ("express-upload", 1, "a GB written, Express One Zone"),
            Self::ExpressRetrieval => ("express-retrieval", 1, "a GB read, Express One Zone"),
        }
    }

    /// The tier below, whose price goes on where a Region's is not known.
    pub(super) fn tier_below(self) -> Option<Self> {
        match self {
            Self::StorageNext450Tb
            | Self::StorageOver500Tb
            | Self::TransferOutNext40Tb
            | Self::TransferOutNext100Tb
            | Self::TransferOutOver150Tb => Some(Self::ALL[self as usize - 1]),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: an item's number is its place in the list, and names are unique.
    // Method: all items.
    #[test]
    fn items_stand_in_their_order() {
        for (number, item) in PriceItem::ALL.into_iter().enumerate() {
            assert_eq!(item as usize, number);
            let same = PriceItem::ALL.iter().filter(|it| it.name() == item.name());
            assert_eq!(same.count(), 1, "{}", item.name());
        }
    }
}
