"""What ends a deployment before its end."""


class Stopped(Exception):
    """A sentence that says what is wrong and what to do; what was done stays, and the next run goes on from it."""
