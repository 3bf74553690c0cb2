"""The colours that figures are drawn in and that the page exchanges for its own, light or dark (docs/assets/tokens.css)."""

# Text, axes and ticks: the page's text colour stands in for it.
INK = "#123456"

# Matplotlib's tableau-colorblind10, in its order: --figure-0 … --figure-9 there.
PALETTE = ("#006ba4", "#ff800e", "#ababab", "#595959", "#5f9ed1", "#c85200", "#898989", "#a2c8ec", "#ffbc79", "#cfcfcf")
