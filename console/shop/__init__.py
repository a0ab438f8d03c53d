"""The embedded shop, a process of its own: store, HTTP, buyer's page."""
