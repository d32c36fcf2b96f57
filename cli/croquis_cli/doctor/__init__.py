"""Looks at a deployment from outside, changes nothing in it and pays nothing, and says what to do."""
