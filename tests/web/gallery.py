"""The data of the gallery: one plausible value for every component. Fictitious firm, client and figures."""

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from web import charts

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
PLAN = [0.014, 0.052, 0.167, 0.378, 0.714, 1.215, 1.906, 2.765, 3.699, 4.650, 5.601, 6.552]
FORECAST = [0.014, 0.054, 0.172, 0.372, 0.685, 1.114, 1.657, 2.309, 3.054, 3.855, 4.701, 5.592]
STAGES = ["Defined", "Identified", "Detailed", "Decided", "Implemented", "Closed"]


@dataclass(frozen=True, kw_only=True)
class Shell:
    """The attributes a layout reads; the application's own shell has the same."""

    lang: str = "en"
    theme: str = ""
    csrf_token: str = "token"
    here: str = "/measures/M-0017"
    firm_name: str = "Halden Roth"
    client_name: str = "Lindqvist Home"
    home_href: str = "/"
    nav: tuple[Any, ...] = field(default_factory=lambda: nav())
    switcher: tuple[Any, ...] = (
        SimpleNamespace(label="All engagements", href="/firm"),
        SimpleNamespace(label="Nordfrakt", href="/n"),
    )
    person_name: str = "Clara Vogt"
    person_initials: str = "CV"
    is_firm: bool = True
    account_href: str = "/account"
    notices_href: str = "/notices"
    unread: int = 2
    theme_href: str = "/theme"
    sign_out_href: str = "/sign-out"
    notices: tuple[Any, ...] = (
        SimpleNamespace(
            kind="warn",
            title="Reports and mails wait",
            text="What you do is saved; jobs start again by themselves.",
            href="",
            act="",
        ),
    )
    as_of: str = "20 Nov 2026, 08:30"
    head: str = "7c1e…e90b"
    verified_at: str = "20 Nov 2026, 08:00"
    foot_notes: tuple[str, ...] = ("Amounts in EUR at plan rates of FY 2026",)


def nav() -> tuple[Any, ...]:
    words = ["Overview", "Waiting for me", "Measures", "Hierarchy", "Reports", "People", "Audit", "Import", "Set-up"]
    return tuple(
        SimpleNamespace(label=w, href=f"/{i}", current=w == "Measures", count=4 if "Waiting" in w else 0)
        for i, w in enumerate(words)
    )


def show() -> dict[str, Any]:
    return {**_charts(), **_lists(), **_work(), "today": date(2026, 11, 20), "errors": ERRORS}


ERRORS = {
    "title": "Say what changes, in one line.",
    "rough": "“1.240” can be read in two ways: write 1240 or 1.24.",
}


def _charts() -> dict[str, Any]:
    plan = [0, 0, 0, -0.0, 0, 28, 56, 84, 84, 84, 84, 84]
    actual = [0, 0, 0, 0, 0, 0, 25, 50, 75, 76, None, None]
    forecast = [0, 0, 0, 0, 0, 0, 25, 50, 75, 76, 75, 75]
    steps = [("New", 75), ("Cancelled", -180), ("On hold", -120), ("Value", -274), ("Timing", -438), ("Currency", -23)]
    rows = [(4, 1092, 109, 18), (5, 1620, 405, 24), (7, 2532, 1266, 41), (12, 6444, 4833, 96), (6, 2736, 2462, 58)]
    funnel = [charts.FunnelRow(f"{i + 1} {STAGES[i]}", *row) for i, row in enumerate([*rows, (2, 888, 888, None)])]
    share = [value / 6.552 for value in PLAN]
    return {
        "curve": charts.s_curve(
            MONTHS, PLAN, FORECAST, [*FORECAST[:10], None, None], title="Cumulative effect", desc="Plan ends at 6.55."
        ),
        "curve_foot": Markup(
            "<span>Plan, actual, forecast</span><details class='m-astable'><summary>As a table</summary></details>"
        ),
        "bridge": charts.bridge(
            charts.Step("Locked plan", 6552),
            [charts.Step(*step) for step in steps],
            charts.Step("Forecast", 5592),
            title="Bridge",
            desc="New +75.",
        ),
        "funnel": charts.funnel(funnel, title="Measures by stage", desc="Defined 4."),
        "bars": charts.month_bars(
            MONTHS,
            plan,
            forecast,
            actual,
            [0, 0, 0, 0, 30, 44, 30, 0, 0, 0, 0, 0],
            title="Effect by month",
            desc="Plan 504.",
        ),
        "stack": charts.stacked(
            [
                ("Plan", [84, 268, 24]),
                ("Actual", [84, 268, 96, 184, 310]),
                ("Forecast", [84, 268, 120, 184, 1290]),
            ],
            title="Fulfilment cost",
            desc="Plan 376.",
        ),
        "mini": charts.mini_curve(
            share,
            [value / 6.552 for value in FORECAST],
            [value / 6.552 for value in FORECAST[:10]],
            title="Closes at 85 % of plan",
        ),
        "spark": charts.sparkline([90, 88, 95, 84, 91, 85, 89, 87, 83, 84, 84, 82], level=100, label="now 82 %"),
        "band": charts.spread(11.8, low=0, high=15, q1=4.5, median=6.1, q3=7.3, label="11.8 %, firm median 6.1 %"),
    }


