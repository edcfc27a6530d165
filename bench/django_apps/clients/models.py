"""As many tables as an instance of Mandate has, with as many columns and indexes in the middle."""

from django.db import models

from bench.django_side import COLUMNS, TABLES


def _model(number: int) -> type[models.Model]:
    fields: dict[str, object] = {f"text_{n}": models.TextField(default="") for n in range(COLUMNS - 4)}
    fields |= {f"key_{n}": models.UUIDField(null=True, db_index=True) for n in range(2)}
    fields |= {"amount": models.DecimalField(max_digits=18, decimal_places=2, null=True)}
    return type(f"Table{number}", (models.Model,), {"__module__": __name__, **fields})


for _number in range(TABLES):
    globals()[f"Table{_number}"] = _model(_number)
