"""Whether reading HTML depends on names: the gold pages without their class names, roles and semantic tags,
and every page with added furniture (menus, forms, teasers) that no class name gives away.

Run ``python -m bench.html_disguised``.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from evals.benchmarks.html import read_gold, word_f1, words_of
from extractors import extract

_CLASS = re.compile(r'(\bclass=)"([^"]*)"')
_ROLE = re.compile(r'\s(?:role|aria-[a-z]+)="[^"]*"')
_SEMANTIC = re.compile(r"<(/?)(?:nav|header|footer|main|article|section|aside)\b")
_BOX = re.compile(r"<(/?)(?:main|article|section)\b")
_BODY = re.compile(r"<body[^>]*>")
_MARK = "zzq"  # a word of the furniture that is in no page: in the text it shows that furniture was read


def _hash_names(match: re.Match[str]) -> str:
    return f'{match[1]}"{" ".join("c" + sha256(name.encode()).hexdigest()[:6] for name in match[2].split())}"'


DISGUISES: dict[str, Callable[[str], str]] = {
    "as it is": lambda page: page,
    "class names hashed": lambda page: _CLASS.sub(_hash_names, page),
    "only div boxes, no roles": lambda page: _ROLE.sub("", _SEMANTIC.sub(r"<\1div", page)),
    "both": lambda page: _CLASS.sub(_hash_names, _ROLE.sub("", _SEMANTIC.sub(r"<\1div", page))),
    "components for boxes": lambda page: _BOX.sub(r"<\1x-box", page),
    "in a box called sidebar": lambda page: _BODY.sub(
        lambda body: body[0] + '<div class="sidebar navbar">', page, count=1
    ),
}
_LINKS = "".join(f'<div><a href="/{n}">{_MARK}{n} and more</a></div>' for n in range(20))
_CONSENT = "We use cookies and similar things to improve your experience on our pages and to show you advertising."
_CHOICE = "<button>Accept all</button><button>Reject</button>"
_FORM = '<form><input type="email"><input type="submit" value="Send"></form>'
_EXCERPT = (
    "We wrote at length about this other thing, and you may like to read on, because it goes on for quite a while."
)
_TEASER = f'<div><h3><a href="/r">{_MARK} card</a></h3><p>{_EXCERPT}</p><a href="/r">Read more</a></div>'
_CARD = f'<div><a href="/r"><h3>{_MARK} card</h3><p>A teaser about {_MARK} things.</p></a></div>'
FURNITURE = {
    "menu": f'<div class="k1">{_LINKS}</div>',
    "consent": f'<div class="k2"><h3>{_MARK}</h3><p>{_CONSENT}</p>{_CHOICE}</div>',
    "letter": f'<div class="k3"><h3>{_MARK} stay in touch</h3><p>Get {_MARK} product news every month.</p>'
    "<form><button>Subscribe</button></form></div>",
    "vote": f'<div class="k4"><span>Was this {_MARK} helpful?</span><button>Yes</button><button>No</button></div>',
    "form": f'<div class="k6"><h3>{_MARK} stay in touch</h3><p>Get {_MARK} product news every month.</p>{_FORM}</div>',
    "app": f'<div class="k7"><h3>{_MARK} get the app</h3><p>Scan the code to get {_MARK} on your phone today.</p>'
    '<a href="/ios"><img src="a.png"></a></div>',
    "teasers": f'<div class="k8"><h2>{_MARK} other pages</h2>{_TEASER * 3}</div>',
    "cards": f'<div class="k5"><h2>{_MARK} other pages</h2>{_CARD * 4}</div>',
}


def measure_disguises(folder: Path) -> Iterator[str]:
    """A line for each disguise: mean and worst word F1 over the gold pages."""
    golds = [
        (path.name.replace(".gold.md", ".html"), read_gold(path.read_text("utf-8"))[0].words)
        for path in sorted(folder.glob("*.gold.md"))
    ]
    for name, disguise in DISGUISES.items():
        scores = [word_f1(words_of(_text(disguise(_page(folder / file)), file)), words)[2] for file, words in golds]
        yield f"{name:26} mean F1 {sum(scores) / len(scores):.4f}  worst {min(scores):.3f}"


def measure_furniture(folder: Path) -> Iterator[str]:
    """A line for each kind of furniture: in how many pages it was read as text, put before and after the text."""
    pages = [(path.name, _page(path)) for path in sorted(folder.glob("*.html"))]
    for name, html in FURNITURE.items():
        before = sum(_MARK in _text(_insert_first(page, html), file) for file, page in pages)
        after = sum(_MARK in _text(page.replace("</body>", html + "</body>"), file) for file, page in pages)
        yield f"{name:26} read as text in {before} of {len(pages)} pages when before it, in {after} when after it"


def _insert_first(page: str, html: str) -> str:
    return _BODY.sub(lambda body: body[0] + html, page, count=1)


def _page(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


def _text(page: str, name: str) -> str:
    return extract(page.encode(), source=name, media_type="text/html").text


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; exit code 2 where the data is not there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds html/")
    folder = parser.parse_args(arguments).data / "html"
    if not any(folder.glob("*.gold.md")):
        sys.stderr.write(f"no *.gold.md under {folder}\n")
        return 2
    lines: Iterable[str] = (*measure_disguises(folder), *measure_furniture(folder))
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
