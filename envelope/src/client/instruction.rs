use super::envelope::{NAMES, ON_OBJECT};
use super::{ClientObject, Metadata, MetadataError};

impl ClientObject {
    /// Moves what an instruction file holds out of the metadata: the object, and the body of the
    /// file. V3 keeps cipher, commitment and message id on the object.
    ///
    /// The file is stored under the object's key and
    /// [`INSTRUCTION_SUFFIX`](super::INSTRUCTION_SUFFIX), marked with
    /// [`INSTRUCTION_MARK`](super::INSTRUCTION_MARK).
    #[must_use]
    pub fn with_instruction_file(self) -> (ClientObject, String) {
        let ClientObject { body, metadata } = self;
        let stays = |name: &str| ON_OBJECT.contains(&name) || !NAMES.contains(&name);
        let (metadata, moved): (Metadata, Metadata) =
            metadata.into_iter().partition(|(name, _)| stays(name));
        let file = serde_json::to_string(&moved).expect("strings are valid JSON");
        (ClientObject { body, metadata }, file)
    }

    /// Whether the metadata need an instruction file to be complete.
    #[must_use]
    pub fn needs_instruction_file(&self) -> bool {
        !["x-amz-key", "x-amz-key-v2", "x-amz-3"]
            .iter()
            .any(|n| self.metadata.contains_key(*n))
    }

    /// Adds what the body of an instruction file holds to the metadata.
    ///
    /// # Errors
    /// [`MetadataError::Instruction`] and [`MetadataError::InstructionForeign`] for a file that no
    /// client writes; [`MetadataError::Mixed`] if both object and file have the same part, or the
    /// object has any that V2 keeps in the file.
    pub fn merge_instruction_file(mut self, file: &[u8]) -> Result<ClientObject, MetadataError> {
        let parts: Metadata =
            serde_json::from_slice(file).map_err(|_| MetadataError::Instruction)?;
        let foreign = |name: &str| !NAMES.contains(&name) || ON_OBJECT.contains(&name);
        if let Some(name) = parts.keys().find(|name| foreign(name)) {
            return Err(MetadataError::InstructionForeign { name: name.clone() });
        }
        let both = |name: &&str| NAMES.contains(name) && !ON_OBJECT.contains(name);
        if self
            .metadata
            .keys()
            .map(String::as_str)
            .any(|name| both(&name))
        {
            return Err(MetadataError::Mixed);
        }
        self.metadata.extend(parts);
        Ok(self)
    }
}
