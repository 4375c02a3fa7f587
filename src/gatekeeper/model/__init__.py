"""The data model: immutable types without input or output."""
