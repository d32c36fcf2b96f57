"""Where Croquis touches its neighbours. Only the wiring imports this."""
