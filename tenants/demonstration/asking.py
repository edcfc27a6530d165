"""Requests of one story: asked, voted on step by step, sometimes rejected, withdrawn, voided or refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from domain.access import Actor
from domain.approvals.request import ApprovalRequest, Choice, RequestStep, Vote
from domain.approvals.requesting import Requested
from domain.governance.policies import Rule
from domain.governance.template import ReasonList
from domain.refusals import Refusal
from domain.stages import Stage
from tenants.demonstration.engagement import Engagement
from tenants.demonstration.timeline import Diary, done
from tenants.demonstration.words import ASSENT, DISSENT, TURNS
from tenants.instance.actions import requests

MOST_STEPS = 2


@dataclass(kw_only=True)
class Asking:
    """Asks on behalf of one measure. `open` is the newest request, once it was made."""

    here: Engagement
    diary: Diary
    measure: UUID
    open: ApprovalRequest | None = field(default=None, init=False)

    def gate(self, target: Stage, asker: str, asked: date, decided: date) -> None:
        """Ask for a gate and have it approved."""
        self.diary.on(asked, self._ask_gate(target, asker))
        self._steps(MOST_STEPS, asked, decided)

    def failed_gate(self, target: Stage, asker: str, asked: date, how: str) -> None:
        """Ask for a gate that is rejected or returned by its first step, or withdrawn by who asked."""
        self.diary.on(asked, self._ask_gate(target, asker))
        if how == "withdrawn":
            self.diary.on(asked + timedelta(days=2), lambda: self._withdraw(asker))
            return
        choice = Choice.REJECT if how == "rejected" else Choice.RETURN
        self.diary.on(asked + timedelta(days=3), lambda: self._vote_step(0, choice=choice))

    def refused_gate(self, target: Stage, asker: str, day: date) -> None:
        """Ask too early: the attempt is in the trail, with what was missing."""
        self.diary.on(day, lambda: self._attempt(target, asker))

    def turn(self, kind: str, reason: int, asker: str, asked: date, decided: date) -> None:
        """Ask to hold, resume or cancel, and have it approved."""
        self.diary.on(asked, self._ask_turn(kind, reason, asker))
        self._steps(MOST_STEPS, asked, decided)

    def waiting(self, ask: Callable[[], object], asked: date, steps: int, cast: int) -> None:
        """Ask, have the first steps approved and some votes of the next one cast: the rest waits."""
        self.diary.on(asked, ask)
        if steps:
            self._steps(steps, asked, asked + timedelta(days=2 * steps))
        if cast:
            self.diary.on(asked + timedelta(days=2 * steps + 2), lambda: self._vote_step(steps, only=cast))

    def ask_kind(self, kind: str, target: Stage, asker: str) -> Callable[[], object]:
        return self._ask_gate(target, asker) if kind == "gate" else self._ask_turn(kind, 0, asker)

    def _ask_gate(self, target: Stage, asker: str) -> Callable[[], object]:
        def ask() -> None:
            here = self.here
            made = requests.request_gate(here.work, self.measure, here.new_id(), target, here.actor(asker))
            self._made(done(made))

        return ask

    def _ask_turn(self, kind: str, reason: int, asker: str) -> Callable[[], object]:
        template = self.here.governance.template
        known = [(code, text) for code, text in TURNS[kind] if template.reason(ReasonList(kind), code)]
        code, text = known[reason % len(known)]

        def ask() -> None:
            here = self.here
            actor = here.actor(asker)
            self._made(done(requests.request_turn(here.work, self.measure, here.new_id(), kind, code, text, actor)))

        return ask

    def _made(self, made: Requested) -> None:
        self.open = made.request

    def _attempt(self, target: Stage, asker: str) -> None:
        here = self.here
        refused = requests.request_gate(here.work, self.measure, here.new_id(), target, here.actor(asker))
        assert isinstance(refused, Refusal)

    def _withdraw(self, asker: str) -> None:
        assert self.open is not None
        comment = "The supplier has moved its offer; we ask again with the new figures."
        done(requests.withdraw(self.here.work, self.open.id, comment, self.here.actor(asker)))

    def _steps(self, count: int, asked: date, decided: date) -> None:
        """The steps in order, the last of them on the day of the decision."""
        for step in range(count):
            day = asked + (decided - asked) * (step + 1) / count
            self.diary.on(day, lambda step=step: self._vote_step(step))  # type: ignore[misc]

    def _vote_step(self, index: int, choice: Choice = Choice.APPROVE, only: int | None = None) -> None:
        assert self.open is not None
        if index >= len(self.open.steps):
            return
        voters = self._voters(self.open.steps[index])
        for person in voters[:only]:
            self.here.timeline.clock.tick(self.here.rng.randint(2, 40))
            done(requests.vote(self.here.work, self.open.id, self._vote(choice), self.here.actor(person.person)))

    def _voters(self, step: RequestStep) -> list[Actor]:
        """As many as it takes; of several who could, the client's own programme office."""
        office = self.here.brief.programme_office
        able = [self.here.actor(person) for person in step.approvers]
        needed = 1 if step.rule is Rule.ANY else step.needed
        return sorted(able, key=lambda actor: (actor.name != office, actor.name))[:needed]

    def _vote(self, choice: Choice) -> Vote:
        rng = self.here.rng
        if choice is Choice.APPROVE:
            return Vote(choice=choice, comment=rng.choice(ASSENT) if rng.random() < 0.4 else "")
        return Vote(choice=choice, comment=rng.choice(DISSENT[choice]))
