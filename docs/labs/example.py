# %% [markdown]
# # An example
#
# A question with $x^2$ and [@ioffe2015], see [dropout](../training/dropout.md#dropout-at-test-time).
#
# ## First { #first }

# %%
"""One plus one is two."""
import matplotlib.pyplot as plt

x = 1 + 1
print(x)
plt.plot([1, 2, x])
plt.show()

# %% [markdown]
# <!-- figure: a line that rises from one to two and stays -->
# Figure: A line of $x$.
#
# And so on.

# %%
assert x == 2, "two"
print("done")
