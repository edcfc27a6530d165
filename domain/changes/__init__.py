"""Change requests: what locks at Decided changes only by one. Source: DOMAIN.md, 3 (change requests)."""
