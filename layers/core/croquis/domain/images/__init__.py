"""Generated images: their states, sizes and prompts."""
