"""Look-books: looks on pictures, as one order."""
