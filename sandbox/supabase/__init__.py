"""The stand-in for Supabase: REST, Storage and Auth over a real Postgres, which enforces the rights itself."""
