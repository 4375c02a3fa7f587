"""The notation of the readiness page: the text of a cell, a list or a note, read and written in one place."""
