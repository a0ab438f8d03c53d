"""What crosses a border: events, orders, money, signing, problem documents. Others rely on these: change by version."""
