"""What AWS costs: prices, what stands at rest, what a recorded run used, and the dollars of it."""
