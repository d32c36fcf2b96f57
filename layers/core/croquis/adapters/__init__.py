"""Where Croquis meets the outside world. Only the wiring imports this."""
