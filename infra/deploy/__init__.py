"""`make deploy STAGE=…`: asks what is missing, makes project, provider and stack as the code needs them, looks again.

Every step may be repeated: it changes only what differs, and says what it changed.
"""
