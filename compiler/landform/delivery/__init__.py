"""From pull request to apply: who may, and the workflow that does."""
