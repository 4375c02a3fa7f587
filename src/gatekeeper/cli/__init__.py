"""Commands, one file each: the only place that prints, reads the clock or exits."""
