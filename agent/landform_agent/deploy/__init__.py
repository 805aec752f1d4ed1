"""How the agent is kept running: a unit, a container, the user data of a machine."""
