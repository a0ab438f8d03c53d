"""The desk from elsewhere: the control API."""
