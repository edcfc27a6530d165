"""What goes wrong with a machine's call, as a problem document. Source: RFC 9457; DESIGN.md, 11."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import g, request
from werkzeug.wrappers import Response

from domain.refusals import Refusal
from tenants.instance.transaction import plain
from web.refusals import words_of

MEDIA_TYPE = "application/problem+json"
BELOW = "/api/"
_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """What is wrong in a body, and where: `pointer` is a JSON pointer into it. Source: RFC 6901."""

    pointer: str
    reason: str


def is_machine() -> bool:
    """Whether the request asks at an address of machines: those get no pages."""
    return request.path.startswith(BELOW)


def problem(
    status: int,
    kind: str = "",
    detail: str = "",
    flaws: Iterable[Flaw] = (),
    facts: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer with this status. `kind` names the problem for programs, `detail` says it to people."""
    return answer(document(status, kind, detail, flaws, facts), status, headers)


def document(
    status: int,
    kind: str = "",
    detail: str = "",
    flaws: Iterable[Flaw] = (),
    facts: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """`facts` is what the refusal holds, `errors` what is wrong in the body; each only where there is something."""
    errors = [{"pointer": each.pointer, "reason": each.reason} for each in flaws]
    return {
        "type": f"urn:mandate:problem:{kind}" if kind else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        **({"detail": detail} if detail else {}),
        **({"errors": errors} if errors else {}),
        **({"facts": dict(facts)} if facts else {}),
        "instance": f"urn:uuid:{g.get('request_id', '')}",
    }


def refused(refusal: Refusal, status: int, pointer: str = "") -> dict[str, Any]:
    """A refusal as a problem: the words that the screen has, and what it holds for programs."""
    words = words_of(refusal)
    flaws = [Flaw(pointer=pointer, reason=words)] if pointer else []
    return document(status, kind_of(refusal), words, flaws, plain(refusal))


def kind_of(refusal: Refusal) -> str:
    """StageStopped is called "stage-stopped"."""
    return _HUMP.sub("-", type(refusal).__name__).lower()


def answer(body: Mapping[str, Any], status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Plain data as JSON, a problem from 400 on."""
    media_type = MEDIA_TYPE if status >= 400 else "application/json"
    return Response(json.dumps(body, ensure_ascii=False), status, dict(headers or {}), content_type=media_type)
