"""The doors as the other tests have them: over a socket, with somebody who is signed in."""

from doors.conftest import maya, studio, token

__all__ = ["maya", "studio", "token"]
