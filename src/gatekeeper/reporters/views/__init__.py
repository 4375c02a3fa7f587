"""The output of all commands but `check`: one module for each command, named after it."""
