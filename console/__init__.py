"""Cuedrop, the director console for live micro-studio shows."""
