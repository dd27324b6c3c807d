"""The words of class names, ids and roles that hint at what an element is for; generic ones only, no site's own."""


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
LANGUAGE = words("language languages lang langs locale locales country region")
PICKER = words("picker switcher switch selector select chooser dropdown menu list nav")
CONSENT = words("cookie cookies consent gdpr ccpa cmp")
# What a consent form is; beside a word of CONSENT, and no page about cookies is called so.
CONSENT_FORM = words(
    "banner notice notification modal popup dialog bar overlay sdk prompt preference preferences prefs settings manager"
    " alert message popover drawer wall layer popout container box widget accept dismiss"
)
DOCUMENT = words("policy policies content article statement terms")
UNSEEN = words("sr visually visuallyhidden screenreader assistive")
UNSEEN_HOW = words("only hidden visuallyhidden screenreader reader text assistive")
COLLAPSIBLE = words(
    "accordion accordions collapse collapsed collapsible collapsable expandable expander expand tab tabs tabpanel panel"
    " pane faq faqs toggle toggler toggled disclosure spoiler answer readmore"
)
ROLES = {
    "navigation": "nav",
    "menu": "nav",
    "menubar": "nav",
    "tablist": "nav",
    "toolbar": "nav",
    "doc-toc": "nav",
    "search": "aside",
    "contentinfo": "foot",
    "banner": "head",
    "complementary": "aside",
    "dialog": "dialog",
    "alertdialog": "dialog",
    "alert": "aside",
    "tabpanel": "collapse",
}
TAGS = {"nav": "nav", "footer": "foot", "aside": "aside", "dialog": "dialog", "header": "head", "search": "aside"}
# A word of these in the name of a part of a page says that the part is a legal document.
LEGAL = words(
    "policy policies terms agreement notice statement conditions addendum guidelines rules license licence eula privacy"
    " cookies code annex schedule datenschutz datenschutzerklärung agb impressum nutzungsbedingungen confidentialité"
    " politique mentions aviso política términos condiciones informativa termini regulamin polityka"
)
