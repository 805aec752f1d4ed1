"""The loop: two state machines, in JSONPath, and the code of their steps."""
