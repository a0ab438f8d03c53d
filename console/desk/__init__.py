"""Everything the director can see and do: the desk's state, every action declared once, what joins two domains."""
