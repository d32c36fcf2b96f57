"""What Croquis is made of outside of its code: schema, state machines, alarms, and the program that deploys it."""
