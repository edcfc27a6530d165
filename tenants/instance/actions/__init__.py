"""Changes of a client's data: one action, one transaction, one commit."""
