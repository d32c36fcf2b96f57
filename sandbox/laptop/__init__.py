"""Everything that the laptop itself needs: Postgres, the launcher, the demo."""
