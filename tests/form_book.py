"""A tiny book in the second form: a snippet that teaches and proves, two knobs, measured numbers, a check and a claim."""

import re

from conftest import BIB, ROOT, Book

SPREAD = '''"""A spread grows with its scale."""

import matplotlib.pyplot as plt

# region: a list of points
points = [1, 2, 3]
# endregion
scale = 0.5  # try: 0.1, 2
shift = -1  # try: 1
spread = [scale * x + shift for x in points]
print(f"points from {spread[0]:.2f} to {spread[-1]:.2f}")
# region: the plot
plt.plot(points, spread)
plt.xlabel("point")
plt.show()
# endregion
assert spread[-1] > spread[0], f"should grow, was {spread}"

# %% proof: 12 scales, <each> apart
widths = [0.25 * n * (points[-1] - points[0]) for n in range(1, 13)]
print(f"widths up to {max(widths):.2f}")
measured = {"widest": max(widths), "share": 0.4567, "data": "three points"}
measured |= {"tried": len(widths), "least": min(widths)}
plt.plot(widths)
plt.ylabel("width")
plt.show()
assert scale == 0.5, f"the written scale should be 0.5, was {scale}"
assert measured["least"] > 0.4, f"each should be above 0.4, was {min(widths)}"
'''
OTHER = '"""Two is even."""\n\nmeasured = {"rest": 2 % 2}\nprint("no rest")\nassert 2 % 2 == 0, "two should be even"\n'
PAGE = """# Spreads

## Does a spread grow? { #grow }

**Claim:** "A spread grows with its *scale*".

**Verdict: holds.** At this size.

Yes: on [=spread.data] the widest is [=spread.widest:.2f], or [=spread.share:.0%] of it,
with a rest of [=other.rest:d] (`[=code]`).

Look at the last point.

<!-- show: figure first -->
```python
--8<-- "snippets/spread.py"
```

<!-- figure: a line that rises -->
Figure: It rises.

<!-- figure: widths that grow to [=spread.widest:.1f] -->
Figure: Up to [=spread.widest:.3f], [=spread.tried:d] of them, as [@euler1748] saw.

### Check yourself

<!-- check: Where does it end with a scale of $2$? -->
Answer: **above** [=spread.widest:.0f], [@euler1748].
Output: spread, scale = 2
Output: spread, proof

### Why

Because.

## Is two even? { #even }

Yes, always.

```python
--8<-- "snippets/other.py"
```
"""
SETTINGS = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
NAV = "nav: [index.md, page.md, questions.md, verdicts.md]\n"


def write_formed(book: Book) -> None:
    """Write the book, as a project that both engines build."""
    book.write("mkdocs.yml", re.sub(r"^nav:\n(  .*\n)*", NAV, SETTINGS, flags=re.M))
    (book.root / "evidence").symlink_to(ROOT / "evidence")
    for file in (ROOT / "docs/assets").iterdir():
        if file.suffix in (".css", ".js", ".svg"):
            book.write(f"docs/assets/{file.name}", file.read_bytes())
    book.write("docs/references.bib", BIB)
    for name in ("questions", "verdicts"):
        book.page(f"# The {name}\n\n<!-- generate: {name} -->\n", f"docs/{name}.md")
    book.page(PAGE)
    book.write("snippets/spread.py", SPREAD)
    book.write("snippets/other.py", OTHER)
