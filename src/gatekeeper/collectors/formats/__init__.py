"""Parsers that several kinds share."""
