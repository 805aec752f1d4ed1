"""How well the agent's engine detects drift: hits, false alarms and delays on streams whose changes are known."""
