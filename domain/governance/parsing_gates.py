"""Reads gate criteria: which fields each kind has, and what makes one sensible."""

from collections.abc import Callable

from domain.governance import criteria as kinds
from domain.governance.criteria import Criterion
from domain.governance.reading import Entry, Fault
from domain.stages import Stage

Fields = dict[str, Entry]
TARGETS = tuple(stage for stage in Stage if stage is not Stage.DEFINED)


def read_gates(entry: Entry) -> dict[Stage, tuple[Criterion, ...]]:
    fields = entry.fields([stage.name.lower() for stage in TARGETS])
    return {stage: read_gate(fields[stage.name.lower()]) for stage in TARGETS}


def read_gate(entry: Entry) -> tuple[Criterion, ...]:
    read: list[Criterion] = []
    for item in entry.items(at_least=1):
        criterion = read_criterion(item)
        if criterion is None:
            continue
        if any(criterion.key == other.key for other in read):
            item.note(Fault.DUPLICATE_KEY, criterion.key)
        read.append(criterion)
    return tuple(read)


def read_criterion(item: Entry) -> Criterion | None:
    kind = next((value for name, _, value in item.pairs() if name == "criterion"), None)
    name = item.inside(kind, f"{item.path}.criterion").one_of(list(READERS)) if kind is not None else ""
    if name not in READERS:
        if kind is None:
            item.fields(("key", "label", "criterion"), ("waivable",))
        return None
    own, reader = READERS[name]
    fields = item.fields(("key", "label", "criterion", *own), ("waivable", *OPTIONAL.get(name, ())))
    return reader(fields["key"].key(), fields["label"].text(), fields["waivable"].yes_no(), fields)


def field_present(key: str, label: str, waivable: bool, fields: Fields) -> Criterion:
    return kinds.FieldPresent(key=key, label=label, waivable=waivable, field=fields["field"].one_of(kinds.FIELDS))


def declared_or_present(key: str, label: str, waivable: bool, fields: Fields) -> Criterion:
    declaration = fields["declaration"].one_of(list(kinds.DECLARATIONS))
    field = fields["field"].one_of(list(kinds.DECLARATIONS.values()))
    if field and kinds.DECLARATIONS.get(declaration, field) != field:
        fields["declaration"].note(Fault.INCONSISTENT, f"{declaration} for {field}")
    return kinds.DeclaredOrPresent(key=key, label=label, waivable=waivable, field=field, declaration=declaration)


def count(key: str, label: str, waivable: bool, fields: Fields) -> Criterion:
    of = fields["of"].member(kinds.Countable)
    having = tuple(item.one_of(("owner",)) for item in fields["having"].items(at_least=1))
    if having and of is not kinds.Countable.MILESTONES:
        fields["having"].note(Fault.INCONSISTENT, of, "only milestones have an owner")
    at_least = fields["at_least"].whole(1, 1000)
    return kinds.Count(key=key, label=label, waivable=waivable, of=of, at_least=at_least, having=having)


def milestones_done(key: str, label: str, waivable: bool, fields: Fields) -> Criterion:
    with_evidence = fields["with_evidence"].yes_no()
    return kinds.MilestonesDone(key=key, label=label, waivable=waivable, with_evidence=with_evidence)


def distinct_people(key: str, label: str, waivable: bool, fields: Fields) -> Criterion:
    people = tuple(item.one_of(kinds.PEOPLE) for item in fields["people"].items(at_least=2))
    if len(set(people)) < len(people):
        fields["people"].note(Fault.DUPLICATE_KEY, ", ".join(people))
    return kinds.DistinctPeople(key=key, label=label, waivable=waivable, people=people)


def bare(kind: type[Criterion]) -> Callable[[str, str, bool, Fields], Criterion]:
    """A kind that has nothing but key and label."""

    def read(key: str, label: str, waivable: bool, _: Fields) -> Criterion:
        return kind(key=key, label=label, waivable=waivable)

    return read


READERS: dict[str, tuple[tuple[str, ...], Callable[[str, str, bool, Fields], Criterion]]] = {
    "field_present": (("field",), field_present),
    "declared_or_present": (("field", "declaration"), declared_or_present),
    "count": (("of", "at_least"), count),
    "baseline_present": ((), bare(kinds.BaselinePresent)),
    "planned_by_month": ((), bare(kinds.PlannedByMonth)),
    "forecast_entered": ((), bare(kinds.ForecastEntered)),
    "controller_confirmed": ((), bare(kinds.ControllerConfirmed)),
    "milestones_done": (("with_evidence",), milestones_done),
    "actuals_through_closed_month": ((), bare(kinds.ActualsThroughClosedMonth)),
    "cause_reduced": ((), bare(kinds.CauseReduced)),
    "closure_evidence": ((), bare(kinds.ClosureEvidence)),
    "no_open_request": ((), bare(kinds.NoOpenRequest)),
    "no_overdue_condition": ((), bare(kinds.NoOverdueCondition)),
    "distinct_people": (("people",), distinct_people),
}
OPTIONAL: dict[str, tuple[str, ...]] = {"count": ("having",)}