def _lists() -> dict[str, Any]:
    measure = {"ticked": False, "stage": 4, "stage_words": "Decided", "impl": "green", "pot": "amber", "owner": "Lena"}
    sums = {"plan": "288", "forecast": "0", "gap": "−288", "updated": "21"}
    return {
        "kpis": [
            {
                "label": "Plan FY 2026, locked",
                "value": "6.55",
                "unit": "m EUR",
                "href": "#p",
                "sub": "22 measures",
                "mark": "plan",
            },
            {
                "label": "Forecast FY 2026",
                "value": "5.59",
                "unit": "m EUR",
                "href": "#f",
                "sub": "−0.96 m to plan",
                "mark": "forecast",
            },
            {
                "label": "Actual to October",
                "value": "3.86",
                "unit": "m EUR",
                "href": "#a",
                "sub": "plan 4.65 m",
                "mark": "actual",
            },
            {"label": "Realisation to October", "value": "82.9", "unit": "%", "href": "#r", "sub": "green from 100 %"},
            {
                "label": "Full-year effect, locked",
                "value": "10.07",
                "unit": "m EUR",
                "href": "#y",
                "sub": "plan 11.41 m",
            },
            {"label": "One-off cost forecast", "value": "2.16", "unit": "m EUR", "sub": "plan 2.11 m", "mark": "cost"},
        ],
        "waits": [
            {
                "title": "Gate into Decided: M-0023 Automate goods-in",
                "href": "#1",
                "note": "You decide for Elsa",
                "when": "2 days late",
                "price": "8,900",
                "act": "Decide",
            },
            {
                "title": "Agenda of the steering committee",
                "href": "#2",
                "note": "Five decisions are ready",
                "when": "due Mon 23 Nov",
                "act": "Send",
            },
        ],
        "queue": [
            {
                "title": "Gate into Decided: M-0025",
                "href": "?1",
                "note": "Margin forum, 1 of 3",
                "when": "2 days late",
                "price": "8,500",
                "current": True,
            },
            {"title": "Change request: M-0010", "href": "?2", "note": "Voided 17 Nov", "when": "Voided", "void": True},
        ],
        "matrix": [
            [
                {"count": 15, "amount": "6,516", "href": "#a"},
                {"count": 2, "amount": "1,320", "href": "#b"},
                {"count": 3, "amount": "1,344", "href": "#c"},
            ],
            [{"count": 1, "amount": "480", "href": "#d"}, {"count": 0}, {"count": 4, "amount": "2,124", "href": "#e"}],
            [{"count": 1, "amount": "384", "href": "#f"}, {"count": 0}, {"count": 1, "amount": "432", "href": "#g"}],
        ],
        "list": [
            {
                "icon": "eye-exclamation",
                "kind": "warn",
                "title": "M-0009 Dynamic pricing",
                "href": "#9",
                "note": "Milestones on track, forecast 71 %",
            },
            {"icon": "file-text", "title": "contract.pdf", "note": "Petra Holm, 30 Jun", "end": "1.2 MB"},
        ],
        "measures": [
            measure | sums | {"code": "M-0020", "title": "Working-time accounts", "stage": 0, "pot": "red"},
            measure | sums | {"code": "M-0009", "title": "Dynamic pricing", "ticked": True, "pot": "grey"},
            measure
            | sums
            | {"code": "M-0004", "title": "Returns consolidation", "stage": 5, "stage_words": "Implemented"},
        ],
    }


