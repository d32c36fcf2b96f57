"""What each format says beside its pixels, taken apart from them: damage there cannot cost a good picture."""
