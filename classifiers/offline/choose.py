"""Which of the detected provisions are worth a reviewer's time: the clearest of each category, each stated once."""

from collections import Counter
from collections.abc import Mapping, Sequence

from classifiers.offline.detect import DetectedProvision
from classifiers.offline.phrases import split_words
from classifiers.proposals import Proposal


def worth_reviewing(
    candidates: Sequence[tuple[DetectedProvision, Proposal]], generic: Sequence[bool], limits: Mapping[str, int]
) -> list[Proposal]:
    """The strongest provisions of each category, at most its limit, no title twice; in document order.

    A passage that says no more than its category adds nothing beside one that says more, nor does one whose words are
    all in another: "not misleading or harmful" beside "not misleading, harmful or illegal".

    Args:
        candidates: in document order.
        generic: for each candidate whether its title says no more than its category.
        limits: category -> most proposals of it.

    """
    strongest_first = sorted(range(len(candidates)), key=lambda n: (generic[n], -candidates[n][0].points, n))
    titles_of: dict[str, set[str]] = {}
    chosen: list[int] = []
    for n in strongest_first:
        proposal = candidates[n][1]
        titles = titles_of.setdefault(proposal.category, set())
        if titles and (generic[n] or proposal.title in titles):
            continue
        twin = next((k for k in chosen if _are_alike(candidates[k][1], proposal)), None)
        if twin is not None:
            if len(proposal.quote) > len(candidates[twin][1].quote):
                chosen[chosen.index(twin)] = n
                titles.discard(candidates[twin][1].title)
                titles.add(proposal.title)
            continue
        if len(titles) < limits[proposal.category]:
            titles.add(proposal.title)
            chosen.append(n)
    return [candidates[n][1] for n in sorted(chosen)]


def _are_alike(proposal: Proposal, other: Proposal) -> bool:
    """Whether one quote is the other with a few words more, at most as many again."""
    if proposal.category != other.category:
        return False
    fewer, more = sorted((split_words(proposal.quote), split_words(other.quote)), key=len)
    return len(more) <= 2 * len(fewer) and Counter(fewer) <= Counter(more)
