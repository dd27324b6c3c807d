"""Words whose change turns what a sentence says: a quotation that gets one of them wrong proves nothing.

Negations and exceptions, who acts on whom, what is allowed or owed, how much and how long, what is joined or excluded.
English in full; of other languages the negations, persons and duties, because there only misspellings are forgiven.
"""

import re

_ENGLISH = """
no not nor never neither none nothing nobody nowhere cannot without unless except excepting excluding exclude excludes
excluded exclusion exclusive exclusively only solely sole merely but however notwithstanding despite otherwise hardly
non un free
i me my mine you your yours yourself we us our ours ourselves he she him her his hers they them their theirs it its
user users customer customers consumer consumers member members buyer seller subscriber company provider party parties
licensor licensee employer employee child children minor minors parent parents affiliate affiliates
may must shall will can could should would might ought need needs required requires require mandatory optional
voluntary voluntarily allowed allow allows permitted permit permits prohibited prohibit prohibits forbidden entitled
obligated obliged agree agrees agreed disagree consent consents object refuse accept accepts reject rejects waive waives
waived retain retains forfeit grant grants revoke opt in out
and or if any all each every some both either few many most least more less fewer greater fewer higher lower over under above
below within beyond before after until since during prior following up down minimum maximum exceed exceeds
from to by against between for with
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion once twice half double
first second third fourth last next
second seconds minute minutes hour hours day days week weeks month months year years annual annually monthly weekly
daily yearly quarterly business calendar
january february march april may june july august september october november december
monday tuesday wednesday thursday friday saturday sunday
dollar dollars euro euros pound pounds cent cents usd eur gbp percent percentage
include includes included including binding liable responsible guarantee guarantees warrant warrants warrants
increase decrease automatically manual manually immediately always sometimes paid unpaid refund refundable
public private anonymous anonymized aggregated personal sensitive perpetual irrevocable revocable
"""
_OTHERS = """
nicht kein keine keinen keiner keines keinem nie niemals nichts ohne außer ausser nur weder ausgenommen
sie ihr ihre ihren ihrer ihrem ihnen wir uns unser unsere unseren unserer unserem du dein deine kann können darf dürfen
muss müssen soll sollen oder und alle jeder jede
ne pas sans jamais aucun aucune rien ni sauf hormis excepté seulement uniquement vous votre vos nous notre nos peut
peuvent pouvez pouvons doit doivent devez devons ou et tout toute tous toutes
no sin nunca jamás ningún ninguna ninguno nada ni salvo excepto solo sólo usted ustedes su sus nosotros nuestro nuestra
nuestros nuestras tú tu tus puede pueden podemos podrá debe deben debemos deberá o y todo toda todos todas
non senza mai nessun nessuno nessuna nulla né salvo tranne eccetto lei suo sua suoi sue noi nostro nostra nostri nostre
può possono possiamo deve devono dobbiamo tutti tutte
nie bez nigdy żaden żadna żadne nic ani oprócz tylko użytkownik użytkownika my nas nasz nasza nasze może mogą możemy
musi muszą musimy lub i oraz wszystkie wszelkie
"""
DECISIVE = frozenset(_ENGLISH.split()) | frozenset(_OTHERS.split())
_NEGATIVE = ("un", "in", "im", "ir", "il", "non", "dis", "mis", "de", "ex", "im", "a", "under", "over", "nicht")
_AMOUNT = re.compile(r"[\d$€£¥₹¢%§]")
LIGHT = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "that",
        "these",
        "those",
        "such",
        "of",
        "as",
        "at",
        "on",
        "so",
        "also",
        "then",
        "there",
        "here",
        "hereby",
        "herein",
        "thereof",
        "hereof",
        "hereunder",
        "please",
        "and/or",
        "be",
        "is",
        "are",
        "was",
        "were",
        "been",
        "being",
        "has",
        "have",
        "had",
        "do",
        "does",
        "which",
        "who",
        "whom",
        "upon",
        "about",
    ]
)


_NEGATIONS = frozenset(
    [
        "no",
        "not",
        "nor",
        "never",
        "neither",
        "none",
        "nothing",
        "cannot",
        "without",
        "unless",
        "except",
        "excepting",
        "excluding",
        "exclude",
        "excludes",
        "only",
        "solely",
        "nicht",
        "kein",
        "keine",
        "keinen",
        "keiner",
        "keines",
        "keinem",
        "nie",
        "niemals",
        "ohne",
        "außer",
        "nur",
        "weder",
        "ne",
        "pas",
        "sans",
        "jamais",
        "aucun",
        "aucune",
        "ni",
        "sauf",
        "hormis",
        "sin",
        "nunca",
        "jamás",
        "ningún",
        "ninguna",
        "salvo",
        "excepto",
        "non",
        "senza",
        "mai",
        "nessun",
        "nessuna",
        "tranne",
        "eccetto",
        "nie",
        "bez",
        "nigdy",
        "żaden",
        "żadna",
        "żadne",
        "oprócz",
    ]
)


def is_negation(word: str) -> bool:
    """Whether a folded word denies or excepts."""
    return word in _NEGATIONS or word.endswith("n't")


def is_decisive(word: str) -> bool:
    """Whether a folded word may not be dropped, added or replaced: decisive, negated, an amount."""
    return word in DECISIVE or word.endswith("n't") or _AMOUNT.search(word) is not None


def is_opposite(one: str, other: str) -> bool:
    """Whether one folded word is the other with a syllable in front that turns it: liable, unliable."""
    short, long = sorted((one, other), key=len)
    if long.endswith("less") or short.endswith("less") or long.endswith("ful") != short.endswith("ful"):
        return True
    return len(short) >= 3 and any(long == prefix + short for prefix in _NEGATIVE)
