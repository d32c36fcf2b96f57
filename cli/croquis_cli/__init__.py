"""The command line `croquis`: a client of the public API and of Supabase's Auth and Storage; it knows nothing else."""

VERSION = "0.1.0"
