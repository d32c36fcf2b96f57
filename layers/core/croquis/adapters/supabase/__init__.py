"""Everything that only Supabase says."""
