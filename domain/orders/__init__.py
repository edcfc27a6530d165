"""Orders: how they move from intake to closure, what stops them, who decides, what it costs. Source: DOMAIN.md, 5."""
