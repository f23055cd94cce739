"""The command line: one file per command, loaded when called; a name with `_` in front is no command."""
