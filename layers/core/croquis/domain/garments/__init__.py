"""What is worn: garments, what was seen of them, what is worn together."""
