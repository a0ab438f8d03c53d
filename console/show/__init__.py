"""The show on paper: show file, rundown, journal, report."""
