"""Where a document says that its service may and may not be used."""

import pytest

from classifiers.stated_jurisdictions import stated_reach

REACH = [
    ("The Service is not available to residents of the European Economic Area.", (), ("EU",)),
    ("The Site is intended only for users located in the United States.", ("US",), ()),
    ("If you live in the EEA or the United Kingdom, you may not use the App.", (), ("EU", "UK")),
    ("Our Services are not directed to persons in the EU, the UK or Brazil.", (), ("EU", "UK", "BR")),
    ("We do not offer the Service to people in Canada.", (), ("CA",)),
    ("The website is offered exclusively in Japan.", ("JP",), ()),
    ("This section is not available to EU users of the Service.", (), ()),
    ("The arbitration clause of the Service is not intended for residents of Quebec.", (), ()),
    ("You may not use the Service except as allowed by US, EU and UK sanctions.", (), ()),
    ("For residents of states other than California, if the provider is not available, the service continues.", (), ()),
    ("The Service is offered to people in the European Union.", (), ()),
]


@pytest.mark.parametrize(("text", "confined_to", "excluded"), REACH, ids=[row[0] for row in REACH])
def test_only_plain_statements_confine_a_service(
    text: str, confined_to: tuple[str, ...], excluded: tuple[str, ...]
) -> None:
    reach = stated_reach(f"Welcome to Quillmoor.\n{text}\nPlease read on.")
    assert (reach.confined_to, reach.excluded) == (confined_to, excluded)
