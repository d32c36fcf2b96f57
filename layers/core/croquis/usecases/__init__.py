"""What people and the workflow do, one module per noun. They know the domain, the ports and the shapes of the
API's answers (croquis.http), no neighbour."""
