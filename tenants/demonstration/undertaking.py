"""The work of one measure: milestones promised, done with evidence, late, or slipping again and again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from domain.evidence import Proof
from domain.ids import EvidenceId, MilestoneId
from domain.measures import Milestone
from domain.stages import Stage
from tenants.demonstration.briefs import MeasureBrief
from tenants.demonstration.engagement import Engagement
from tenants.demonstration.outcome import Outcome
from tenants.demonstration.timeline import Diary, done
from tenants.demonstration.words import PROOFS
from tenants.instance.actions import evidence, milestones

SLIP_DAYS = (9, 21, 37)  # later than promised, one forecast after the other


@dataclass(kw_only=True)
class Undertaking:
    """The milestones of one measure with the days they are promised for."""

    here: Engagement
    brief: MeasureBrief
    diary: Diary
    days: Outcome
    measure: UUID
    owner: str
    promised: list[Milestone] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        titles = self.here.brief.milestones[self.brief.function]
        for title, due in zip(titles, self._dues(len(titles)), strict=True):
            identity = MilestoneId(self.here.new_id())
            person = self.here.people[self._responsible()]
            self.promised.append(Milestone(id=identity, title=title, owner=person, due=due))

    def promise(self, day: date) -> None:
        for milestone in self.promised:
            self.diary.on(day, lambda milestone=milestone: self._promise(milestone))  # type: ignore[misc]

    def proceed(self) -> None:
        """What was due is done, but for what is late; and the next one slips."""
        late = self.days.late
        for milestone in self.promised:
            is_late = late and milestone.due == self.days.ago(late)
            if milestone.due < self.days.ago(3) and not is_late:
                day = milestone.due + timedelta(days=self.here.rng.randint(-6, 3))
                self._if_still_open(day, milestone)
        if self.brief.slips:
            self._slip(next(each for each in self.promised if each.due >= self.days.today))

    def prove_closure(self, day: date) -> None:
        self.diary.on(day, lambda: self._prove(None, "Ledger extract with the effect, reconciled", is_closure=True))

    def _dues(self, count: int) -> list[date]:
        """Evenly from the decision to the end of the work; one is moved to where it is late."""
        first, last = self._period()
        dues = [first + (last - first) * n / (count - 1) for n in range(count)]
        if late := self.days.late:
            wanted = self.days.ago(late)
            nearest = min(range(count), key=lambda n: abs((dues[n] - wanted).days))
            dues[nearest] = wanted
            dues = [due if n <= nearest else max(due, self.days.ago(-9 * n)) for n, due in enumerate(dues)]
        return dues

    def _period(self) -> tuple[date, date]:
        reached, days, rng = self.days.reached, self.days, self.here.rng
        if self.brief.stage >= Stage.IMPLEMENTED:
            return reached[Stage.DECIDED] + timedelta(days=6), reached[Stage.IMPLEMENTED] - timedelta(days=14)
        if self.brief.stage == Stage.DECIDED:
            first = reached[Stage.DECIDED] + timedelta(days=6)
            if self.brief.wait and self.brief.wait.kind == "gate":
                return first, days.ago(self.brief.wait.days + 6)
            return first, days.ago(-rng.randint(25, 110))
        return days.ago(-rng.randint(20, 45)), days.ago(-rng.randint(110, 200))

    def _responsible(self) -> str:
        contributors = self.here.contributors
        return self.here.rng.choice(contributors) if contributors and self.here.rng.random() < 0.2 else self.owner

    def _promise(self, milestone: Milestone) -> None:
        here = self.here
        done(milestones.promise_milestone(here.work, self.measure, milestone, here.actor(self.owner), None))

    def _if_still_open(self, day: date, milestone: Milestone) -> None:
        """Nothing is done any more on what was held or cancelled."""
        if self.days.turned is not None and day >= self.days.turned - timedelta(days=6):
            return
        self.diary.on(day, lambda: self._finish(milestone))

    def _finish(self, milestone: Milestone) -> None:
        """Where a gate asks for proof there is some; else only half of the owners attach any before they are asked."""
        here = self.here
        if self.brief.stage >= Stage.IMPLEMENTED or self.brief.wait or here.rng.random() < 0.5:
            self._prove(milestone.id, f"{milestone.title}: {here.rng.choice(PROOFS).lower()}")
        today = here.work.now().date()
        who = here.actor(self.owner)
        done(milestones.finish_milestone(here.work, self.measure, milestone.id, today, who))

    def _prove(self, milestone: MilestoneId | None, title: str, is_closure: bool = False) -> None:
        here = self.here
        identity = EvidenceId(here.new_id())
        proof = Proof(
            id=identity,
            title=title,
            url=f"https://documents.example/{str(identity)[:8]}",
            milestone=milestone,
            is_closure=is_closure,
        )
        done(evidence.add_evidence(here.work, self.measure, proof, here.actor(self.owner)))

    def _slip(self, milestone: Milestone) -> None:
        diary = self.diary.beside()
        for n, later in enumerate(SLIP_DAYS[: self.brief.slips]):
            forecast = milestone.due + timedelta(days=later)
            day = self.days.ago(34 - 12 * n)
            diary.on(day, lambda forecast=forecast: self._forecast(milestone, forecast))  # type: ignore[misc]

    def _forecast(self, milestone: Milestone, forecast: date) -> None:
        here = self.here
        who = here.actor(self.owner)
        done(milestones.forecast_milestone(here.work, self.measure, milestone.id, forecast, who))
