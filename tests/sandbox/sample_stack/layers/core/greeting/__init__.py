"""What the sample's layer carries."""

WORD = "good morning"
