"""The governance template: its model, how it is read from YAML, how two versions differ. Source: DOMAIN.md, 7."""
