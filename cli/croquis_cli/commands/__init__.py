"""The commands, by what a person wants: each parses, does one thing, and returns what `--json` prints."""
