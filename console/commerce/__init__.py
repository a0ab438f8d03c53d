"""Selling: drops and their state machine, the outbox, shops, orders, figures."""
