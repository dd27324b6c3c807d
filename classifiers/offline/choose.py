"""Which of the provisions found are worth a reviewer's time: the clearest of each category, each said once."""

from collections import Counter
from collections.abc import Mapping, Sequence

from classifiers.offline.detect import Provision
from classifiers.offline.phrases import split_words
from classifiers.proposals import Proposal


def worth_reviewing(
    made: Sequence[tuple[Provision, Proposal]], generic: Sequence[bool], limits: Mapping[str, int]
) -> list[Proposal]:
    """The strongest provisions of each category, at most its limit, no title twice; in document order.

    A passage of which no more can be said than its category adds nothing beside one that says something, nor does one
    whose words all stand in another: "not misleading or harmful" beside "not misleading, harmful or illegal".
    """
    order = sorted(range(len(made)), key=lambda n: (generic[n], -made[n][0].points, n))
    taken: dict[str, set[str]] = {}
    kept: list[int] = []
    for n in order:
        proposal = made[n][1]
        titles = taken.setdefault(proposal.category, set())
        if titles and (generic[n] or proposal.title in titles):
            continue
        alike = next((k for k in kept if _alike(made[k][1], proposal)), None)
        if alike is not None:
            if len(proposal.quote) > len(made[alike][1].quote):
                kept[kept.index(alike)] = n
                titles.discard(made[alike][1].title)
                titles.add(proposal.title)
            continue
        if len(titles) < limits[proposal.category]:
            titles.add(proposal.title)
            kept.append(n)
    return [made[n][1] for n in sorted(kept)]


def _alike(one: Proposal, other: Proposal) -> bool:
    """Whether one is the other with a few words more."""
    if one.category != other.category:
        return False
    fewer, more = sorted((split_words(one.quote), split_words(other.quote)), key=len)
    return len(more) <= 2 * len(fewer) and Counter(fewer) <= Counter(more)
