"""The sources of a scene: shown, changed step by step, as looks."""
