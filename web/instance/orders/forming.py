"""The page of a form about one order: fields as data, one template for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for

from web.instance.orders.taking import Taken, crumbs_of

Pairs = Sequence[tuple[Any, str]]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field. `kind`: text, words, select, ticks, check, amount, date, file or link."""

    kind: str
    name: str
    label: str
    hint: str = ""
    needed: bool = False
    choices: Pairs = ()
    empty: str | None = None
    unit: str = ""
    limit: int = 2_000
    accept: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a form is called, what it does, where it goes and what it asks for."""

    title: str
    note: str
    act: str
    icon: str
    action: str
    fields: Sequence[Field]


def form_page(taken: Taken, asked: Asked, form: Mapping[str, Any], errors: Mapping[str, str], identity: str) -> str:
    return render_template(
        "web/instance/orders/form.html",
        asked=asked,
        form={field.name: form.get(field.name, "") for field in asked.fields},
        errors=errors,
        identity=identity,
        version=taken.version,
        code=taken.order.number,
        crumbs=crumbs_of(taken.order, asked.title),
        back=url_for("instance.orders.show", order=taken.order.id),
        back_label="",
    )
