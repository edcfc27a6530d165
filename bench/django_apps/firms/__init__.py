"""The shared side."""
