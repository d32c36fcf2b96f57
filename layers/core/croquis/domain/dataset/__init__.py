"""The training images: which parts of which photos the trainer gets."""
