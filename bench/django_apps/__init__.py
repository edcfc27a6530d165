"""Applications for the comparison with django-tenants."""
