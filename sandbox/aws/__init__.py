"""AWS on one laptop, for the tests too: what template.yaml describes, run by moto and by the real handlers."""
