"""The life of one measure, from its definition to where it stands today, written into the timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.ids import LineId, NodeId
from domain.stages import Stage
from domain.status import Dimension, Status
from tenants.demonstration.amounts import Amounts, cost_line, effect_line, planned_grid
from tenants.demonstration.asking import Asking
from tenants.demonstration.briefs import MeasureBrief, Wait
from tenants.demonstration.engagement import Engagement
from tenants.demonstration.outcome import Outcome
from tenants.demonstration.timeline import Diary, done
from tenants.demonstration.undertaking import Undertaking
from tenants.demonstration.value_story import ValueStory
from tenants.demonstration.words import ASSUMPTIONS, DEPENDENCIES, OVERRIDES, RISKS, SOURCES
from tenants.instance.actions import measures, statuses, values
from tenants.instance.models.measures import MeasureRow

GATE_DAYS = {Stage.IDENTIFIED: 4, Stage.DETAILED: 7, Stage.DECIDED: 11, Stage.IMPLEMENTED: 6, Stage.CLOSED: 4}


@dataclass(kw_only=True)
class Story:
    """One measure in the making. Call `tell`, then play the timeline."""

    here: Engagement
    brief: MeasureBrief
    diary: Diary
    days: Outcome
    measure: UUID
    owner: str
    sponsor: str
    controller: str
    asking: Asking = field(init=False)
    amounts: Amounts = field(init=False)
    line: LineId = field(init=False)
    cost: LineId | None = field(init=False)
    work: Undertaking = field(init=False)

    def __post_init__(self) -> None:
        brief, here = self.brief, self.here
        self.asking = Asking(here=here, diary=self.diary, measure=self.measure)
        self.amounts = Amounts(
            rng=here.rng,
            first=here.timeline.year_start,
            start=self.days.effect_starts,
            value=brief.value,
            cost=brief.cost,
            reach=self.days.reach,
            shift=brief.shift,
            is_one_off=brief.kind == "working_capital",
        )
        self.line = LineId(here.new_id())
        self.cost = LineId(here.new_id()) if brief.cost else None
        self.work = Undertaking(
            here=here, brief=brief, diary=self.diary, days=self.days, measure=self.measure, owner=self.owner
        )

    def tell(self) -> None:
        brief, days = self.brief, self.days
        self.diary.on(days.defined, self._define)
        if brief.stage >= Stage.IDENTIFIED:
            self._gate(Stage.IDENTIFIED)
        if brief.detour == "refused":
            early = days.reached[Stage.IDENTIFIED] + timedelta(days=1)
            self.asking.refused_gate(Stage.DETAILED, self.owner, early)
        if brief.stage >= Stage.DETAILED or brief.planned or self._waits_for(Stage.DETAILED):
            self._plan()
        if brief.stage >= Stage.DETAILED:
            self._gate(Stage.DETAILED)
        if brief.stage >= Stage.DECIDED or self._waits_for(Stage.DECIDED):
            self.diary.on(days.confirmed, self._confirm)
        if brief.stage >= Stage.DECIDED:
            self._gate(Stage.DECIDED)
            self._deliver()
        elif brief.stage < Stage.IDENTIFIED and brief.detour:
            self.asking.failed_gate(Stage.IDENTIFIED, self.owner, days.defined + timedelta(days=2), brief.detour)
        self._end()

    def _waits_for(self, target: Stage) -> bool:
        wait = self.brief.wait
        return wait is not None and wait.kind == "gate" and self.brief.stage + 1 == target

    def _gate(self, target: Stage) -> None:
        reached = self.days.reached[target]
        asked = reached - timedelta(days=GATE_DAYS[target])
        if self.brief.detour not in ("", "refused") and target == max(self.brief.stage, Stage.IDENTIFIED):
            self._detour(target, asked - timedelta(days=7))
        self.asking.gate(target, self.owner, asked, reached)

    def _detour(self, target: Stage, day: date) -> None:
        if self.brief.detour == "voided":
            self.diary.on(day, self.asking.ask_kind("gate", target, self.owner))
            self.diary.on(day + timedelta(days=1), self._reword)
        else:
            self.asking.failed_gate(target, self.owner, day, self.brief.detour)

    def _deliver(self) -> None:
        """After the decision: milestones, actuals, forecast, and the gates that follow."""
        self._value().tell()
        self.work.proceed()
        if self.brief.stage >= Stage.IMPLEMENTED:
            self._gate(Stage.IMPLEMENTED)
        if self.brief.stage >= Stage.CLOSED or self._waits_for(Stage.CLOSED):
            self.work.prove_closure(self.days.after_closing)
        if self.brief.stage >= Stage.CLOSED:
            self.asking.gate(Stage.CLOSED, self.owner, self.days.after_closing, self.days.reached[Stage.CLOSED])

    def _end(self) -> None:
        """Where it stands today: an override, a hold, a cancellation, a request that waits."""
        brief, days = self.brief, self.days
        if brief.override:
            self.diary.on(days.ago(6), self._override)
        if days.turned is not None:
            kind = "hold" if brief.state == "on_hold" else "cancel"
            asked = days.turned - timedelta(days=5)
            self.asking.turn(kind, self.here.rng.randint(0, 3), self.owner, asked, days.turned)
        if brief.wait is not None:
            self._wait(brief.wait)

    def _wait(self, wait: Wait) -> None:
        target = Stage(min(self.brief.stage + 1, Stage.CLOSED))
        asked = self.days.ago(wait.days)
        if wait.kind == "gate" and target is Stage.CLOSED:
            asked = max(asked, self.days.after_closing)
        self.asking.waiting(self.asking.ask_kind(wait.kind, target, self.owner), asked, wait.steps, wait.cast)

    def _define(self) -> None:
        here, brief = self.here, self.brief
        led = here.brief.programmes[brief.programme]
        fields: dict[str, Any] = {
            "title": brief.title,
            "description": brief.about,
            "expected_effect": brief.effect,
            "owner": here.people[self.owner],
            "function": here.references["function", brief.function],
            "business_unit": here.references["business_unit", led["unit"]],
        }
        if brief.stage >= Stage.IDENTIFIED or brief.wait or brief.detour:
            fields |= {
                "sponsor": here.people[self.sponsor],
                "controller": here.people[self.controller],
                "legal_entity": here.references["legal_entity", led["entity"]],
                "forum": here.forums[led["forum"]],
                "rough_value": Decimal(round(brief.value * 0.9 / 10) * 10_000),
            }
        package = NodeId(here.nodes[brief.package])
        done(measures.define_measure(here.work, self.measure, package, fields, here.actor(self.owner)))

    def _plan(self) -> None:
        """Work out the details: texts, lines with 24 months of figures, milestones."""
        day = self.days.planned
        self.diary.on(day, self._detail)
        self.diary.on(day, self._lines)
        self.work.promise(day)

    def _detail(self) -> None:
        rng, days = self.here.rng, self.days
        depends = rng.random() < 0.3
        fields = {
            "start": days.work_starts,
            "end": days.work_ends,
            "target": Decimal(self.brief.value * 1000),
            "baseline_source": rng.choice(SOURCES),
            "assumptions": rng.choice(ASSUMPTIONS),
            "risks": rng.choice(RISKS),
            "dependencies": rng.choice(DEPENDENCIES) if depends else "",
            "no_dependencies": not depends,
        }
        self._edit(fields)

    def _reword(self) -> None:
        self._edit({"expected_effect": f"{self.brief.effect} Counted from the first full month."})

    def _edit(self, fields: dict[str, Any]) -> None:
        here = self.here
        done(measures.edit_measure(here.work, self.measure, fields, here.actor(self.owner), self._version()))

    def _lines(self) -> None:
        here, owner = self.here, self.here.actor(self.owner)
        currency = here.governance.currency
        lines = [effect_line(self.line, self.brief.line, self.brief.kind, currency)]
        lines += [cost_line(self.cost, currency)] if self.cost else []
        for line in lines:
            done(values.save_line(here.work, self.measure, line, owner, None))
        grid = planned_grid(self.amounts, self.line, self.cost)
        done(values.enter_amounts(here.work, self.measure, grid, owner, None))

    def _confirm(self) -> None:
        here = self.here
        done(values.confirm_value(here.work, self.measure, here.actor(self.controller), self._version()))

    def _override(self) -> None:
        dimension, status = self.brief.override.split()
        guardian = self.controller if dimension == Dimension.POTENTIAL else self.here.brief.programme_office
        expires = self.here.timeline.today + timedelta(days=30)
        wanted = (Dimension(dimension), Status(status), OVERRIDES[status], expires)
        done(statuses.override_status(self.here.work, self.measure, *wanted, self.here.actor(guardian)))

    def _version(self) -> int:
        return self.here.work.get(MeasureRow, self.measure).version

    def _value(self) -> ValueStory:
        return ValueStory(
            here=self.here,
            diary=self.diary.beside(),
            days=self.days,
            amounts=self.amounts,
            measure=self.measure,
            owner=self.owner,
            controller=self.controller,
            line=self.line,
            cost=self.cost,
        )
