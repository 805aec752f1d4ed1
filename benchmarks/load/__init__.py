"""What the agent's benchmarks share: the loop they are measured against, events, and an agent in its own process."""
