"""Changes of the platform schema: one action, one transaction."""
