"""The practice studio: a complete studio without hardware."""
