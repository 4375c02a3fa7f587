"""Find artefacts, read them with the reader of their kind or from records, and locate findings."""