def _work() -> dict[str, Any]:
    dates = ["12 Jan 2026", "2 Feb 2026", "9 Mar 2026", "22 Apr 2026", "planned 30 Nov 2026", "planned 30 Jun 2027"]
    states = ["done", "done", "done", "here", "ahead", "ahead"]
    cells = [{"text": "0", "off": True}] * 5 + [{"text": str(v)} for v in (20, 40, 60, 60, 60)]
    editable = [
        {"text": "54", "name": "f-2026-11"},
        {"text": "x", "name": "f-2026-12", "error": "December: “x” is no amount."},
    ]
    return {
        "doi": [
            {"label": s, "state": states[i], "date": dates[i], "note": "21 days", "locked": i == 3}
            for i, s in enumerate(STAGES)
        ],
        "gate": [
            {
                "state": "missing",
                "label": "Every milestone done with evidence",
                "note": "Second carrier: due 13 Nov",
                "href": "#m",
                "act": "Open milestone",
            },
            {"state": "met", "label": "Evidence on each done milestone", "note": "11 files"},
            {"state": "waived", "label": "Milestone “Second label format”", "note": "Waived by Elsa Wikström"},
            {"state": "open", "label": "Delivered, or refunded"},
        ],
        "deciders": [
            {
                "name": "Elsa Wikström",
                "initials": "EW",
                "role": "PMO",
                "note": "Typically 2 working days. Away until 24 Nov.",
            },
            {"name": "Margin forum", "role": "3 of 5", "note": "Next meeting on 25 Nov."},
        ],
        "months": [{"label": m, "closed": i < 10, "last_closed": i == 9} for i, m in enumerate(MONTHS)],
        "groups": [
            {
                "label": "Parcel base rates",
                "note": "other operating cost, recurring",
                "rows": [
                    {
                        "mark": "plan",
                        "label": "Plan",
                        "cells": [*cells, {"text": "60"}, {"text": "60"}],
                        "years": ["360", "720"],
                    },
                    {
                        "mark": "forecast",
                        "label": "Forecast",
                        "said": "Forecast, parcel base rates",
                        "cells": [*cells, *editable],
                        "years": ["270", "648"],
                    },
                    {
                        "mark": "actual",
                        "label": "Actual",
                        "cells": [*cells, {"text": ""}, {"text": ""}],
                        "years": ["162", None],
                    },
                ],
            },
        ],
        "votes": [
            {"state": "yes", "name": "Astrid Nyman", "initials": "AN", "note": "Step 1, controller", "end": "4 days"},
            {"state": "back", "name": "Maria Lund", "initials": "ML", "note": "Baseline is missing"},
            {"state": "no", "name": "Henrik Dahl", "initials": "HD"},
            {"state": "open", "name": "Johan Ekberg", "initials": "JE", "tag": "you, chair", "end": "open"},
        ],
        "steps": [
            {"state": "done", "label": "Figures frozen as of 08:31", "note": "0.4 s"},
            {"state": "here", "label": "Pages laid out", "note": "9 of 14"},
            {"state": "ahead", "label": "Signed, stored, mailed"},
            {"state": "failed", "label": "Charts drawn"},
        ],
        "guide": [
            {"state": "done", "label": "Client and fiscal year", "note": "EUR, January", "href": "#1"},
            {"state": "here", "label": "Measures", "note": "64 rows read, 4 to correct"},
            {"state": "ahead", "label": "Check and open"},
        ],
        "clash": [
            {
                "name": "nov",
                "field": "Forecast November, k EUR",
                "opened": "84",
                "theirs": "75",
                "mine": "78",
                "clash": True,
            },
            {
                "name": "dec",
                "field": "Forecast December, k EUR",
                "opened": "84",
                "theirs": "75",
                "mine": "84",
                "clash": False,
            },
            {"name": "text", "field": "Description", "opened": "a", "theirs": "a", "mine": "a b", "clash": False},
        ],
        "diff": [{"field": "End date", "before": "30 Nov 2026", "after": "14 Dec 2026", "effect": "+14 days"}],
        "trail": [
            {
                "at": "2026-11-20T08:12",
                "when": "20 Nov 2026, 08:12",
                "icon": "lock-x",
                "words": Markup("<b>Petra Holm</b> was refused the gate"),
                "note": "2 of 9 criteria not met",
            },
            {
                "at": "2026-11-16T16:48",
                "when": "16 Nov 2026, 16:48",
                "icon": "pencil",
                "words": Markup("<b>Petra Holm</b> changed <del>84</del> <ins>75</ins>"),
            },
        ],
    }
