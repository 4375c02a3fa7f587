"""What commands other than `check` show: one module a command."""
