"""What is worn: garments, what was seen in them, what goes together."""
