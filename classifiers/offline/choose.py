"""Which of the provisions found are worth a reviewer's time: the clearest of each category, each said once."""

from collections.abc import Mapping, Sequence

from classifiers.offline.detect import Provision
from classifiers.proposals import Proposal


def worth_reviewing(made: Sequence[tuple[Provision, Proposal]], limits: Mapping[str, int]) -> list[Proposal]:
    """The strongest provisions of each category, at most its limit, no title twice; in document order."""
    order = sorted(range(len(made)), key=lambda n: (-made[n][0].points, n))
    taken: dict[str, set[str]] = {}
    kept: list[int] = []
    for n in order:
        proposal = made[n][1]
        titles = taken.setdefault(proposal.category, set())
        if len(titles) < limits[proposal.category] and proposal.title not in titles:
            titles.add(proposal.title)
            kept.append(n)
    return [made[n][1] for n in sorted(kept)]
