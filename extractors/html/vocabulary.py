"""Words in class names, ids and roles that hint at what an element is for: generic ones only, none of a single site."""

from typing import Literal

Hint = Literal[
    "navigation", "footer", "header", "aside", "dialog", "consent", "language", "collapsible", "screen_reader"
]


def words(text: str) -> frozenset[str]:
    """The words of a list written as running text."""
    return frozenset(text.split())


NAVIGATION = words(
    "nav navbar navigation navigationbar menu menus navmenu sidenav topnav subnav mainnav topbar breadcrumb breadcrumbs"
    " megamenu masthead hamburger offcanvas drawer toolbar skiplink skiplinks skip pagination pager menubar sitemap"
    " navlink navlinks"
)
FOOTER = words("footer footers footnav colophon contentinfo pagefooter sitefooter")
ASIDE = words(
    "sidebar related share sharing social socials newsletter subscribe subscription signup promo promotion cta search"
    " searchbox feedback helpful advert adverts advertisement ads sponsor sponsored toc recommended recommendations"
    " comments livechat chatbot copyright copyrights popup modal dialog toast snackbar lightbox tooltip"
    " banner announcement"
)
# A language picker has a word of both lists in its name, as in "locale-switcher".
LANGUAGE = words("language languages lang langs locale locales country region")
PICKER = words("picker switcher switch selector select chooser dropdown menu list nav")
# A consent form has a word of the first two lists and none of the third: a cookie policy is an article, not a form.
CONSENT = words("cookie cookies consent gdpr ccpa cmp")
CONSENT_FORM = words(
    "banner notice notification modal popup dialog bar overlay sdk prompt preference preferences prefs settings manager"
    " alert message popover drawer wall layer popout container box widget accept dismiss"
)
DOCUMENT = words("policy policies content article statement terms")
# Text for screen readers only has a word of both lists in its name, as in "sr-only" and "assistive-text".
SCREEN_READER = words("sr visually visuallyhidden screenreader assistive")
SCREEN_READER_ONLY = words("only hidden visuallyhidden screenreader reader text assistive")
COLLAPSIBLE = words(
    "accordion accordions collapse collapsed collapsible collapsable expandable expander expand tab tabs tabpanel panel"
    " pane faq faqs toggle toggler toggled disclosure spoiler answer readmore"
)
HINT_OF_ROLE: dict[str, Hint] = {
    "navigation": "navigation",
    "menu": "navigation",
    "menubar": "navigation",
    "tablist": "navigation",
    "toolbar": "navigation",
    "doc-toc": "navigation",
    "search": "aside",
    "contentinfo": "footer",
    "banner": "header",
    "complementary": "aside",
    "dialog": "dialog",
    "alertdialog": "dialog",
    "alert": "aside",
    "tabpanel": "collapsible",
}
HINT_OF_TAG: dict[str, Hint] = {
    "nav": "navigation",
    "footer": "footer",
    "aside": "aside",
    "dialog": "dialog",
    "header": "header",
    "search": "aside",
}
# One of these words in the title of a section says that the section is a legal document.
LEGAL = words(
    "policy policies terms agreement notice statement conditions addendum guidelines rules license licence eula privacy"
    " cookies code annex schedule datenschutz datenschutzerklärung agb impressum nutzungsbedingungen confidentialité"
    " politique mentions aviso política términos condiciones informativa termini regulamin polityka"
)
