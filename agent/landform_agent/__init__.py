"""Streaming drift detection for model traffic: few, right, explained alarms."""
