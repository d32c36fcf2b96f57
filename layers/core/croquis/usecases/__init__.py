"""What people and the workflow do, one module per noun. They know the domain and the ports, no neighbour."""
