"""What people and the workflow do, one module per noun. They know the domain, the ports and the shapes of the
API's responses (croquis.http), but no adapter."""
