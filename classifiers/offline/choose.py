"""Which of the provisions found are worth a reviewer's time: the clearest of each category, each said once."""

from collections.abc import Mapping, Sequence

from classifiers.offline.detect import Provision
from classifiers.proposals import Proposal


def worth_reviewing(
    made: Sequence[tuple[Provision, Proposal]], generic: Sequence[bool], limits: Mapping[str, int]
) -> list[Proposal]:
    """The strongest provisions of each category, at most its limit, no title twice; in document order.

    A passage of which no more can be said than its category adds nothing beside one that says something.
    """
    order = sorted(range(len(made)), key=lambda n: (generic[n], -made[n][0].points, n))
    taken: dict[str, set[str]] = {}
    kept: list[int] = []
    for n in order:
        proposal = made[n][1]
        titles = taken.setdefault(proposal.category, set())
        if titles and (generic[n] or proposal.title in titles):
            continue
        if len(titles) < limits[proposal.category]:
            titles.add(proposal.title)
            kept.append(n)
    return [made[n][1] for n in sorted(kept)]
