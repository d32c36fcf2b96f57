"""Croquis: photos of a person in, a LoRA of that whole person and pictures of exactly that person out."""
