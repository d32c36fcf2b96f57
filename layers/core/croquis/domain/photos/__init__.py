"""Photos of a person: what was seen, what is wrong, what the set lacks, how each is captioned."""
