"""A tiny lab: prose with a source, a formula and a link, two outputs, a figure and an assertion."""

LAB = """# %% [markdown]
# # A lab
#
# Is one plus one two? As [@euler1748] has it, $1 + 1 = 2$; see [the page](../page.md#two).
#
# ## Count { #count }

# %%
import matplotlib.pyplot as plt
import torch

x = 1 + 1
print("first", x)

# %% [markdown]
# Now draw it.

# %%
torch.manual_seed(0)
plt.plot([1, x])
plt.show()
print("second", x)

# %% [markdown]
# <!-- figure: a line that rises from one to two -->
# Figure: The line of $x$.
#
# So it is.

# %%
assert x == 2, f"one plus one should be two, was {x}"
"""
