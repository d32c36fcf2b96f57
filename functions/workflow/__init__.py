"""One file per Task state of infra/*.asl.json, of the same name, and the queue workers."""
