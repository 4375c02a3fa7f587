"""Reading around the readers: find artefacts, read them or their records, locate findings."""
