"""The face of the API: doors, problems, schemas, tokens, signatures."""
