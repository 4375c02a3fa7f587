"""One file a command, one folder a group of commands: arguments in, text out."""
