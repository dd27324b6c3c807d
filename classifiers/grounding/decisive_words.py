"""Words whose change reverses what a sentence says: a quotation that gets one of them wrong proves nothing.

Negations and exceptions, who acts on whom, what is allowed or owed, how much and how long, what is joined or left out.
English in full; of other languages the negations, persons and duties, because for them only misspellings are forgiven.
"""

import re

from classifiers.grounding.normalize import fold_words

_NEGATION_WORDS = """
no not nor never neither none nothing nobody nowhere cannot without unless except excepting excluding exclude excludes
only solely
nicht kein keine keinen keiner keines keinem nie niemals nichts ohne außer ausser nur weder ausgenommen
ne pas sans jamais aucun aucune rien ni sauf hormis excepté seulement uniquement
sin nunca jamás ningún ninguna ninguno nada salvo excepto solo sólo
non senza mai nessun nessuno nessuna nulla né tranne eccetto
nie bez nigdy żaden żadna żadne nic ani oprócz tylko
"""
_ENGLISH_WORDS = """
excluded exclusion exclusive exclusively sole merely but however notwithstanding despite otherwise hardly un free
i me my mine you your yours yourself we us our ours ourselves he she him her his hers they them their theirs it its
user users customer customers consumer consumers member members buyer buyers seller sellers subscriber subscribers
company provider party parties licensor licensee employer employee child children minor minors adult adults parent
parents affiliate affiliates
may must shall will can could should would might ought need needs required requires require mandatory optional
voluntary voluntarily allowed allow allows permitted permit permits prohibited prohibit prohibits forbidden entitled
obligated obliged agree agrees agreed disagree consent consents object refuse accept accepts reject rejects waive waives
waived retain retains forfeit grant grants revoke opt in out
and or if any all each every some both either few many most least more less fewer greater higher lower over under above
below within beyond before after until since during prior following up down minimum maximum exceed exceeds
from to by against between for with
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion once twice half double
triple first second third fourth fifth last next
seconds minute minutes hour hours day days week weeks month months year years annual annually monthly weekly daily
yearly quarterly business calendar
january february march april june july august september october november december
monday tuesday wednesday thursday friday saturday sunday
dollar dollars euro euros pound pounds cent cents usd eur gbp percent percentage
include includes included including binding liable responsible guarantee guarantees warrant warrants
increase decrease automatic automatically manual manually immediately always sometimes paid unpaid refund refundable
public private anonymous anonymized anonymised aggregated personal sensitive perpetual irrevocable revocable
"""
_OTHER_LANGUAGES_WORDS = """
sie ihr ihre ihren ihrer ihrem ihnen wir uns unser unsere unseren unserer unserem du dein deine kann können darf dürfen
muss müssen soll sollen oder und alle jeder jede
vous votre vos nous notre nos peut peuvent pouvez pouvons doit doivent devez devons ou et tout toute tous toutes
usted ustedes su sus nosotros nuestro nuestra nuestros nuestras tú tu tus puede pueden podemos podrá debe deben debemos
deberá o y todo toda todos todas
lei suo sua suoi sue noi nostro nostra nostri nostre può possono possiamo deve devono dobbiamo tutti tutte
użytkownik użytkownika my nas nasz nasza nasze może mogą możemy musi muszą musimy lub i oraz wszystkie wszelkie
"""
_LIGHT_WORDS = """
a an the this that these those such of as at on so also then there here hereby herein thereof hereof hereunder please
be is are was were been being has have had do does which who whom upon about
"""

_NEGATIONS = fold_words(_NEGATION_WORDS)
_DECISIVE = _NEGATIONS | fold_words(_ENGLISH_WORDS) | fold_words(_OTHER_LANGUAGES_WORDS)
_LIGHT = fold_words(_LIGHT_WORDS)
_REVERSING_PREFIXES = ("un", "in", "im", "ir", "il", "non", "dis", "mis", "de", "ex", "anti", "under", "over", "a")
_AMOUNT = re.compile(r"[\d$€£¥₹¢%§]")


def is_negation(word: str) -> bool:
    """Whether a folded word is a negation or an exception."""
    return word in _NEGATIONS or word.endswith("n't")


def is_decisive(word: str) -> bool:
    """Whether a folded word may not be dropped, added or replaced: it is a negation, a duty, a person or an amount."""
    return word in _DECISIVE or word.endswith("n't") or _AMOUNT.search(word) is not None


def is_light(word: str) -> bool:
    """Whether a folded word can be missing without loss: an article, a form of "to be"."""
    return word in _LIGHT


def are_opposites(word: str, other: str) -> bool:
    """Whether a syllable turns one folded word into its opposite: lawful and unlawful, useful and useless."""
    short, long = sorted((word, other), key=len)
    if word.endswith("less") != other.endswith("less"):
        return True
    return len(short) >= 3 and any(long == prefix + short for prefix in _REVERSING_PREFIXES)
