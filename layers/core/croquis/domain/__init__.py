"""The rules, without I/O and without a clock: whatever changes from call to call is an argument."""
